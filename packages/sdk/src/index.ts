/**
 * @ratchet/sdk: the typed client, with nothing to install beside it. `new Ratchet({ url })` where selling happens: it never stands in the
 * way. `createRatchet({ url })` for everything that the server does, a function a route.
 */
export {
  createRatchet,
  type CallOptions,
  type FileBody,
  type Imports,
  type Mapping,
  type RatchetApi,
} from "./create-ratchet.ts";
export { DO_YOUR_OWN_THING, type Answer } from "./answer.ts";
export { Ratchet, type Question, type RatchetSettings } from "./ratchet.ts";
export { type Loss, type OutboxStatus, type Report, type Taken } from "./outbox.ts";
export { type ExecutionReport, type OutcomeReport } from "./reports.ts";
export { RatchetError } from "./ratchet-error.ts";
export { type RatchetOptions } from "./transport.ts";
