import type { ParametersOf, RouteName, Routes } from "@ratchet/protocol";

type PathTable = { readonly [Name in RouteName]: readonly [Routes[Name]["method"], Routes[Name]["path"]] };

/** Where each route is. The types hold this to the protocol's own table, which cannot be imported: clients install nothing. */
export const PATHS: PathTable = {
  decide: ["POST", "/v1/decisions"],
  rank: ["POST", "/v1/decisions/rank"],
  replayDecision: ["GET", "/v1/decisions/{decision_id}/replay"],
  decisions: ["GET", "/v1/decisions"],
  decision: ["GET", "/v1/decisions/{decision_id}"],
  trace: ["GET", "/v1/decisions/{decision_id}/trace"],
  executions: ["POST", "/v1/executions"],
  overrides: ["GET", "/v1/overrides"],
  signals: ["POST", "/v1/signals"],
  listSignals: ["GET", "/v1/signals"],
  today: ["GET", "/v1/today"],
  changes: ["GET", "/v1/changes"],
  change: ["GET", "/v1/changes/{change_id}"],
  approve: ["POST", "/v1/changes/{change_id}/approve"],
  reject: ["POST", "/v1/changes/{change_id}/reject"],
  undo: ["POST", "/v1/changes/{change_id}/undo"],
  results: ["GET", "/v1/results"],
  evidence: ["GET", "/v1/evidence/{digest}"],
  ledger: ["GET", "/v1/ledger"],
  playbook: ["GET", "/v1/playbook"],
  upload: ["POST", "/v1/uploads"],
  previewImport: ["POST", "/v1/uploads/{upload_id}/preview"],
  startImport: ["POST", "/v1/imports"],
  imports: ["GET", "/v1/imports"],
  import: ["GET", "/v1/imports/{import_id}"],
  quarantine: ["GET", "/v1/quarantine"],
  setUp: ["POST", "/v1/workspace"],
  sample: ["POST", "/v1/workspace/sample"],
  job: ["GET", "/v1/jobs/{job_id}"],
  runCycle: ["POST", "/v1/cycles"],
  replayQuarantine: ["POST", "/v1/quarantine/replay"],
  sources: ["GET", "/v1/sources"],
  createSource: ["POST", "/v1/sources"],
  rotateSourceKey: ["POST", "/v1/sources/{source_id}/key"],
  rotateSourceSecret: ["POST", "/v1/sources/{source_id}/secret"],
  setSource: ["POST", "/v1/sources/{source_id}/settings"],
  disableSource: ["POST", "/v1/sources/{source_id}/disable"],
  enableSource: ["POST", "/v1/sources/{source_id}/enable"],
  sourceRequests: ["GET", "/v1/sources/{source_id}/requests"],
  outcomeReviews: ["GET", "/v1/outcome-reviews"],
  labelReview: ["POST", "/v1/outcome-reviews/{review_id}/label"],
  labelsStatus: ["GET", "/v1/labels/status"],
  trainLabels: ["POST", "/v1/labels/train"],
  person: ["GET", "/v1/people"],
  mergePeople: ["POST", "/v1/people/merge"],
  merges: ["GET", "/v1/people/merges"],
  erasePerson: ["POST", "/v1/people/erase"],
  contactAllowed: ["GET", "/v1/people/allowed"],
  suppress: ["POST", "/v1/suppressions"],
  liftSuppressions: ["POST", "/v1/suppressions/lift"],
  recordConsent: ["POST", "/v1/consents"],
  upsertAccounts: ["POST", "/v1/accounts"],
  upsertContacts: ["POST", "/v1/contacts"],
  upsertLeads: ["POST", "/v1/leads"],
  upsertOpportunities: ["POST", "/v1/opportunities"],
  record: ["GET", "/v1/records"],
  matching: ["GET", "/v1/matching"],
  setMatching: ["POST", "/v1/matching"],
  dataHealth: ["GET", "/v1/data-health"],
  checkDataHealth: ["POST", "/v1/data-health/check"],
  incidents: ["GET", "/v1/incidents"],
  resolveIncident: ["POST", "/v1/incidents/{incident_id}/resolve"],
  status: ["GET", "/v1/status"],
  webhookEndpoints: ["GET", "/v1/webhook-endpoints"],
  createWebhookEndpoint: ["POST", "/v1/webhook-endpoints"],
  webhookEndpoint: ["GET", "/v1/webhook-endpoints/{endpoint_id}"],
  setWebhookEndpoint: ["PATCH", "/v1/webhook-endpoints/{endpoint_id}"],
  deleteWebhookEndpoint: ["DELETE", "/v1/webhook-endpoints/{endpoint_id}"],
  rotateWebhookSecret: ["POST", "/v1/webhook-endpoints/{endpoint_id}/secret"],
  testWebhookEndpoint: ["POST", "/v1/webhook-endpoints/{endpoint_id}/test"],
  webhookDeliveries: ["GET", "/v1/webhook-deliveries"],
  replayWebhookDelivery: ["POST", "/v1/webhook-deliveries/{delivery_id}/replay"],
};

/** A route's path with its parameters filled in, each percent-encoded. */
export function pathOf<Name extends RouteName>(name: Name, parameters: ParametersOf<Name>): string {
  const values: Readonly<Record<string, string>> = parameters;
  return PATHS[name][1].replaceAll(/\{([a-z_]+)\}/gu, (_, key: string) => {
    const value = values[key];
    if (value === undefined || value === "") throw new RangeError(`${name} needs a ${key}`);
    return encodeURIComponent(value);
  });
}
