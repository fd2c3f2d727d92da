import { z } from "zod";
import { intervalSchema, listOf, shareSchema, timestampSchema, verdictWordSchema } from "./primitives.ts";
import { healthViewSchema } from "./today.ts";

/** One action against the baseline, on one metric. */
export const comparisonViewSchema = z.object({
  action: z.string(),
  n: z.int().min(0),
  n_baseline: z.int().min(0),
  /** Outcome per unit: a rate for conversions, an amount for values. */
  mean: z.number().nullable(),
  mean_baseline: z.number().nullable(),
  /** action − baseline per unit, with a 95 % interval that is right if it is looked at once. */
  fixed: intervalSchema,
  /** The same difference, with a confidence sequence: right however often it is looked at. */
  sequence: intervalSchema,
  /** difference ÷ baseline mean. */
  lift_relative: z.number().nullable(),
  verdict: verdictWordSchema,
  sentence: z.string(),
  /** What would make it tellable; null where it is told. */
  needed: z.string().nullable(),
});
export type ComparisonView = z.infer<typeof comparisonViewSchema>;

/** One action against the baseline in one segment: as measured there, and shrunken towards what all segments say. */
export const segmentEffectViewSchema = z.object({
  segment: z.string(),
  action: z.string(),
  n: z.int().min(0),
  n_baseline: z.int().min(0),
  raw: intervalSchema,
  shrunken: intervalSchema,
  verdict: verdictWordSchema,
});
export type SegmentEffectView = z.infer<typeof segmentEffectViewSchema>;

export const metricResultViewSchema = z.object({
  metric: z.string(),
  kind: z.enum(["conversion", "value"]),
  direction: z.enum(["increase", "decrease"]),
  /** Smallest absolute difference per unit that would be worth a change. */
  minimum_effect: z.number(),
  is_objective: z.boolean(),
  baseline: z.string(),
  /** Decisions whose outcome window is still open. */
  censored: z.int().min(0),
  actions: listOf(comparisonViewSchema),
  segments: listOf(segmentEffectViewSchema),
});
export type MetricResultView = z.infer<typeof metricResultViewSchema>;

export const resultsQuerySchema = z.strictObject({
  source: z.string().exactOptional(),
  metric: z.string().exactOptional(),
  /** As known then: only what had been heard by that time counts, and up to that time. Now where absent. */
  as_of: timestampSchema.exactOptional(),
});

/** `GET /v1/results`: is it better, where, and how sure are we? */
export const resultsViewSchema = z.object({
  source: z.string(),
  point: z.string(),
  watermark: timestampSchema.nullable(),
  units: z.int().min(0),
  /** Share of decisions by action. */
  shares: z.record(z.string(), shareSchema),
  /** Whether actions were drawn at random; without that a difference is a correlation, and the verdict says so. */
  assignment: z.enum(["randomised", "observational"]),
  metrics: listOf(metricResultViewSchema),
  health: listOf(healthViewSchema),
  /** Only where the question had an `as_of`: what of the answer is of that time, and what is today's. */
  as_of: z.object({ at: timestampSchema, sentence: z.string() }).exactOptional(),
});
export type ResultsView = z.infer<typeof resultsViewSchema>;
