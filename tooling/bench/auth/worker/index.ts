import { UserDO } from "@userdo/core";
import { createUserDOWorker } from "@userdo/worker";

export { UserDO };
export default createUserDOWorker();
