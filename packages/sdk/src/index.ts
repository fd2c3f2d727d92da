/** @ratchet/sdk: the typed client. `createRatchet({ url })` and every route is a function. */
export {
  createRatchet,
  type CallOptions,
  type FileBody,
  type Imports,
  type Mapping,
  type Ratchet,
} from "./create-ratchet.ts";
export { RatchetError } from "./ratchet-error.ts";
export { type RatchetOptions } from "./transport.ts";
