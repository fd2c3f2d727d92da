/** @ratchet/protocol: wire schemas, routes and error codes. Names on the wire are snake_case; every number comes with its interval. */
export { contextSchema, type ContextValues } from "./context-values.ts";
export {
  cohortSchema,
  digestSchema,
  intervalSchema,
  probabilitiesSchema,
  shareSchema,
  timestampSchema,
  VERDICT_WORDS,
  verdictWordSchema,
  type IntervalView,
  type VerdictWord,
} from "./primitives.ts";
export {
  ERROR_STATUS,
  faultSchema,
  faultsOf,
  problemSchema,
  problemType,
  statusOf,
  type Fault,
  type Problem,
} from "./errors.ts";
export { sourceSettingsDocumentSchema, type SourceSettingsDocument } from "./source-settings-document.ts";
export {
  accountRowSchema,
  contactRowSchema,
  leadRowSchema,
  opportunityRowSchema,
  type MatchingView,
  type RecordView,
  type UpsertResponse,
} from "./crm-rows.ts";
export { matchingDocumentSchema, type MatchingDocument } from "./matching-document.ts";
export type { DataCheckView, DataHealthView, IncidentView } from "./data-health.ts";
export { type ReplayView, type SourceKeyView, type SourceView } from "./sources.ts";
export {
  WEBHOOK_EVENTS,
  WEBHOOK_TEST_EVENT,
  type WebhookDeliveryView,
  type WebhookEndpointView,
  type WebhookEvent,
  type WebhookSecretView,
  type WebhookType,
} from "./webhooks.ts";
export {
  DEFECT_CODES,
  dataDefectSchema,
  signalCountsSchema,
  type DataDefect,
  type SignalCounts,
} from "./data-defects.ts";
export {
  SIGNALS_MAPPING_API_VERSION,
  signalsMappingDocumentSchema,
  type SignalsMappingDocument,
  type SignalsMappingField,
  type SignalsMappingSignal,
} from "./signals-mapping-document.ts";
export type { AgreementView, LabelsStatusView, ReviewView, TrainingView } from "./notes.ts";
export { type ContactView, type ErasureView, type PersonView } from "./people.ts";
export { durationMs, durationSchema } from "./duration.ts";
export {
  minuteOf,
  WEEKDAYS,
  type EffectDocument,
  type EligibilityDocument,
  type WindowsDocument,
} from "./eligibility-document.ts";
export { PLAYBOOK_API_VERSION, playbookDocumentSchema, type PlaybookDocument } from "./playbook-document.ts";
export { POLICY_API_VERSION, policyDocumentSchema, type PolicyDocument } from "./policy-document.ts";
export { machineMadeObjective } from "./policy-lint.ts";
export { issuesOf, type Issue } from "./issues.ts";
export {
  decideRequestSchema,
  decideResponseSchema,
  decisionBatchRequestSchema,
  decisionDetailViewSchema,
  decisionListQuerySchema,
  decisionListViewSchema,
  decisionRequestSchema,
  DECISIONS_PER_REQUEST_MAX,
  decisionViewSchema,
  type DecideRequest,
  type DecideResponse,
  type DecisionBatchRequest,
  type DecisionDetailView,
  type DecisionListQuery,
  type DecisionListView,
  type DecisionRequest,
  type DecisionView,
  decisionGridRequestSchema,
  decisionRecordViewSchema,
  rankRequestSchema,
  rankViewSchema,
  decisionReplayViewSchema,
  RANKED_PER_REQUEST_MAX,
  type DecisionGridRequest,
  type DecisionRecordView,
  type RankRequestBody,
  type RankView,
  type DecisionReplayView,
} from "./decisions.ts";
export {
  signalBatchRequestSchema,
  signalBatchResponseSchema,
  signalRequestSchema,
  SIGNALS_PER_REQUEST_MAX,
  type SignalBatchRequest,
  type SignalBatchResponse,
  type SignalRequest,
} from "./signals.ts";
export type { SignalListQuery, SignalListView, SignalView } from "./signal-list.ts";
export {
  EXECUTIONS_PER_REQUEST_MAX,
  executionRequestSchema,
  executionStateSchema,
  overrideReasonSchema,
  type ExecutionBatchRequest,
  type ExecutionRequest,
  type ExecutionView,
  type OverrideReason,
  type OverridesView,
} from "./executions.ts";
export {
  cycleLiftSchema,
  guardrailViewSchema,
  headlineLiftSchema,
  healthViewSchema,
  todayViewSchema,
  type GuardrailView,
  type HealthView,
  type TodayView,
} from "./today.ts";
export {
  approvalViewSchema,
  approveRequestSchema,
  CHANGE_STATUSES,
  changeListViewSchema,
  changeStatusSchema,
  changeSummaryViewSchema,
  changeViewSchema,
  editRowSchema,
  predictedEffectSchema,
  rejectRequestSchema,
  reviewVerdictSchema,
  rolloutViewSchema,
  tierSchema,
  undoRequestSchema,
  type ApproveRequest,
  type ChangeListView,
  type ChangeStatusWord,
  type ChangeSummaryView,
  type ChangeView,
  type EditRowView,
  type PredictedEffectView,
  type RejectRequest,
  type UndoRequest,
} from "./changes.ts";
export {
  comparisonViewSchema,
  metricResultViewSchema,
  resultsQuerySchema,
  resultsViewSchema,
  segmentEffectViewSchema,
  type ComparisonView,
  type MetricResultView,
  type ResultsView,
  type SegmentEffectView,
} from "./results.ts";
export {
  evidenceViewSchema,
  ledgerEntryViewSchema,
  ledgerQuerySchema,
  ledgerViewSchema,
  leverViewSchema,
  playbookQuerySchema,
  playbookViewSchema,
  type EvidenceView,
  type LedgerEntryView,
  type LedgerView,
  type PlaybookView,
} from "./records.ts";
export {
  alteredDecisionViewSchema,
  tracedChangeViewSchema,
  tracedOutcomeViewSchema,
  traceViewSchema,
  type TraceView,
  type TracedOutcomeView,
} from "./trace.ts";
export {
  actionCountSchema,
  dataReportSchema,
  importListViewSchema,
  importRequestSchema,
  importViewSchema,
  mappingGuessSchema,
  mappingPreviewSchema,
  outcomeRateSchema,
  previewRequestSchema,
  previewRowViewSchema,
  quarantineCountSchema,
  uploadQuerySchema,
  uploadViewSchema,
  type DataReport,
  type ImportListView,
  type ImportRequest,
  type ImportView,
  type MappingGuess,
  type MappingPreview,
  type PreviewRequest,
  type PreviewRowView,
  type UploadView,
} from "./imports.ts";
export {
  cycleViewSchema,
  jobViewSchema,
  quarantinedRowViewSchema,
  quarantineQuerySchema,
  quarantineViewSchema,
  sampleRequestSchema,
  setUpRequestSchema,
  setUpViewSchema,
  type SetUpRequest,
  type SetUpView,
  statusViewSchema,
  type CycleView,
  type JobView,
  type QuarantineView,
  type SampleRequest,
  type StatusView,
} from "./status.ts";
export {
  contextNames,
  MAPPING_API_VERSION,
  mappingDocumentSchema,
  mappingOutcomeSchema,
  type MappingDocument,
  type MappingOutcome,
} from "./mapping-document.ts";
export {
  pathOf,
  ROUTES,
  type ParametersOf,
  type QueryOf,
  type RequestOf,
  type ResponseOf,
  type RouteName,
  type Routes,
} from "./routes.ts";
export type { RouteShape } from "./routes/route-shape.ts";
export { DASHBOARD_PAGES } from "./routes/dashboard-pages.ts";
export { WAYS_IN, type WayIn } from "./routes/ways-in.ts";
export {
  createKeyRequestSchema,
  keyListViewSchema,
  keyViewSchema,
  rotateKeyRequestSchema,
  shownKeyViewSchema,
  type KeyView,
} from "./keys.ts";
export {
  createdUserViewSchema,
  createUserRequestSchema,
  sessionViewSchema,
  setPasswordRequestSchema,
  setRolesRequestSchema,
  signInRequestSchema,
  userListViewSchema,
  userViewSchema,
  type SessionView,
  type UserView,
} from "./users.ts";
export { ACCESS, ROLES, SCOPES, type Access, type Role, type Scope } from "./access.ts";
export {
  OFREP_KEY_PREFIX,
  ofrepBulkSchema,
  ofrepFailureSchema,
  ofrepFlagSchema,
  ofrepRequestSchema,
  targetingKeySchema,
  type OfrepBulk,
  type OfrepErrorCode,
  type OfrepFailure,
  type OfrepFlag,
} from "./ofrep.ts";
export { documentSchemas } from "./json-schemas.ts";
