import type { Problem } from "@ratchet/protocol";

/**
 * The server refused or failed, or could not be reached.
 *
 * `problem` is the server's answer (`application/problem+json`, RFC 9457). Where there was none, its `status` is 599 and its `code` is
 * `client.unreachable` (no connection), `client.timeout` (no answer in time), `client.aborted` (the caller's signal) or
 * `client.unreadable` (an answer that is not JSON, such as a proxy's error page).
 */
export class RatchetError extends Error {
  override readonly name = "RatchetError";
  readonly problem: Problem;
  /** How long the server asked to be left alone, in milliseconds; null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, cause?: unknown, retryAfterMs: number | null = null) {
    super(problem.detail, { cause });
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  /** Stable and dotted, such as `change.stale_revision`. */
  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

const UNANSWERED = 599;

/** A problem that the client found, in the server's shape. */
export function clientProblem(code: string, title: string, detail: string): Problem {
  return { type: `urn:ratchet:error:${code}`, title, status: UNANSWERED, code, detail };
}

/** The problem in an error answer, whoever sent it: what is not problem+json is put in words. */
export function problemOf(status: number, body: unknown): Problem {
  if (isProblem(body)) return body;
  const detail = `the server answered ${status} without saying why; look in its log, or check that a proxy did not answer instead`;
  return {
    ...clientProblem("client.unreadable", "Unreadable answer", detail),
    status: status >= 400 ? status : UNANSWERED,
  };
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "detail" in body &&
    typeof body.detail === "string" &&
    "status" in body &&
    typeof body.status === "number"
  );
}
