import { CHANGES, PENDING_CHANGE, RAMPING_CHANGE, ROLLED_BACK_CHANGE } from "./changes-fixture.ts";
import { DECISION, DECISION_LIST, TRACE } from "./decisions-fixture.ts";
import { IMPORT_DONE, IMPORT_RUNNING, PREVIEW, UPLOAD } from "./import-fixture.ts";
import { digest } from "./interval.ts";
import { EMPTY_LEDGER, EVIDENCE, LEDGER, PLAYBOOK, STATUS } from "./records-fixture.ts";
import { DOUBTFUL_RESULTS, RESULTS } from "./results-fixture.ts";
import { EMPTY_TODAY, RUNNING_TODAY } from "./today-fixture.ts";

/** One canned answer of the server. */
export interface Answer {
  /** Method and path as the protocol's table has them. */
  readonly route: string;
  /** Path and query as they are asked for. */
  readonly path: string;
  readonly body: unknown;
}

const changes = [PENDING_CHANGE, RAMPING_CHANGE, ROLLED_BACK_CHANGE];

const SOLO = { state: "solo", user: null, elsewhere: null };
const ANN = { user_id: "usr_1", email: "ann@example.com", speaks_as: "person:ann", roles: ["admin", "approver"] };

const both: readonly Answer[] = [
  { route: "GET /v1/session", path: "/v1/session", body: SOLO },
  { route: "POST /v1/uploads", path: "/v1/uploads", body: UPLOAD },
  { route: "POST /v1/uploads/{upload_id}/preview", path: "/v1/uploads/upl-1/preview", body: PREVIEW },
  { route: "POST /v1/imports", path: "/v1/imports", body: IMPORT_RUNNING },
  { route: "GET /v1/imports/{import_id}", path: "/v1/imports/imp-1", body: IMPORT_DONE },
  {
    route: "POST /v1/workspace/sample",
    path: "/v1/workspace/sample",
    body: { job_id: "job-1", state: "running", sentence: "Cycle 3 of 14", progress: 0.2 },
  },
  {
    route: "GET /v1/jobs/{job_id}",
    path: "/v1/jobs/job-1",
    body: { job_id: "job-1", state: "running", sentence: "Cycle 9 of 14", progress: 0.64 },
  },
];

/** A server at work. */
export const ANSWERS: readonly Answer[] = [
  ...both,
  { route: "GET /v1/today", path: "/v1/today", body: RUNNING_TODAY },
  { route: "GET /v1/status", path: "/v1/status", body: STATUS },
  { route: "GET /v1/changes", path: "/v1/changes", body: { changes: CHANGES } },
  ...changes.map((change) => ({
    route: "GET /v1/changes/{change_id}",
    path: `/v1/changes/${change.id}`,
    body: change,
  })),
  {
    route: "POST /v1/changes/{change_id}/undo",
    path: `/v1/changes/${RAMPING_CHANGE.id}/undo`,
    body: ROLLED_BACK_CHANGE,
  },
  { route: "GET /v1/decisions", path: "/v1/decisions", body: DECISION_LIST },
  { route: "GET /v1/decisions/{decision_id}/trace", path: `/v1/decisions/${DECISION.decision_id}/trace`, body: TRACE },
  { route: "GET /v1/results", path: "/v1/results", body: RESULTS },
  { route: "GET /v1/results", path: "/v1/results?source=maven-crm", body: DOUBTFUL_RESULTS },
  { route: "GET /v1/ledger", path: "/v1/ledger", body: LEDGER },
  { route: "GET /v1/playbook", path: "/v1/playbook", body: PLAYBOOK },
  { route: "GET /v1/evidence/{digest}", path: `/v1/evidence/${digest("e71")}`, body: EVIDENCE },
  { route: "GET /v1/imports", path: "/v1/imports", body: { imports: [IMPORT_DONE] } },
];

/** The same for somebody who is signed in, and may sign out. */
export const SIGNED_IN_ANSWERS: readonly Answer[] = [
  { route: "GET /v1/session", path: "/v1/session", body: { ...SOLO, state: "in", user: ANN } },
  { route: "DELETE /v1/session", path: "/v1/session", body: { ...SOLO, state: "out" } },
  ...ANSWERS,
];

/** A server that wants to know who asks. */
export const SIGNED_OUT_ANSWERS: readonly Answer[] = [
  {
    route: "GET /v1/session",
    path: "/v1/session",
    body: { ...SOLO, state: "out", elsewhere: { name: "Example", url: "/v1/session/elsewhere" } },
  },
  { route: "POST /v1/session", path: "/v1/session", body: { ...SOLO, state: "in", user: ANN } },
  ...ANSWERS,
];

/** A server that nobody has used yet. */
export const EMPTY_ANSWERS: readonly Answer[] = [
  ...both,
  { route: "GET /v1/today", path: "/v1/today", body: EMPTY_TODAY },
  { route: "GET /v1/status", path: "/v1/status", body: { ...STATUS, state: "empty", checks: [] } },
  { route: "GET /v1/changes", path: "/v1/changes", body: { changes: [] } },
  { route: "GET /v1/decisions", path: "/v1/decisions", body: { decisions: [], total: 0 } },
  { route: "GET /v1/ledger", path: "/v1/ledger", body: EMPTY_LEDGER },
  { route: "GET /v1/imports", path: "/v1/imports", body: { imports: [] } },
];
