import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { lintPlaybook } from "./playbook-lint.ts";

/** Version of the playbook format. */
export const PLAYBOOK_API_VERSION = "ratchet.playbook/v1";

const id = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.trim() !== "", "must not be blank");
const field = z.string().min(1).max(200).describe("A key of the context.");
const share = z.number().min(0).max(1);
/** A segment's path, such as `all` or `all/region=EMEA`. */
const segmentKey = z.string().regex(/^all(?:\/[^/=]+=[^/]*)*$/u, "must be a segment such as all, or all/region=EMEA");

const basics = {
  name: id.describe("prioritisation, timing, content, routing, handoff, or one that the team declares."),
  point: id.describe("The decision point that it answers at; the lever's name where absent.").exactOptional(),
  segment_by: z
    .array(
      z.strictObject({
        field,
        breaks: z
          .array(z.number())
          .min(1)
          .max(20)
          .describe("Rising cut points: a number falls in the bin of the last break that it reaches.")
          .exactOptional(),
      }),
    )
    .max(4)
    .describe("The levels of the segment tree, from the widest; none where absent.")
    .exactOptional(),
  decision_window: durationSchema
    .describe("How long a unit keeps one decision; 0s, each request decides anew, where absent.")
    .exactOptional(),
  shadow: z
    .boolean()
    .describe("Decide and record, and tell the caller to do its own thing. Nothing is learned from it.")
    .exactOptional(),
};

const probabilities = z.record(z.string(), share).describe("By action; they add up to 1.");
const choiceSchema = z.strictObject({
  kind: z.literal("choice"),
  ...basics,
  actions: z.array(id).min(2).max(50),
  baseline: id.describe("What the holdout gets, and what everything falls back to."),
  segments: z
    .record(segmentKey, probabilities)
    .describe("Own values by segment; a segment that is not here inherits its parent's.")
    .exactOptional(),
});

const missing = z
  .number()
  .describe("What a context counts as that does not say, or says something of another type; 0 where absent.")
  .exactOptional();
const featureSchema = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("numeric"),
      name: id,
      field,
      centre: z.number().exactOptional(),
      scale: z.number().gt(0).exactOptional(),
      missing,
    })
    .describe("x = (value − centre) ÷ scale, within ±1,000."),
  z.strictObject({ kind: z.literal("flag"), name: id, field, missing }).describe("x = 1 for true, 0 for false."),
  z
    .strictObject({
      kind: z.literal("category"),
      name: id,
      field,
      values: z.array(z.string().min(1)).min(1).max(100),
      missing,
    })
    .describe("x = 1 where the value is one of these, else 0."),
]);
const weightsValue = z
  .strictObject({ intercept: z.number(), weights: z.record(z.string(), z.number()) })
  .describe("score = intercept + Σ weight · x. Every feature has a weight.");
const weightsSchema = z.strictObject({
  kind: z.literal("weights"),
  ...basics,
  features: z.array(featureSchema).min(1).max(200),
  calibration: z
    .array(z.strictObject({ score: z.number(), probability: share }))
    .min(2)
    .max(100)
    .describe("Knots of a curve that never falls: at this score, the outcome had this probability."),
  bands: z
    .array(z.strictObject({ name: id, at_least: share }))
    .min(1)
    .max(20)
    .describe("Best first, by calibrated probability; the last begins at 0."),
  baseline: weightsValue.describe("What the holdout is scored with, and what everything falls back to."),
  segments: z.record(segmentKey, weightsValue).exactOptional(),
});

const thresholdValue = z.strictObject({
  threshold: z.number(),
  band: z.number().min(0).describe("Half the width of the band around it inside which the action is drawn."),
  chance: share.describe("Probability of above inside the band."),
});
const thresholdSchema = z.strictObject({
  kind: z.literal("threshold"),
  ...basics,
  score: z
    .union([z.strictObject({ lever: id }), z.strictObject({ field })])
    .describe("The calibrated score of a weights lever, or a number of the context."),
  above: id,
  below: id.describe("Also for a score that is not known: nobody is handed over on no evidence."),
  baseline: thresholdValue,
  segments: z.record(segmentKey, thresholdValue).exactOptional(),
});

const playbookShape = z.strictObject({
  api_version: z.literal(PLAYBOOK_API_VERSION),
  kind: z.literal("Playbook"),
  metadata: z.strictObject({ id, title: z.string().min(1).exactOptional() }),
  levers: z
    .array(z.discriminatedUnion("kind", [choiceSchema, weightsSchema, thresholdSchema]))
    .min(1)
    .max(20),
});

/** What `lintPlaybook` reads. */
export type PlaybookShape = z.infer<typeof playbookShape>;

/**
 * How Ratchet decides: all levers, all parameters. Keys that are not known are refused, and every contradiction is named at its key: a
 * misspelt weight must not be a missing weight.
 */
export const playbookDocumentSchema = playbookShape.superRefine((playbook, refinement) => {
  for (const { path, message } of lintPlaybook(playbook)) {
    refinement.addIssue({ code: "custom", path: [...path], message });
  }
});
export type PlaybookDocument = z.infer<typeof playbookDocumentSchema>;
