import { err, ok, type Result } from "@ratchet/stats";
import type { Brand, BrandError } from "./brand.ts";

/** A moment in UTC, as whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, "instant">;

/** Years 1900 to 2299: what ClickHouse's `DateTime64` stores without loss. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2299, 11, 31);

/** Reads the clock; the only way time enters the engine. */
export type Clock = () => Instant;

export const DAY_MS = 86_400_000;

/** From epoch milliseconds. */
export function parseEpochMs(ms: number): Result<Instant, BrandError> {
  if (!Number.isInteger(ms) || ms < EARLIEST || ms > LATEST) {
    return err({
      code: "time.out_of_range",
      message: `a time must be whole milliseconds between the years 1900 and 2299, got ${ms}`,
    });
  }
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the one cast of this brand
  return ok(ms as Instant);
}

/** An instant from a number that we made ourselves: throws where it is out of range. */
export function instant(ms: number): Instant {
  const parsed = parseEpochMs(Math.round(ms));
  if (parsed.kind === "err") throw new RangeError(parsed.error.message);
  return parsed.value;
}

/** As nearly every sender writes it, on a day that every month has. */
const PLAIN = /^\d{4}-\d\d-(?:0[1-9]|1\d|2[0-8])T\d\d:\d\d:[0-5]\d(?:\.\d{1,3})?Z$/u;
const ISO = /^(\d{4}-\d{2}-(\d{2}))(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,30})?)?)([Zz]|[+-]\d{2}:?\d{2})?)?$/u;

/**
 * From ISO 8601 text, with all that RFC 3339 allows: `t` and `z` in lower case, a blank for the T, any number of decimals (cut after three),
 * a leap second (read as the last millisecond before it, so that order holds). A zone may lack its colon. A time without a zone is read as
 * UTC, so that no machine's zone can change a fact; a day that its month does not have is refused.
 */
export function parseInstant(text: string): Result<Instant, BrandError> {
  const ms = PLAIN.test(text) ? Date.parse(text) : isoMs(text.trim());
  if (!Number.isNaN(ms)) return parseEpochMs(ms);
  return err({
    code: "time.not_iso",
    message: `expected an ISO 8601 time such as 2026-03-01T09:30:00Z, got "${text}"`,
  });
}

/** NaN where it is none. */
function isoMs(text: string): number {
  const [, date, day, time = "00:00:00", zone = "Z"] = ISO.exec(text) ?? [];
  if (date === undefined) return NaN;
  // `Date.parse` takes the 30th of February for the 2nd of March.
  if (Number(day) > 28 && new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) return NaN;
  return Date.parse(`${date}T${time.replace(/:60(?:\.\d+)?$/u, ":59.999")}${zone.toUpperCase()}`);
}

/** ISO 8601 in UTC with milliseconds. */
export function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}

/** The instant `ms` later (or earlier, when negative). */
export function later(at: Instant, ms: number): Instant {
  return instant(at + ms);
}
