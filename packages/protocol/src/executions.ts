import { z } from "zod";
import { idSchema, listOf, sentTimestampSchema, timestampSchema } from "./primitives.ts";

/** Most executions that one request may carry. */
export const EXECUTIONS_PER_REQUEST_MAX = 1000;

/** Why a person did otherwise: a closed list, so that reasons can be counted. */
export const overrideReasonSchema = z.enum([
  "wrong_person",
  "wrong_time",
  "wrong_channel",
  "wrong_message",
  "wrong_owner",
  "bad_fit",
  "data_wrong",
  "already_in_contact",
  "asked_by_customer",
  "no_capacity",
  "policy",
  "other",
]);
export type OverrideReason = z.infer<typeof overrideReasonSchema>;

/** What became of a recommendation. `offered` is what the server itself says of what it showed among others. */
const executionKindSchema = z.enum([
  "offered",
  "exposed",
  "delivered",
  "worked",
  "overridden",
  "suppressed",
  "skipped",
]);

/** A stable word with dots, never free text: it is kept with the facts. */
const ruleSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_.:-]{0,63}$/u, "must be a lower-case word such as suppression.unsubscribed");

const common = {
  /** With `source` its idempotency key: sent twice, it counts once. */
  message_id: idSchema,
  decision_id: idSchema,
  /** When it happened; the time of receipt where absent. */
  at: sentTimestampSchema.exactOptional(),
  /** Who says so; `api` where absent. */
  source: idSchema.exactOptional(),
} as const;

/**
 * One thing that is known of how a decision was carried out: whoever was offered it took it up · it reached its recipient · somebody worked
 * on it · somebody did otherwise · a rule held it back after the decision · it was left undone.
 */
export const executionRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...common, kind: z.literal("exposed") }),
  z.strictObject({ ...common, kind: z.literal("delivered") }),
  z.strictObject({ ...common, kind: z.literal("worked") }),
  z.strictObject({
    ...common,
    kind: z.literal("overridden"),
    /** Who did otherwise. */
    by: idSchema,
    reason: overrideReasonSchema,
    /** What was done in its place, as an action; nothing where absent. */
    did_instead: idSchema.exactOptional(),
  }),
  z.strictObject({ ...common, kind: z.literal("suppressed"), reason: ruleSchema.exactOptional() }),
  z.strictObject({ ...common, kind: z.literal("skipped"), reason: ruleSchema.exactOptional() }),
]);
export type ExecutionRequest = z.infer<typeof executionRequestSchema>;

/**
 * Body of `POST /v1/executions`. They are read one by one with `executionRequestSchema`: a bad one is answered in `rejected` and never fails
 * the others, so this envelope lets any value through.
 */
export const executionBatchRequestSchema = z.strictObject({
  executions: z.array(z.unknown()).min(1).max(EXECUTIONS_PER_REQUEST_MAX),
});
/** What a sender writes. */
export interface ExecutionBatchRequest {
  readonly executions: readonly ExecutionRequest[];
}

/** An execution as it was recorded. */
export const executionViewSchema = z.object({
  kind: executionKindSchema,
  source: z.string(),
  message_id: z.string(),
  decision_id: idSchema,
  /** Who did otherwise; a surrogate where a person's address was given. Only of `overridden`. */
  by: z.string().nullable(),
  reason: z.string().nullable(),
  did_instead: z.string().nullable(),
  at: timestampSchema,
});
export type ExecutionView = z.infer<typeof executionViewSchema>;

/** How far a decision got: `assigned` while nothing else is known of it. */
export const executionStateSchema = z.enum(["assigned", ...executionKindSchema.options]);

/** Query of `GET /v1/overrides`. */
export const overridesQuerySchema = z.strictObject({ since: timestampSchema.exactOptional() });

/** `GET /v1/overrides`: what people did otherwise, and why; the most frequent first. */
export const overridesViewSchema = z.object({
  /** By reason alone. */
  reasons: listOf(z.object({ reason: overrideReasonSchema, count: z.int().min(1) })),
  /** By what was decided; `point` and `action` are null where no decision of that id is known. */
  overrides: listOf(
    z.object({
      point: z.string().nullable(),
      action: z.string().nullable(),
      reason: overrideReasonSchema,
      did_instead: z.string().nullable(),
      count: z.int().min(1),
    }),
  ),
});
export type OverridesView = z.infer<typeof overridesViewSchema>;
