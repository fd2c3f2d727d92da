import type { OfrepErrorCode, OfrepFailure, Problem } from "@ratchet/protocol";

/** Where flags are evaluated: one by its key, or all of them. */
export const OFREP_PATH = /^\/ofrep\/v1\/evaluate\/flags(?:\/([^/]+))?$/u;

/** Providers show an answer's own text with these statuses alone; any other becomes a text of theirs. */
const SHOWN = [400, 404, 500];
/** Statuses that providers act on by themselves. */
const THEIRS = [401, 403, 429];

/** Codes of ours that the protocol has a word for. */
const CODES: Readonly<Record<string, OfrepErrorCode>> = {
  "request.not_json": "PARSE_ERROR",
  "request.invalid": "INVALID_CONTEXT",
  "request.targeting_key_missing": "TARGETING_KEY_MISSING",
  "decision.unknown_point": "FLAG_NOT_FOUND",
  "workspace.empty": "FLAG_NOT_FOUND",
};

/** A problem as OFREP has it. `key` is in every answer: without it, providers lose the text. */
export function ofrepFailure(key: string, { code, detail }: Pick<Problem, "code" | "detail">): OfrepFailure {
  return { key, errorCode: CODES[code] ?? "GENERAL", errorDetails: detail };
}

/** The status that a problem is answered with, such that its text arrives where texts do. */
export function ofrepStatus({ code, status }: Pick<Problem, "code" | "status">): number {
  if (CODES[code] === "FLAG_NOT_FOUND") return 404;
  if (SHOWN.includes(status) || THEIRS.includes(status)) return status;
  return status > 500 ? 500 : 400;
}

/** The key that a path asks about, as it was sent; all flags have the empty one. Never throws: it names what failed. */
export function ofrepKey(path: string): string {
  const [, sent = ""] = OFREP_PATH.exec(path) ?? [];
  try {
    return decodeURIComponent(sent);
  } catch {
    return sent;
  }
}
