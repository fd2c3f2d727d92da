import { z } from "zod";
import { durationMs, durationSchema } from "./duration.ts";
import { eligibilityShape } from "./eligibility-document.ts";
import { lintPolicy } from "./policy-lint.ts";

/** Version of the policy format. */
export const POLICY_API_VERSION = "ratchet.policy/v1";

const id = z.string().min(1).max(200);
const word = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/u, "must be a lower-case word with underscores, such as meeting_held");
const share = z.number().min(0).max(1);
const range = z.strictObject({ min: share, max: share });

const metricSchema = z.strictObject({
  id: word,
  kind: z.enum(["conversion", "value"]),
  signal: word.describe("The signal type that counts; the metric's id where absent.").exactOptional(),
  window: durationSchema.describe("How long after a decision a signal still counts. 0s: known with the decision."),
  direction: z.enum(["increase", "decrease"]),
  minimum_effect: z.number().gt(0).describe("Smallest absolute difference per unit that would be worth a change."),
});

const changeRules = {
  id: id.describe("The lever: prioritisation, timing, content, routing, handoff, or one that the team declares."),
  max_step: z
    .number()
    .gt(0)
    .max(1)
    .describe("Largest step of one edit: of probabilities their total variation, of numbers a share of the range."),
  cooldown: durationSchema.describe("No new change of this lever for so long after a promotion or rollback."),
  sensitivity: z.number().gt(0).max(1),
  reversibility: z.enum(["instant", "within_day", "external_per_contact", "irreversible"]),
  compliance: z.enum(["none", "contact_timing", "contact_frequency", "personal_data", "price", "legal_effect"]),
  min_tier: z.enum(["T0", "T1", "T2", "T3"]).exactOptional(),
};

const choiceLimits = z.strictObject({
  kind: z.literal("choice").describe("What a lever is where nothing else is said.").exactOptional(),
  ...changeRules,
  baseline: id.describe("What the holdout gets, and what everything falls back to."),
  allowed: z.array(id).min(2).describe("Only these approved actions; nothing else is ever served."),
  range: range.describe("Hard bounds of every action's probability, checked at admission and again when serving."),
  ranges: z.record(z.string(), range).describe("Bounds of single actions, where they differ.").exactOptional(),
});

const numbers = z.strictObject({ min: z.number(), max: z.number() });
const weightsLimits = z.strictObject({
  kind: z.literal("weights"),
  ...changeRules,
  intercept: numbers,
  range: numbers.describe("Hard bounds of every weight, checked at admission and again when serving."),
  ranges: z.record(z.string(), numbers).describe("Bounds of single features, where they differ.").exactOptional(),
});

const thresholdLimits = z.strictObject({
  kind: z.literal("threshold"),
  ...changeRules,
  threshold: numbers.describe("Hard bounds of the threshold, checked at admission and again when serving."),
  band: z.strictObject({ min: z.number().min(0), max: z.number().min(0) }),
  chance: range.describe("Of the probability inside the band."),
});

const leverSchema = z.discriminatedUnion("kind", [choiceLimits, weightsLimits, thresholdLimits]);

const guardrailSchema = z.strictObject({
  id: word,
  metric: word,
  direction: z.enum(["must_not_increase", "must_not_decrease"]),
  tolerated: z
    .number()
    .min(0)
    .describe("Absolute difference per unit, candidate against control, that is still borne."),
  statistic: z.strictObject({
    test: z.enum(["two_by_two_e_process", "mean_confidence_sequence"]),
    alpha: z.number().gt(0).lt(0.5),
  }),
});

const rolloutSchema = z.strictObject({
  steps: z.array(z.number().gt(0).max(1)).min(1).describe("Candidate shares, rising; the first is the canary."),
  min_units_per_step: z.int().min(1),
  min_time_per_step: durationSchema,
  max_cycles: z.int().min(1).describe("Cycles after which a change that has proved nothing ends inconclusive."),
  promote_requires: z.strictObject({ lower_bound_lift_above: z.number(), alpha: z.number().gt(0).lt(0.5) }),
});

const weight = z.number().gt(0);
const impactSchema = z.strictObject({
  reversibility: z.strictObject({
    instant: weight,
    within_day: weight,
    external_per_contact: weight,
    irreversible: weight,
  }),
  compliance: z.strictObject({
    none: weight,
    contact_timing: weight,
    contact_frequency: weight,
    personal_data: weight,
    price: weight,
    legal_effect: weight,
  }),
  novelty: z.strictObject({ known: weight, novel: weight }),
  normaliser: weight,
  tiers: z.strictObject({ T0: weight, T1: weight, T2: weight }).describe("Upper bounds of the score; T3 above."),
});

const approvalSchema = z.strictObject({
  approvers: z.array(z.strictObject({ role: id, count: z.int().min(1) })).describe("Nobody: automatic."),
});

/** The policy's keys, before what only several keys together can say. */
const policyShape = z.strictObject({
  api_version: z.literal(POLICY_API_VERSION),
  kind: z.literal("AdaptationPolicy"),
  metadata: z.strictObject({
    id,
    version: z.int().min(1),
    title: z.string().min(1),
    owner: z.string().exactOptional(),
  }),
  metrics: z.array(metricSchema).min(1).max(50),
  objective: word.describe("The metric that changes should improve."),
  levers: z.array(leverSchema).min(1).max(20),
  guardrails: z.array(guardrailSchema).max(20),
  exploration: z.strictObject({
    start: z
      .number()
      .gt(0)
      .max(1)
      .describe("Probability of each action but the baseline in the first playbook; the floor where absent.")
      .exactOptional(),
    floor: share.describe("Least probability of an action that may still turn out best."),
    settled_floor: share.describe("Least probability of an action that the evidence has ruled out as best."),
  }),
  holdout: z.strictObject({
    share: z.number().min(0).lt(1).describe("Share of units that never get anything but the baseline."),
    business_as_usual: z
      .number()
      .min(0)
      .lt(1)
      .describe("Share of units that the engine only observes: their team does its own thing. None where absent.")
      .exactOptional(),
  }),
  rollout: rolloutSchema,
  measure: z.strictObject({
    tuned_for_units: z
      .int()
      .min(1)
      .describe("Units at which confidence sequences are tightest: about as many as a change will see."),
  }),
  propose: z.strictObject({ confidence: z.number().min(0.5).lt(1) }),
  impact: impactSchema,
  approvals: z.strictObject({
    T0: approvalSchema,
    T1: approvalSchema,
    T2: approvalSchema,
    T3: approvalSchema,
    valid_for: durationSchema.refine((text) => durationMs(text) > 0, "approvals must be valid for some time"),
  }),
  eligibility: eligibilityShape
    .describe("What is asked before anything may be chosen. Where absent, only opt-outs bind.")
    .exactOptional(),
  roles: z.record(z.string(), z.strictObject({ members: z.array(id).min(1) })),
});

/** What `lintPolicy` reads. */
export type PolicyShape = z.infer<typeof policyShape>;

/**
 * The governance document: what the engine may change, by how much, on whose authority, and when it must stop. Keys that are not known
 * are refused: a misspelt limit must not be a missing limit.
 */
export const policyDocumentSchema = policyShape.superRefine((policy, refinement) => {
  for (const { path, message } of lintPolicy(policy)) {
    refinement.addIssue({ code: "custom", path: [...path], message });
  }
});
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;
