/**
 * @ratchet/engine: the loop as pure functions over immutable data, and the ports it needs from outside.
 *
 * Read `loop.ts` first: one turn of the loop. Then a step's folder, in the order of the exports below.
 */
export type { Brand, BrandError } from "./brand.ts";
export { digest, digestOf, hashToUnitInterval, sha256, type Digest } from "./digest.ts";
export {
  actionId,
  actorId,
  changeId,
  decisionId,
  ENGINE,
  metricId,
  personRef,
  accountRef,
  parseActionId,
  parseActorId,
  parseChangeId,
  parseDecisionId,
  parseUnitId,
  segmentId,
  unitId,
  type ActionId,
  type AccountRef,
  type ActorId,
  type ChangeId,
  type DecisionId,
  type MetricId,
  type PersonRef,
  type SegmentId,
  type UnitId,
} from "./ids.ts";
export { microsOf, MICROS_PER_UNIT, parseAmount, type Micros } from "./money.ts";
export { DAY_MS, instant, isoOf, later, parseEpochMs, parseInstant, type Clock, type Instant } from "./time.ts";

export { DELAY_BUCKETS_MS, delaySummary, type ArrivalDelays, type DelaySummary } from "./signals/arrival-delays.ts";
export type { ClockEvidence, ClockEvidenceQuery, ClockGap, ReceivedBetween } from "./signals/clock-evidence.ts";
export { CLOCK_DELIVERIES_MIN, CLOCK_TOLERANCE_MS, estimateClock, type ClockAnswer } from "./signals/clock-estimate.ts";
export { nextClockRows, type ClockCase } from "./signals/next-clock-rows.ts";
export { CLOCK_SHIFT_MS_MAX, type ClockEstimate, type ClockRow, type FactsReading } from "./signals/source-clock.ts";
export type { AccountReference, MachineHints, PersonReference, ReceivedSignal } from "./signals/received-signal.ts";
export { humanProbability, type EngagementCircumstances, type HumanJudgement } from "./signals/human-probability.ts";
export { receiveSignal, type Arrival, type DatedSignal } from "./signals/receive-signal.ts";
export type {
  AbstentionReason,
  LabelledNote,
  LabelSet,
  NoteGuess,
  NoteReading,
  TextLabeller,
} from "./signals/notes/label-set.ts";
export { parseNoteModel, writeNoteModel, type NoteModelDocument } from "./signals/notes/note-model-document.ts";
export {
  modelLabeller,
  readNote,
  trainNoteModel,
  type LearnedSet,
  type NoteModel,
  type NoteModelOptions,
} from "./signals/notes/note-model.ts";
export { labelAgreement, type FieldAgreement, type SecondOpinion } from "./signals/notes/agreement.ts";
export {
  CANNOT_TELL,
  labelId,
  labelSignalOf,
  labelSource,
  LABELLER_KINDS,
  type Label,
  type LabellerKind,
  type LabelSignal,
} from "./signals/notes/label.ts";
export { calibrateProvider, type ProviderCalibration } from "./signals/notes/calibrate-provider.ts";
export {
  judgeText,
  PROVIDER_CONFIDENCE_MIN,
  type MachineReading,
  type TextJudgement,
  type TextToJudge,
} from "./signals/notes/judge-text.ts";
export {
  taughtNotes,
  trainOnAnswers,
  type AnswersScore,
  type TaughtNote,
  type TrainedOnAnswers,
  type TrainingReport,
  type TrainingTask,
} from "./signals/notes/train-on-answers.ts";
export {
  isAnswered,
  type KeptText,
  type Review,
  type ReviewAnswer,
  type ReviewDraft,
  type ReviewQuestion,
  type ReviewReason,
  type Suggestion,
} from "./signals/notes/review.ts";
export { STARTING_LABEL_SETS, STARTING_NOTES } from "./signals/notes/starting-notes.ts";
export type { Signal, SignalDetail } from "./signals/signal.ts";
export {
  contactAllowed,
  CONSENT_BASES,
  forbidsContact,
  liftId,
  saysOfContact,
  SUPPRESSION_BASES,
  suppressionsIn,
  type ConsentRecord,
  type ContactAnswer,
} from "./signals/consent.ts";
export { ConsentBook } from "./signals/consent-book.ts";
export { findPerson, type FoundPerson, type RowsOf } from "./signals/find-person.ts";
export {
  matchAccount,
  type AccountMatch,
  type LeadToMatch,
  type MatchingRule,
} from "./signals/records/match-account.ts";
export { untoldChanges, type RecordChange, type ToldChanges } from "./signals/records/record-changes.ts";
export { accountOfOpportunity, tieFields, type OpportunityTie } from "./signals/records/opportunity-ties.ts";
export {
  foldOldest,
  RECORD_KINDS,
  recordState,
  type ContactRole,
  type RecordKey,
  type RecordKind,
  type RecordState,
  type RecordVersion,
} from "./signals/records/record-version.ts";
export {
  identifiersIn,
  personRecord,
  type Identifier,
  type PeopleRelation,
  type PeopleRow,
  type PersonRecord,
} from "./signals/people.ts";
export { companyDomainOf } from "./signals/free-mail.ts";
export { survivingUnit, type JoinedUnit } from "./signals/surviving-unit.ts";
export { keptMergeRows, mergedUnits, unitMergesIn, unitsNamed, type UnitMerge } from "./signals/unit-merge.ts";
export { mergedRows, sightingOf, type SightedMessage, type Sighting } from "./signals/sighting.ts";
export { sourceIdFault, type Source, type SourceKind } from "./signals/source.ts";
export { surrogatesOf, type NamedAccount, type NamedPerson, type Surrogates } from "./signals/surrogate.ts";
export { SIGNAL_TYPES, signalFamily, type KnownSignalType, type SignalFamily } from "./signals/taxonomy.ts";

