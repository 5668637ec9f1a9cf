export { scrypt } from "@userdo/core/scrypt";
