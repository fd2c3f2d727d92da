import { z } from "zod";
import { executionStateSchema, executionViewSchema } from "./executions.ts";
import { cohortSchema, contextSchema, idSchema, listOf, shareSchema, timestampSchema } from "./primitives.ts";

/** Most decisions that one request may ask for. */
export const DECISIONS_PER_REQUEST_MAX = 100;

/** Asks what to do with one unit at one decision point. */
export const decisionRequestSchema = z.strictObject({
  point: idSchema,
  unit_id: idSchema,
  /** Whom a contact would reach, by address, number or id, where the unit is an account: opt-outs and caps are the person's. */
  person: idSchema.exactOptional(),
  /** The account that the unit belongs to, where the unit is a person: caps of accounts count it. */
  account: idSchema.exactOptional(),
  context: contextSchema.exactOptional(),
});
export type DecisionRequest = z.infer<typeof decisionRequestSchema>;

/** Asks for up to 100 decisions at once, at any points. */
export const decisionBatchRequestSchema = z.strictObject({
  requests: z.array(decisionRequestSchema).min(1).max(DECISIONS_PER_REQUEST_MAX),
});
export type DecisionBatchRequest = z.infer<typeof decisionBatchRequestSchema>;

/** Body of `POST /v1/decisions`. */
export const decideRequestSchema = z.union([decisionRequestSchema, decisionBatchRequestSchema]);
export type DecideRequest = z.infer<typeof decideRequestSchema>;

/** One decision as it was recorded. Asking again for the same unit, point and window gives the same one. */
export const decisionViewSchema = z.object({
  decision_id: idSchema,
  point: idSchema,
  unit_id: idSchema,
  action: idSchema,
  /** Probability with which the playbook in force gave this action; null only for imported logs that do not say. */
  propensity: z.number().gt(0).max(1).nullable(),
  cohort: cohortSchema,
  /** The unit is in the holdout: it gets the baseline, whatever is learned. */
  holdout: z.boolean(),
  segment: z.string(),
  playbook_version: z.int().min(0),
  /** The change in rollout when the decision was made. */
  change_id: z.string().nullable(),
  /** At most three, in words, most important first. */
  reasons: listOf(z.string()),
  /**
   * The decision stands, and must not be carried out (any more): an opt-out or quiet hours came between. `action` is then `do_nothing`, and
   * what was decided is in the record. Absent: nothing speaks against it.
   */
  withheld: z.object({ rule: z.string(), why: z.string() }).exactOptional(),
  /** When the contact is to go out; at once where absent. */
  send_at: timestampSchema.exactOptional(),
  decided_at: timestampSchema,
});
export type DecisionView = z.infer<typeof decisionViewSchema>;

/** Answer of `POST /v1/decisions`: one decision for a single request, a list in the order asked for a batch. */
export const decideResponseSchema = z.union([decisionViewSchema, z.object({ decisions: listOf(decisionViewSchema) })]);
export type DecideResponse = z.infer<typeof decideResponseSchema>;

/** A decision with everything it was made from. */
export const decisionDetailViewSchema = decisionViewSchema.extend({
  source: z.string(),
  cycle: z.int().min(0),
  rollout_share: shareSchema,
  context: contextSchema,
  /** How far it got: assigned, delivered, worked, overridden, suppressed, skipped. Absent where it was not looked up. */
  execution_state: executionStateSchema.exactOptional(),
  /** What is known of how it was carried out, newest first. */
  executions: listOf(executionViewSchema).exactOptional(),
});
export type DecisionDetailView = z.infer<typeof decisionDetailViewSchema>;

/** Which decisions to list; newest first. */
export const decisionListQuerySchema = z.strictObject({
  source: z.string().exactOptional(),
  unit_id: idSchema.exactOptional(),
  playbook_version: z.coerce.number().int().min(0).exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).exactOptional(),
});
export type DecisionListQuery = z.infer<typeof decisionListQuerySchema>;

/** `GET /v1/decisions`. */
export const decisionListViewSchema = z.object({ decisions: listOf(decisionDetailViewSchema), total: z.int().min(0) });
export type DecisionListView = z.infer<typeof decisionListViewSchema>;