export type { Context } from "./context.ts";
export { decide, DO_OWN_THING, foldOf, redraw, type DecideOutcome, type DecisionRequest } from "./decisions/decide.ts";
export { counterfactualInWords, type Counterfactual } from "./decisions/counterfactual.ts";
export {
  isLimited,
  type Candidate,
  type Cohort,
  type Decision,
  type DecisionMode,
  type DecisionRecord,
  type ScoreRecord,
} from "./decisions/decision.ts";
export {
  parseCondition,
  type Condition,
  type ConditionAnswer,
  type ConditionFacts,
} from "./decisions/eligibility/condition.ts";
export { eligibilityCheck, type EligibilityCheck, type Withheld } from "./decisions/eligibility/eligible.ts";
export { isTimeZone, localTime, zonesOfRegion, type LocalTime } from "./decisions/eligibility/local-time.ts";
export {
  STARTING_RULES,
  type EligibilityRules,
  type FrequencyCap,
  type Queue,
  type SendTime,
  type StatedEffect,
  type TeamRule,
} from "./decisions/eligibility/rules.ts";
export { neverTrue } from "./decisions/eligibility/never-true.ts";
export { FIRST_DAY, NOTHING_KNOWN, type Recipient, type Standing } from "./decisions/eligibility/standing.ts";
export { POLITE_HOURS, type DailyWindow, type PlaceFields } from "./decisions/eligibility/windows.ts";
export {
  EXECUTION_KINDS,
  executionKey,
  executionState,
  OVERRIDE_REASONS,
  type Execution,
  type ExecutionKind,
  type ExecutionReport,
  type ExecutionState,
  type OverrideCount,
  type OverrideReason,
} from "./decisions/execution.ts";
export {
  DO_NOTHING,
  type Eligibility,
  type EligibilityQuestion,
  type EligibilityRule,
  type Funnel,
  type FunnelStage,
  type RemovedAction,
} from "./decisions/funnel.ts";
export {
  actionsOf,
  type ActionProbabilities,
  type Band,
  type ChoiceLever,
  type Feature,
  type Knot,
  type Lever,
  type ScoreSource,
  type ThresholdLever,
  type ThresholdValue,
  type WeightsLever,
  type WeightsValue,
} from "./decisions/lever.ts";
export {
  areActionLimits,
  rangeOf,
  type ActionLimits,
  type Range,
  type ThresholdLimits,
  type ValueLimits,
  type WeightsLimits,
} from "./decisions/limits.ts";
export type { DecisionFrame, Rollout } from "./decisions/plan.ts";
export {
  baselinePlaybook,
  choiceLeverNamed,
  isChoiceEdit,
  leverNamed,
  playbookDigest,
  pointMass,
  probabilitiesFor,
  type ChoiceEdit,
  type Edit,
  type Playbook,
  type ThresholdEdit,
  type WeightsEdit,
} from "./decisions/playbook.ts";
export { playbookDifferences } from "./decisions/playbook-diff.ts";
export { servingFaults } from "./decisions/playbook-faults.ts";
export { inOrder, rank, type Ranked, type RankOutcome, type RankRequest } from "./decisions/rank.ts";
export type { Contribution, Replayed } from "./decisions/replay.ts";
export { segmentOf, type SegmentLevel } from "./decisions/segment.ts";

