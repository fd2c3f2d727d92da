import { z } from "zod";
import { cohortSchema, contextSchema, idSchema, listOf, shareSchema, timestampSchema } from "./primitives.ts";

/** Most decisions that one request may ask for. */
export const DECISIONS_PER_REQUEST_MAX = 100;

/** Asks what to do with one unit at one decision point. */
export const decisionRequestSchema = z.strictObject({
  point: idSchema,
  unit_id: idSchema,
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
  decided_at: timestampSchema,
});
export type DecisionView = z.infer<typeof decisionViewSchema>;

/** No decision: the unit asked not to be contacted. It has no `action`, so that nobody can take one from it by mistake. */
export const refusedDecisionSchema = z.object({
  refused: z.literal("suppressed"),
  point: idSchema,
  unit_id: idSchema,
  /** As `GET /v1/people/allowed` answers: `suppression.unsubscribed`, `consent.withdrawn` … */
  rule: z.string(),
  channel: z.string(),
  since: timestampSchema,
});
export type RefusedDecision = z.infer<typeof refusedDecisionSchema>;

/**
 * Answer of `POST /v1/decisions`: one decision for a single request (a unit that must not be contacted is a problem,
 * `decision.suppressed`), for a batch a list in the order asked for, in which such a unit has a refusal in its place.
 */
export const decideResponseSchema = z.union([
  decisionViewSchema,
  z.object({ decisions: listOf(z.union([decisionViewSchema, refusedDecisionSchema])) }),
]);
export type DecideResponse = z.infer<typeof decideResponseSchema>;

/** A decision with everything it was made from. */
export const decisionDetailViewSchema = decisionViewSchema.extend({
  source: z.string(),
  cycle: z.int().min(0),
  rollout_share: shareSchema,
  context: contextSchema,
});
export type DecisionDetailView = z.infer<typeof decisionDetailViewSchema>;

/** Which decisions to list; newest first. */
export const decisionListQuerySchema = z.strictObject({
  source: z.string().exactOptional(),
  unit_id: idSchema.exactOptional(),
  playbook_version: z.coerce.number().int().min(0).exactOptional(),
  /** As known then: only decisions that had been heard of. Now where absent. */
  as_of: timestampSchema.exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).exactOptional(),
});
export type DecisionListQuery = z.infer<typeof decisionListQuerySchema>;

/** `GET /v1/decisions`. */
export const decisionListViewSchema = z.object({ decisions: listOf(decisionDetailViewSchema), total: z.int().min(0) });
export type DecisionListView = z.infer<typeof decisionListViewSchema>;
