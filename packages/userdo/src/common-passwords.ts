export { commonPasswords } from "@userdo/core/common-passwords";
