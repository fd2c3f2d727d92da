import { z } from "zod";
import { idSchema, listOf, sentTimestampSchema } from "./primitives.ts";

/** Most signals that one request may carry. */
export const SIGNALS_PER_REQUEST_MAX = 1000;

/** What happened, as a lower-case word with underscores. */
const signalTypeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/u, "must be a lower-case word with underscores, such as meeting_held");

/** What else a signal tells, by name; nested documents become dotted names. */
const propertiesSchema = z.record(z.string().min(1).max(200), z.unknown());
/** Longest address that mail can be sent to, with room to spare. */
const EMAIL_LENGTH_MAX = 320;
/** Longest text that one signal may carry. */
const TEXT_LENGTH_MAX = 100_000;

/**
 * One thing that happened. `(source, message_id)` is its idempotency key: sent twice, it counts once.
 *
 * It says whom it is about in any of its ways: by `unit_id`, by the person, by the account, or by the decision that it answers. Without a
 * `unit_id` the unit is the account where one is named, else the person.
 */
export const signalRequestSchema = z.strictObject({
  message_id: idSchema,
  type: signalTypeSchema,
  /** What was randomised, as the decision named it. */
  unit_id: idSchema.exactOptional(),
  /** The decision it answers, where the sender knows it. Without it the unit's latest decision is taken. */
  decision_id: idSchema.exactOptional(),
  /** An amount that came with it, in units (not cents). */
  value: z.number().exactOptional(),
  /** ISO 4217, of `value`. */
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/u, "must be three letters, such as EUR")
    .exactOptional(),
  /** When it happened; the time of receipt where absent. */
  occurred_at: sentTimestampSchema.exactOptional(),
  /** Who says so, where no key does: `api` where absent. With a key it may only repeat the key's own source. */
  source: idSchema.exactOptional(),
  /** The person: the sender's own id, an id from before the person was known, an address, a number, a name. */
  user_id: idSchema.exactOptional(),
  anonymous_id: idSchema.exactOptional(),
  email: z.string().min(1).max(EMAIL_LENGTH_MAX).exactOptional(),
  phone: idSchema.exactOptional(),
  name: idSchema.exactOptional(),
  /** The account: the sender's own id, its domain, its name. */
  account_id: idSchema.exactOptional(),
  domain: idSchema.exactOptional(),
  account_name: idSchema.exactOptional(),
  /** Channel, campaign, stage, reason and the like. What identifies a person directly is dropped. */
  properties: propertiesSchema.exactOptional(),
  /** Words that somebody wrote: a reply, a note. */
  text: z.string().max(TEXT_LENGTH_MAX).exactOptional(),
});
export type SignalRequest = z.infer<typeof signalRequestSchema>;

/**
 * Body of `POST /v1/signals`. The signals are read one by one with `signalRequestSchema`: a bad one is answered in `rejected` and never
 * fails the others, so this envelope lets any value through.
 */
export const signalBatchRequestSchema = z.strictObject({
  signals: z.array(z.unknown()).min(1).max(SIGNALS_PER_REQUEST_MAX),
});
/** What a sender writes. */
export interface SignalBatchRequest {
  readonly signals: readonly SignalRequest[];
}

/** Answer of `POST /v1/signals`, once everything accepted is durable: `accepted + duplicates + quarantined = sent`. */
export const signalBatchResponseSchema = z.object({
  sent: z.int().min(0),
  accepted: z.int().min(0),
  /** Acknowledged before, with the same body. */
  duplicates: z.int().min(0),
  /** Acknowledged before with another body: the first one stands, this one is in quarantine. */
  conflicts: z.int().min(0),
  /** What is kept in quarantine: the conflicts and the rejected. */
  quarantined: z.int().min(0),
  /** Each of them, by its place in the request: a conflict has the code `inbox.conflict`. */
  rejected: listOf(z.object({ index: z.int().min(0), code: z.string(), message: z.string() })),
});
export type SignalBatchResponse = z.infer<typeof signalBatchResponseSchema>;
