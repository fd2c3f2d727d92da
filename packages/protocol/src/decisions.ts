import { z } from "zod";
import { contextSchema } from "./context-values.ts";
import { executionStateSchema, executionViewSchema } from "./executions.ts";
import { cohortSchema, digestSchema, idSchema, listOf, shareSchema, timestampSchema } from "./primitives.ts";

/** Most decisions that one request may ask for. */
export const DECISIONS_PER_REQUEST_MAX = 100;

/** What a caller may ask for; `live` where absent. */
const decisionModeSchema = z.enum(["live", "test"]);

/** Asks what to do with one unit at one decision point. */
export const decisionRequestSchema = z.strictObject({
  point: idSchema,
  unit_id: idSchema,
  /** Whom a contact would reach, by address, number or id, where the unit is an account: opt-outs and caps are the person's. */
  person: idSchema.exactOptional(),
  /** The account that the unit belongs to, where the unit is a person: caps of accounts count it. */
  account: idSchema.exactOptional(),
  context: contextSchema.exactOptional(),
  /**
   * What a retry repeats. Where the lever has no decision window, the same key gives the same decision whenever it is asked for; where it has
   * one, the window does. The `Idempotency-Key` header is the key of every request of a body that names none.
   */
  idempotency_key: idSchema.exactOptional(),
  /** `test`: decided and recorded, and never learned from. */
  mode: decisionModeSchema.exactOptional(),
});
export type DecisionRequest = z.infer<typeof decisionRequestSchema>;

/** Asks for up to 100 decisions at once, at any points. */
export const decisionBatchRequestSchema = z.strictObject({
  requests: z.array(decisionRequestSchema).min(1).max(DECISIONS_PER_REQUEST_MAX),
});
export type DecisionBatchRequest = z.infer<typeof decisionBatchRequestSchema>;

/** Asks about each unit at each point: the answer has them unit by unit, in the order of the points. */
export const decisionGridRequestSchema = z
  .strictObject({
    units: z
      .array(decisionRequestSchema.omit({ point: true, mode: true }))
      .min(1)
      .max(DECISIONS_PER_REQUEST_MAX),
    points: z.array(idSchema).min(1).max(DECISIONS_PER_REQUEST_MAX),
    mode: decisionModeSchema.exactOptional(),
  })
  .refine(({ units, points }) => units.length * points.length <= DECISIONS_PER_REQUEST_MAX, {
    path: ["units"],
    message: `units × points may be at most ${DECISIONS_PER_REQUEST_MAX}; send them in several requests`,
  });
export type DecisionGridRequest = z.infer<typeof decisionGridRequestSchema>;

/** Body of `POST /v1/decisions`. */
export const decideRequestSchema = z.union([
  decisionRequestSchema,
  decisionBatchRequestSchema,
  decisionGridRequestSchema,
]);
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
  /** The engine only observes or practises here: do what you would have done without it, and report it. Absent: act on the answer. */
  do_own_thing: z.literal(true).exactOptional(),
  /** `test` and `shadow` decisions are never learned from. Absent: `live`. */
  mode: z.enum(["test", "shadow"]).exactOptional(),
  /** When the contact is to go out; at once where absent. */
  send_at: timestampSchema.exactOptional(),
  decided_at: timestampSchema,
});
export type DecisionView = z.infer<typeof decisionViewSchema>;

/** Answer of `POST /v1/decisions`: one decision for a single request, a list in the order asked for otherwise. */
export const decideResponseSchema = z.union([decisionViewSchema, z.object({ decisions: listOf(decisionViewSchema) })]);
export type DecideResponse = z.infer<typeof decideResponseSchema>;

const removedSchema = z.object({ action: z.string(), why: z.string() });

