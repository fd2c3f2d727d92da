import { ProblemError } from "./problem-error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * JSON travels as UTF-8. Other bytes would come out as other characters, and be kept as something that nobody sent.
 *
 * @throws ProblemError `request.not_json`
 */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ProblemError("request.not_json", "the body is not UTF-8, which JSON is written in; send it as UTF-8");
  }
}

/** Where the parser stopped, where it says so: its own words quote the body, which may name somebody. */
export function placeOf(cause: unknown): string {
  const told = cause instanceof SyntaxError ? cause.message : "";
  if (told.includes("end of JSON")) return " (it ends too early)";
  const place = /at (position \d+)/u.exec(told)?.[1];
  return place === undefined ? "" : ` (from ${place} on)`;
}
