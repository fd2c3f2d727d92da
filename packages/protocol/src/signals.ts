import { z } from "zod";
import { idSchema, listOf, timestampSchema } from "./primitives.ts";

/** Most signals that one request may carry. */
export const SIGNALS_PER_REQUEST_MAX = 1000;

/** What happened, as a lower-case word with underscores. */
const signalTypeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/u, "must be a lower-case word with underscores, such as meeting_held");

/** One thing that happened. `(source, message_id)` is its idempotency key: sent twice, it counts once. */
export const signalRequestSchema = z.strictObject({
  message_id: idSchema,
  type: signalTypeSchema,
  unit_id: idSchema,
  /** The decision it answers, where the sender knows it. Without it the unit's latest decision is taken. */
  decision_id: idSchema.exactOptional(),
  /** An amount that came with it, in units (not cents). */
  value: z.number().exactOptional(),
  /** When it happened; the time of receipt where absent. */
  occurred_at: timestampSchema.exactOptional(),
  /** Who says so; `api` where absent. */
  source: idSchema.exactOptional(),
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

/** Answer of `POST /v1/signals`, once everything accepted is durable. */
export const signalBatchResponseSchema = z.object({
  accepted: z.int().min(0),
  /** Acknowledged before, with the same body. */
  duplicates: z.int().min(0),
  /** Acknowledged before with another body: the first one stands, this one is in quarantine. */
  conflicts: z.int().min(0),
  rejected: listOf(z.object({ index: z.int().min(0), code: z.string(), message: z.string() })),
});
export type SignalBatchResponse = z.infer<typeof signalBatchResponseSchema>;