/** What a decision was made from: all that is needed, with the playbook that it names, to make it again to the same bytes. */
export const decisionRecordViewSchema = z.object({
  lever: z.string(),
  playbook: digestSchema,
  policy: digestSchema,
  /** The hash-seeded draw, in [0, 1). */
  draw: z.number().min(0).lt(1),
  /** Why the baseline was served instead of the playbook's value. */
  fallback: z.string().nullable(),
  candidates: listOf(z.object({ action: z.string(), probability: z.number() })),
  /** What each eligibility rule left of the candidates. */
  funnel: listOf(
    z.object({ rule: z.string(), before: z.int().min(0), after: z.int().min(0), removed: listOf(removedSchema) }),
  ),
  score: z
    .object({
      /** The lever whose weights made it, or the field that held it. */
      of: z.string(),
      score: z.number().nullable(),
      /** The probability that the calibration makes of it. */
      calibrated: z.number().nullable(),
      intercept: z.number(),
      /** With the intercept they add up to the score to the bit. */
      contributions: listOf(
        z.object({
          feature: z.string(),
          field: z.string(),
          value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
          weight: z.number(),
          points: z.number(),
        }),
      ),
    })
    .nullable(),
  /** The nearest single change that would have given another action, in words. */
  what_would_have_changed_it: z.string(),
});
export type DecisionRecordView = z.infer<typeof decisionRecordViewSchema>;

/** A decision with everything it was made from. */
export const decisionDetailViewSchema = decisionViewSchema.extend({
  source: z.string(),
  cycle: z.int().min(0),
  rollout_share: shareSchema,
  context: contextSchema,
  /** Absent in lists, for imports, and once what it was made from was erased. */
  record: decisionRecordViewSchema.exactOptional(),
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
  /** As known then: only decisions that had been heard of. Now where absent. */
  as_of: timestampSchema.exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).exactOptional(),
});
export type DecisionListQuery = z.infer<typeof decisionListQuerySchema>;

/** `GET /v1/decisions`. */
export const decisionListViewSchema = z.object({ decisions: listOf(decisionDetailViewSchema), total: z.int().min(0) });
export type DecisionListView = z.infer<typeof decisionListViewSchema>;

/** Most units that one request may rank. */
export const RANKED_PER_REQUEST_MAX = 10_000;

/** Body of `POST /v1/decisions/rank`: units to be put in order at the point of a weights lever. */
export const rankRequestSchema = z.strictObject({
  point: idSchema,
  units: z
    .array(z.strictObject({ unit_id: idSchema, context: contextSchema.exactOptional() }))
    .min(1)
    .max(RANKED_PER_REQUEST_MAX),
  idempotency_key: idSchema.exactOptional(),
  mode: decisionModeSchema.exactOptional(),
});
export type RankRequestBody = z.infer<typeof rankRequestSchema>;

/** A unit's place, from 1: the likeliest first. Units that are only observed, or not eligible, come last and have no band. */
const rankedViewSchema = z.object({
  position: z.int().min(1),
  unit_id: idSchema,
  decision_id: idSchema,
  band: z.string().nullable(),
  /** Probability of the outcome that the score was calibrated to. */
  calibrated: z.number().nullable(),
  score: z.number().nullable(),
  cohort: cohortSchema,
});

/** Answer of `POST /v1/decisions/rank`; each place is recorded as a decision. */
export const rankViewSchema = z.object({
  point: idSchema,
  playbook_version: z.int().min(0),
  ranked: listOf(rankedViewSchema),
});
export type RankView = z.infer<typeof rankViewSchema>;

/** `GET /v1/decisions/{decision_id}/replay`: the decision made again from its record alone. */
export const decisionReplayViewSchema = z.object({
  decision_id: idSchema,
  /** Whether every byte came out the same. */
  same: z.boolean(),
  /** What it came to this time. */
  action: z.string(),
  propensity: z.number(),
  playbook: digestSchema,
  playbook_version: z.int().min(0),
  sentence: z.string(),
});
export type DecisionReplayView = z.infer<typeof decisionReplayViewSchema>;
