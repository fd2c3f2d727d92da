import { z } from "zod";
import { contextSchema } from "./context-values.ts";
import { idSchema, listOf, shareSchema, timestampSchema } from "./primitives.ts";

/** Which signals to list, by when they happened by our clock. The next page is the same question with the `cursor` of the one before. */
export const signalListQuerySchema = z.strictObject({
  source: idSchema.exactOptional(),
  type: idSchema.exactOptional(),
  /** Of this unit and of those that it turned out to be one with. */
  unit_id: idSchema.exactOptional(),
  /** Happened later than this. */
  since: timestampSchema.exactOptional(),
  /** Happened at this moment or before. */
  until: timestampSchema.exactOptional(),
  /** As known then: only what had been received, at the times that were believed. Now where absent. */
  as_of: timestampSchema.exactOptional(),
  /** `next_cursor` of the page before. */
  cursor: z.string().min(1).max(2_000).exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).exactOptional(),
});
export type SignalListQuery = z.infer<typeof signalListQuerySchema>;

/** A signal as a fact. Persons and accounts are surrogates; what somebody wrote is not in it. */
const signalViewSchema = z.object({
  source: z.string(),
  message_id: z.string(),
  type: z.string(),
  unit_id: z.string(),
  decision_id: z.string().nullable(),
  person: z.string().nullable(),
  account: z.string().nullable(),
  /** In units, not cents. */
  value: z.number().nullable(),
  currency: z.string().nullable(),
  /** That a person, and no machine, opened or clicked; null where that is no question. */
  human_probability: shareSchema.nullable(),
  /** By our clock. */
  occurred_at: timestampSchema,
  /** What the sender said, where its clock was off. */
  occurred_at_raw: timestampSchema.exactOptional(),
  /** When its message left, by the sender's clock; null where it does not say. */
  sent_at: timestampSchema.nullable(),
  received_at: timestampSchema,
  properties: contextSchema,
});
export type SignalView = z.infer<typeof signalViewSchema>;

/** `GET /v1/signals`, newest first. */
export const signalListViewSchema = z.object({
  signals: listOf(signalViewSchema),
  /** Asks for the next page; null where this was the last one. */
  next_cursor: z.string().nullable(),
});
export type SignalListView = z.infer<typeof signalListViewSchema>;
