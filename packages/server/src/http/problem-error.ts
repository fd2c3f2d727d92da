import { problemType, statusOf, type Fault, type Problem } from "@ratchet/protocol";
import { namelessText } from "./nameless-text.ts";

/** A request that cannot be carried out: what the top of the server turns into `application/problem+json`. */
export class ProblemError extends Error {
  /** Stable, `area.reason`; its HTTP status is in `ERROR_STATUS`. */
  readonly code: string;
  readonly faults: readonly Fault[];

  constructor(code: string, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.name = "ProblemError";
    this.code = code;
    this.faults = faults;
  }
}

/** There is no room to take more. Clients of the field try again after the time that the answer names. */
export class OverloadedError extends ProblemError {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super("server.overloaded", message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Somebody asks too often. */
export class TooManyError extends ProblemError {
  readonly retryAfterSeconds: number;

  constructor(message: string, waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    super("request.too_many", `${message}; try again in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "The request does not fit",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Not possible here",
  409: "Not possible now",
  413: "Too large",
  415: "Unknown kind of content",
  429: "Too many requests",
  503: "Not able to take it now",
};

/** Codes of the stores' errors, in the protocol's words. */
const STORE_AREAS: readonly (readonly [prefix: string, code: string])[] = [
  ["facts.", "facts.unavailable"],
  ["storage.", "state.unavailable"],
  ["SQLITE_", "state.unavailable"],
];

/** Any error as a problem. What is our own fault says no more than its request id: the log has the rest. */
export function problemFrom(error: unknown, requestId: string): Problem {
  const code = codeOf(error);
  const status = statusOf(code);
  const detail =
    status === 500 || !(error instanceof Error)
      ? `the server failed on this request; look for request ${requestId} in its log`
      : namelessText(error.message);
  const faults = faultsIn(error).map(({ path, message }) => ({
    path: namelessText(path),
    message: namelessText(message),
  }));
  return {
    type: problemType(code),
    title: TITLES[status] ?? "The server failed",
    status,
    code,
    detail,
    instance: `urn:ratchet:request:${requestId}`,
    ...(faults.length === 0 ? {} : { faults }),
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return "server.failed";
  const { code } = error;
  return STORE_AREAS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? code;
}

/** Faults that an error carries: a request's with their paths, a file's as sentences. */
function faultsIn(error: unknown): readonly Fault[] {
  if (error instanceof ProblemError) return error.faults;
  if (!(error instanceof Error && "faults" in error && Array.isArray(error.faults))) return [];
  return error.faults.flatMap((fault: unknown) => (typeof fault === "string" ? [{ path: "", message: fault }] : []));
}
