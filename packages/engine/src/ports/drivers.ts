/**
 * For those who write a driver of a port: the rules that every driver must apply in the same way. The ports themselves are in the
 * package's main export, the suites that a driver must pass in `@ratchet/engine/contracts`.
 */
export { compareCells, outcomeCell, type CellKey, type ExactSums } from "./outcome-cells.ts";
export {
  conflictRow,
  DocumentDigestError,
  documentText,
  isAskedAgain,
  itemBody,
  itemDigest,
  requireContinuation,
  requireSegmentSize,
  UnknownSegmentError,
} from "./state-rules.ts";
export { SourceKeyTakenError } from "./state-store.ts";
/** A driver reads propensities back, and may import nothing but the engine. */
export { probability, propensity } from "@ratchet/stats";
export { isOwnSource } from "../decisions/decision.ts";
