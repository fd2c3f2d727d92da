/**
 * For drivers of the ports: their types, the in-memory references, and the rules that every driver must apply in the same way.
 */
export type { DecisionQuery, FactCounts, FactsStore } from "./ports/facts-store.ts";
export {
  StaleLedgerError,
  type InboxItem,
  type InboxSegment,
  type LedgerQuery,
  type QuarantinedRow,
  type Receipt,
  type StateStore,
  type StoredDocument,
} from "./ports/state-store.ts";
export { memoryFactsStore } from "./ports/memory-facts-store.ts";
export { memoryStateStore } from "./ports/memory-state-store.ts";
export { compareCells, outcomeCell, type CellKey, type ExactSums } from "./ports/outcome-cells.ts";
export {
  conflictRow,
  DocumentDigestError,
  documentText,
  itemDigest,
  requireContinuation,
  requireSegmentSize,
  UnknownSegmentError,
} from "./ports/state-rules.ts";
export { projectInbox, type ProjectionLimits } from "./workspace/project-inbox.ts";

export type { Cohort, Decision } from "./decisions/decision.ts";
export { digest, type Digest } from "./digest.ts";
export { changeOf } from "./governance/ledger-body.ts";
export { GENESIS, type LedgerEntry, type LedgerHead } from "./governance/ledger.ts";
export { actionId, changeId, decisionId, segmentId, unitId, type DecisionId, type UnitId } from "./ids.ts";
export { microsOf, type Micros } from "./money.ts";
export type { Measurement, MeasureQuery, OutcomeCell } from "./outcomes/cell.ts";
export type { Signal } from "./signals/signal.ts";
export { instant, type Instant } from "./time.ts";
/** A driver reads propensities back, and may import nothing but the engine. */
export { propensity } from "@ratchet/stats";