export type { MeasureQuery, Measurement, OutcomeCell } from "./outcomes/cell.ts";
export type { LoggedOutcome, LoggedRow } from "./outcomes/logged-row.ts";
export { differenceInWords, metricInWords, rangeInWords } from "./outcomes/in-words.ts";
export type { MetricDefinition } from "./outcomes/metric.ts";
export type { ExposureQuery, MultipleExposure } from "./decisions/multiple-exposure.ts";
export { groupCells, sumCells, type CellTotals } from "./outcomes/sum-cells.ts";
export { unlimitedCells } from "./outcomes/unlimited-cells.ts";

export type {
  ArrivalCount,
  CategoryCount,
  CohortCount,
  DataProfile,
  DataProfileQuery,
  FaultCount,
  FaultKind,
  FieldCount,
  SignalCount,
  SourceCount,
} from "./health/data-profile.ts";
export { checkData } from "./health/check-data.ts";
export type {
  ClockReading,
  DataQuestion,
  IdentityConflicts,
  LabelAgreement,
  MetricsInForce,
} from "./health/data-question.ts";
export {
  blockingIncidents,
  excludedTimes,
  incidentsKnownAt,
  type Incident,
  type IncidentEnd,
  type IncidentEvent,
  type IncidentSeverity,
} from "./health/incident.ts";
export { DATA_CHECKS, type DataCheck, type DataReading, type Finding, type Severity } from "./health/reading.ts";
export { type GoodLooks } from "./health/step-incidents.ts";

export type { ActionEffect } from "./evidence/action-effects.ts";
export type { Effect, NoEffect, Precision } from "./evidence/effect.ts";
export type { HealthCheck } from "./evidence/health.ts";
export { logResults, type LogComparison, type LogQuestion, type LogResults } from "./evidence/log-results.ts";
export { normalInterval } from "./evidence/normal-interval.ts";
export type { PolicyHistory } from "./evidence/policy-history.ts";
export type { ProgrammeLift } from "./evidence/programme-lift.ts";
export type { GuardrailReading, RolloutEvidence } from "./evidence/rollout-evidence.ts";
export type { PooledEffect, SegmentEffect } from "./evidence/segment-effects.ts";
export { conclude, type EvidenceSnapshot } from "./evidence/snapshot.ts";
export { judge, type Verdict, type VerdictWord } from "./evidence/verdict.ts";

