/**
 * @ratchet/engine: the loop as pure functions over immutable data, and the ports it needs from outside.
 *
 * Read `loop.ts` first: one turn of the loop. Then a step's folder, in the order of the exports below.
 */
export type { Brand, BrandError } from "./brand.ts";
export { canonicalJson, type Json } from "./canonical-json.ts";
export { digest, digestOf, hashToUnitInterval, sha256, type Digest } from "./digest.ts";
export {
  actionId,
  actorId,
  changeId,
  decisionId,
  ENGINE,
  ID_LENGTH_MAX,
  metricId,
  parseActionId,
  parseActorId,
  parseChangeId,
  parseDecisionId,
  parseMetricId,
  parseUnitId,
  segmentId,
  unitId,
  type ActionId,
  type ActorId,
  type ChangeId,
  type DecisionId,
  type MetricId,
  type SegmentId,
  type UnitId,
} from "./ids.ts";
export { microsOf, MICROS_PER_UNIT, parseAmount, type Micros } from "./money.ts";
export { DAY_MS, instant, isoOf, later, parseEpochMs, parseInstant, type Clock, type Instant } from "./time.ts";

export type { Signal } from "./signals/signal.ts";

export { cohortOf, type CohortQuestion } from "./decisions/cohort.ts";
export type { Context } from "./decisions/context.ts";
export {
  decide,
  foldOf,
  redraw,
  type DecideOutcome,
  type DecisionFrame,
  type DecisionRequest,
  type Rollout,
} from "./decisions/decide.ts";
export { FOLD_COUNT, type Cohort, type Decision } from "./decisions/decision.ts";
export { limitBreaches, rangeOf, type ActionLimits, type Range } from "./decisions/limits.ts";
export {
  baselinePlaybook,
  leverAt,
  leverNamed,
  playbookDigest,
  pointMass,
  probabilitiesFor,
  withEdits,
  type ActionProbabilities,
  type ChoiceLever,
  type Edit,
  type Lever,
  type Playbook,
} from "./decisions/playbook.ts";
export { ALL, isWithin, lineageOf, segmentOf, type SegmentLevel } from "./decisions/segment.ts";

export type { MeasureQuery, Measurement, OutcomeCell } from "./outcomes/cell.ts";
export type { LoggedOutcome, LoggedRow } from "./outcomes/logged-row.ts";
export type { MetricDefinition } from "./outcomes/metric.ts";
export { groupCells, sumCells, type CellTotals } from "./outcomes/sum-cells.ts";

export type { ActionEffect } from "./evidence/action-effects.ts";
export { contrast, type Contrast, type ContrastQuestion } from "./evidence/contrast.ts";
export type { Effect, NoEffect, Precision } from "./evidence/effect.ts";
export { checkHealth, redSentences, type HealthCheck } from "./evidence/health.ts";
export { logResults, type LogComparison, type LogQuestion, type LogResults } from "./evidence/log-results.ts";
export { normalInterval } from "./evidence/normal-interval.ts";
export { loggingProbabilities, type LoggingRule, type PolicyHistory } from "./evidence/policy-history.ts";
export { programmeLift, type ProgrammeLift } from "./evidence/programme-lift.ts";
export { rolloutEvidence, type GuardrailReading, type RolloutEvidence } from "./evidence/rollout-evidence.ts";
export { poolSegments, type PooledEffect, type SegmentEffect } from "./evidence/segment-effects.ts";
export { conclude, type EvidenceSnapshot } from "./evidence/snapshot.ts";
export { BURN_IN_NON_ZERO, judge, type Verdict, type VerdictWord } from "./evidence/verdict.ts";

export { stepTowards, totalVariation } from "./adaptation/distance.ts";
export { learnChoice, valueWith, type ChoiceLesson } from "./adaptation/learn-choice.ts";
export { predictEffect, type Prediction } from "./adaptation/predict-effect.ts";
export { propose, type ProposalAnswer } from "./adaptation/propose.ts";

export {
  approve,
  approvalsHold,
  missingApprovals,
  reject,
  type ApprovalAnswer,
  type ApprovalRequest,
} from "./governance/approve.ts";
export type {
  Approval,
  Change,
  ChangeEvent,
  ChangeState,
  ChangeStatus,
  PredictedEffect,
  ReviewVerdict,
  RuleFinding,
} from "./governance/change.ts";
export { evolveChange, isExposed, isOpen } from "./governance/change-lifecycle.ts";
export { DEFAULT_OWNER, defaultPolicy, firstPlaybook, type PolicyBasics } from "./governance/default-policy.ts";
export { impactOf, type Impact } from "./governance/impact.ts";
export {
  chain,
  GENESIS,
  verifyLedger,
  type LedgerDraft,
  type LedgerEntry,
  type LedgerHead,
  type LedgerVerdict,
} from "./governance/ledger.ts";
export { changeOf, type LedgerBody } from "./governance/ledger-body.ts";
export {
  TIERS,
  type ApprovalRule,
  type Guardrail,
  type LeverLimits,
  type Policy,
  type Tier,
} from "./governance/policy.ts";
export { describeVerdict, reviewChange, type ReviewContext } from "./governance/review.ts";

export { decideRollout, type RolloutMove, type RolloutSituation } from "./rollout/decide-rollout.ts";

export type { DecisionQuery, FactCounts, FactsStore } from "./ports/facts-store.ts";
export { memoryFactsStore } from "./ports/memory-facts-store.ts";
export { memoryStateStore } from "./ports/memory-state-store.ts";
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

export { admissionEvents, turn, type LeverReport, type Turn, type TurnDocument, type TurnInput } from "./loop.ts";

export { frameOf } from "./workspace/frame.ts";
export { projectInbox, type ProjectionLimits } from "./workspace/project-inbox.ts";
export { approveChange, rejectChange, undoChange } from "./workspace/rule-on-change.ts";
export { runCycle, watchRollouts } from "./workspace/run-cycle.ts";
export {
  evidenceSnapshot,
  trace,
  traceChange,
  type AlteredDecision,
  type LaterDecisions,
  type Trace,
  type TracedChange,
  type TracedEvidence,
} from "./workspace/trace.ts";
export { EMPTY_VIEW, evolveView, type VersionedDigest, type WorkspaceView } from "./workspace/view.ts";
export { Workspace, WorkspaceEmptyError, type WorkspaceSeed, type WorkspaceStores } from "./workspace/workspace.ts";
