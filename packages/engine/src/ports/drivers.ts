/**
 * For those who write a driver of a port: the rules that every driver must apply in the same way. The ports themselves are in the
 * package's main export, the suites that a driver must pass in `@ratchet/engine/contracts`.
 */
export { compareCells, outcomeCell, type CellKey, type ExactSums } from "./outcome-cells.ts";
export { newAnswers, textOf } from "./notes-rules.ts";
export {
  conflictRows,
  DocumentDigestError,
  documentText,
  isAskedAgain,
  itemBody,
  itemDigest,
  itemText,
  requireContinuation,
  requireSegmentSize,
  UnknownSegmentError,
} from "./state-rules.ts";
export { conflictsAmong, type Claim } from "./identity-conflicts.ts";
export { SourceKeyTakenError } from "./state-store.ts";
export {
  AHEAD_MS,
  BEFORE_DECISION_MS,
  CATEGORY_VALUES_MAX,
  EXAMPLES_MAX,
  FUTURE_MS,
  LATE_MS,
  SETTLING_MS,
  THING_PROPERTIES,
} from "../health/data-profile.ts";
export { heardAt } from "../decisions/decision.ts";
export { humanProbabilityMinOf, isMachineMade } from "../outcomes/metric.ts";
export { consentReceipt, type ConsentReceipt } from "../signals/consent.ts";
export { humanProbabilityNeeded, INSTANT_MS, LINKS_MIN } from "../signals/human-probability.ts";
export { AT_ONCE_MS, CLICKS_MAX } from "../signals/mail-engagement.ts";
export { DELAY_BUCKETS_MS } from "../signals/arrival-delays.ts";
export { clockPieces, LAST_INSTANT } from "../signals/source-clock.ts";
export { mergedUnits, unitMergesIn } from "../signals/unit-merge.ts";
/** A driver reads propensities back, and may import nothing but the engine. */
export { probability, propensity } from "@ratchet/stats";
export { Remembered } from "../remembered.ts";
export { isOwnSource } from "../decisions/decision.ts";
export { PEOPLE_RELATIONS } from "../signals/people.ts";
