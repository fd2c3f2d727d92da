import { isoOf, parseInstant, type Instant } from "@ratchet/engine";
import { ProblemError } from "./problem-error.ts";

/** The time as which somebody asks to know. @throws ProblemError where it has not come yet: what will be known then nobody knows. */
export function asOfFrom(text: string | undefined, now: Instant): Instant | null {
  if (text === undefined) return null;
  const parsed = parseInstant(text);
  if (parsed.kind === "err") throw new ProblemError("request.invalid", `as_of: ${parsed.error.message}`);
  if (parsed.value > now)
    throw new ProblemError("request.invalid", `as_of ${isoOf(parsed.value)} has not come yet; it is ${isoOf(now)}`);
  return parsed.value;
}
