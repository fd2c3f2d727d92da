import { z } from "zod";

/** Longest id that is accepted anywhere, in UTF-16 code units. */
export const ID_LENGTH_MAX = 200;

/** An id as its owner spells it. Control characters are refused. */
export const idSchema = z
  .string()
  .max(ID_LENGTH_MAX)
  // oxlint-disable-next-line no-control-regex -- control characters in an id are exactly what is refused here
  .regex(/^(?=.*\S)[^\u0000-\u001f\u007f]*$/u, "must not be blank or hold control characters");

/** ISO 8601 with a zone, as Ratchet writes it: UTC with milliseconds. */
export const timestampSchema = z.iso.datetime({
  offset: true,
  error: "must be a time with its zone, such as 2026-03-01T09:30:00Z or 2026-03-01T10:30:00+01:00",
});

/** Longest time that a sender may write, in UTF-16 code units. */
const TIMESTAMP_LENGTH_MAX = 64;

/**
 * A time as senders write it: RFC 3339 with all that it allows (`t` and `z` in lower case, a blank for the T, a leap second, which is read as
 * the last millisecond before it), and the zone without its colon (`+0100`), as Salesforce writes it. Without a zone it is refused: it could
 * be any. What comes out is a `timestampSchema`.
 */
export const sentTimestampSchema = z.union([
  timestampSchema,
  z.string().max(TIMESTAMP_LENGTH_MAX).transform(canonicalTime).pipe(timestampSchema),
]);

function canonicalTime(text: string): string {
  return text
    .replace(/^(\d{4}-\d{2}-\d{2})[Tt ](.*)$/u, (_, day: string, time: string) => `${day}T${time.toUpperCase()}`)
    .replace(/^(.{11}\d{2}:\d{2}):60(?:\.\d+)?/u, "$1:59.999")
    .replace(/^(.{16}.*[+-]\d{2})(\d{2})$/u, "$1:$2");
}

/** Lower-case hex SHA-256 of a document's canonical JSON. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/u, "must be 64 lower-case hex digits");

/** A share or probability. */
export const shareSchema = z.number().min(0).max(1);

/** Probability of each action of a lever, by action id. */
export const probabilitiesSchema = z.record(z.string(), shareSchema);

/**
 * A number with what is known about it. `estimate` is null where there is nothing to estimate from; an end is null where the data do not
 * bound it (JSON has no infinity).
 */
export const intervalSchema = z.object({
  estimate: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** Confidence of the interval, in (0, 1). */
  confidence: z.number().gt(0).lt(1),
});
export type IntervalView = z.infer<typeof intervalSchema>;

/** The only words in which Ratchet says what it found. */
export const VERDICT_WORDS = [
  "better",
  "worse",
  "no meaningful difference",
  "too early",
  "cannot tell",
  "cannot trust yet",
] as const;
export const verdictWordSchema = z.enum(VERDICT_WORDS);
export type VerdictWord = z.infer<typeof verdictWordSchema>;

/** The cohorts a unit can fall in. */
export const cohortSchema = z.enum(["holdout", "business-as-usual", "control", "candidate"]);

/** A list that readers may not change. */
export function listOf<Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> {
  return z.array(item).readonly();
}