export type { Prediction } from "./adaptation/predict-effect.ts";
export { missingApprovals, type ApprovalAnswer, type ApprovalRequest } from "./governance/approve.ts";
export type {
  Approval,
  Change,
  ChangeEvent,
  ChangeState,
  ChangeStatus,
  ReviewVerdict,
  RuleFinding,
} from "./governance/change.ts";
export { DEFAULT_OWNER, defaultPolicy, firstPlaybook, type PolicyBasics } from "./governance/default-policy.ts";
export {
  GENESIS,
  verifyLedger,
  type LedgerDraft,
  type LedgerEntry,
  type LedgerHead,
  type LedgerVerdict,
} from "./governance/ledger.ts";
export type { AccessEvent } from "./governance/access-event.ts";
export { changeOf, type LedgerBody } from "./governance/ledger-body.ts";
export type { ApprovalRule, ChoiceLimits, Guardrail, LeverLimits, Policy, Tier } from "./governance/policy.ts";
export { describeVerdict } from "./governance/review.ts";

export type {
  ArrivalDelaysQuery,
  DecisionQuery,
  ExecutionQuery,
  FactCounts,
  FactsStore,
  LabelQuery,
  SignalPlace,
  SignalQuery,
} from "./ports/facts-store.ts";
export { memoryFactsStore } from "./ports/memory-facts-store.ts";
export { memoryStateStore } from "./ports/memory-state-store.ts";
export type { KeptNoteModel, NotesStore, ReviewCounts, ReviewQuery } from "./ports/notes-store.ts";
export { KEY_SCOPES, type AccessStore, type ApiKey, type KeyScope, type KeySecret } from "./ports/access-store.ts";
export type { RecordQuery, RecordStore } from "./ports/record-store.ts";
export type {
  DeliveryAttempt,
  DeliveryProgress,
  DeliveryQuery,
  DeliveryRetention,
  DeliveryStatus,
  DeliveryTally,
  FeedPosition,
  SettledDelivery,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookStore,
} from "./ports/webhook-store.ts";
export type { NumberedConsent, PeopleStore, TextPlace, TextRewriter } from "./ports/people-store.ts";
export {
  StaleLedgerError,
  type InboxItem,
  type InboxSegment,
  type NumberedItems,
  type SentItem,
  type KeyUse,
  type LedgerQuery,
  type QuarantinedRow,
  type QuarantineEntry,
  type QuarantineQuery,
  type Receipt,
  type StateStore,
  type StoredDocument,
} from "./ports/state-store.ts";

export { turn, type LeverReport, type Turn, type TurnDocument, type TurnInput } from "./loop.ts";

export { clockAnswers, watchClocks } from "./workspace/watch-clocks.ts";
export { measureOutcomes, readingOf } from "./workspace/measure-outcomes.ts";
export {
  explainIncident,
  lookAtData,
  type DataLook,
  type ExplainAnswer,
  type Explanation,
  type LookBasis,
} from "./workspace/look-at-data.ts";
export { hearConsents } from "./workspace/hear-consents.ts";
export { explainStored, replayStored } from "./workspace/explain.ts";
export { projectInbox, type ProjectionLimits } from "./workspace/project-inbox.ts";
export { rankUnits, RANKED_MAX } from "./workspace/rank-units.ts";
export { proposeChange, type ProposeAnswer, type ProposeRequest } from "./workspace/propose-change.ts";
export { approveChange, rejectChange, undoChange } from "./workspace/rule-on-change.ts";
export { runCycle, watchRollouts } from "./workspace/run-cycle.ts";
export {
  evidenceSnapshot,
  trace,
  type AlteredDecision,
  type LaterDecisions,
  type Trace,
  type TracedChange,
  type TracedEvidence,
} from "./workspace/trace.ts";
export type { VersionedDigest, WorkspaceView } from "./workspace/view.ts";
export { Workspace, WorkspaceEmptyError, type WorkspaceSeed, type WorkspaceStores } from "./workspace/workspace.ts";
