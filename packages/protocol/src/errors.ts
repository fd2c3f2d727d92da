import { z } from "zod";
import { issuesOf } from "./issues.ts";
import { listOf } from "./primitives.ts";

/** One thing that is wrong with a request, and where. */
export const faultSchema = z.object({
  /** JSON pointer into the body, or the name of the parameter. */
  path: z.string(),
  message: z.string(),
});
export type Fault = z.infer<typeof faultSchema>;

/**
 * Every error answer, as `application/problem+json`.
 *
 * `code` is stable (`area.reason`); `detail` says what happened, with the value, and what to do next.
 *
 * @see RFC 9457 (Problem Details for HTTP APIs), section 3.
 */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string(),
  detail: z.string(),
  instance: z.string().exactOptional(),
  /** All faults at once, where the input had any. */
  faults: listOf(faultSchema).exactOptional(),
});
export type Problem = z.infer<typeof problemSchema>;

/**
 * HTTP status by error code or area. The longest entry that is the code, or an area of it, wins: `ledger.stale` before `ledger`.
 * What is not here is our own fault: 500.
 */
export const ERROR_STATUS: Readonly<Record<string, number>> = {
  request: 400,
  "request.not_found": 404,
  "request.method_not_allowed": 405,
  "request.too_large": 413,
  "request.unsupported_media_type": 415,
  auth: 401,
  "auth.forbidden": 403,
  unit: 400,
  action: 400,
  time: 400,
  amount: 400,
  signal: 400,
  execution: 400,
  decision: 400,
  "decision.not_found": 404,
  "decision.unknown_point": 404,
  "decision.not_a_score": 422,
  "decision.no_record": 422,
  change: 400,
  "change.not_found": 404,
  "change.wrong_status": 409,
  "change.stale_revision": 409,
  "change.expired": 409,
  "change.not_running": 409,
  "approval.author": 403,
  "approval.not_in_role": 403,
  "approval.duplicate": 409,
  approval: 400,
  evidence: 400,
  "evidence.not_found": 404,
  playbook: 400,
  "playbook.not_found": 404,
  ledger: 400,
  "ledger.stale": 409,
  import: 400,
  "import.not_found": 404,
  "import.running": 409,
  map: 400,
  policy: 400,
  workspace: 400,
  "workspace.empty": 409,
  "workspace.busy": 409,
  key: 400,
  "key.not_found": 404,
  user: 400,
  "user.not_found": 404,
  "user.exists": 409,
  "user.last_admin": 409,
  "request.too_many": 429,
  webhook: 400,
  "webhook.not_found": 404,
  "webhook.unknown_delivery": 404,
  "webhook.too_many": 409,
  "webhook.disabled": 409,
  review: 400,
  "review.not_found": 404,
  "review.not_a_person": 403,
  source: 400,
  person: 400,
  incident: 400,
  "incident.not_found": 404,
  "incident.explained_already": 409,
  record: 400,
  "record.not_found": 404,
  matching: 400,
  "person.not_suppressed": 409,
  "person.conflict": 409,
  "source.not_found": 404,
  "source.exists": 409,
  "source.key_taken": 409,
  "server.overloaded": 503,
  state: 503,
  facts: 503,
};

/** The HTTP status of an error code. */
export function statusOf(code: string): number {
  for (let end = code.length; end > 0; end = code.lastIndexOf(".", end - 1)) {
    const status = ERROR_STATUS[code.slice(0, end)];
    if (status !== undefined) return status;
  }
  return 500;
}

/** Where a code is explained. */
export function problemType(code: string): string {
  return `urn:ratchet:error:${code}`;
}

/** Zod's issues as faults of a request: each with a JSON pointer and a sentence. */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  return issuesOf(error).map((issue) => ({ path: pointerOf(issue.path), message: issue.message }));
}

/** A JSON pointer (RFC 6901); the empty text is the whole body. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
