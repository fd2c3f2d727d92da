import { z } from "zod";
import { intervalSchema, listOf, timestampSchema, verdictWordSchema } from "./primitives.ts";

/** Whether the programme as a whole beats its holdout. The interval is a confidence sequence of the difference per unit. */
export const headlineLiftSchema = intervalSchema.extend({
  verdict: verdictWordSchema,
  sentence: z.string(),
  /** (programme − holdout) ÷ holdout; null where the holdout's mean is 0 or unknown. */
  lift_relative: z.number().nullable(),
  n_program: z.int().min(0),
  n_holdout: z.int().min(0),
});

/** Lift up to and including one cycle, with what happened to the playbook in it. */
export const cycleLiftSchema = intervalSchema.extend({
  cycle: z.int().min(0),
  n: z.int().min(0),
  markers: listOf(z.object({ kind: z.enum(["promoted", "rolled_back", "started"]), change_id: z.string() })),
  /** What was found wrong with the data in the cycle, and what ended in it. */
  incidents: listOf(
    z.object({ kind: z.enum(["opened", "escalated", "resolved"]), incident_id: z.string(), at: timestampSchema }),
  ).exactOptional(),
});

/** One guardrail against its limit. */
export const guardrailViewSchema = intervalSchema.extend({
  id: z.string(),
  metric: z.string(),
  state: z.enum(["fine", "watch", "stopped", "no_data"]),
  sentence: z.string(),
  /** Which way of the difference is harm. */
  direction: z.enum(["must_not_increase", "must_not_decrease"]),
  /** Difference per unit, candidate against control, that is still borne. */
  tolerated: z.number().min(0),
});
export type GuardrailView = z.infer<typeof guardrailViewSchema>;

/** One trust check. A red one voids every verdict. */
export const healthViewSchema = z.object({
  check: z.string(),
  state: z.enum(["green", "red", "no_data"]),
  sentence: z.string(),
});
export type HealthView = z.infer<typeof healthViewSchema>;

/** `GET /v1/today`: is it working, is it safe, and what needs me? */
export const todayViewSchema = z.object({
  /** `empty`: nothing was imported or sampled yet, and everything below is empty or null. */
  state: z.enum(["empty", "running"]),
  workspace: z.object({ name: z.string(), source: z.string().nullable(), point: z.string().nullable() }),
  playbook_version: z.int().min(0).nullable(),
  objective: z
    .object({
      metric: z.string(),
      kind: z.enum(["conversion", "value"]),
      direction: z.enum(["increase", "decrease"]),
      minimum_effect: z.number(),
    })
    .nullable(),
  headline_lift: headlineLiftSchema.nullable(),
  lift_over_cycles: listOf(cycleLiftSchema),
  waiting: listOf(
    z.object({ kind: z.literal("approval"), change_id: z.string(), title: z.string(), since: timestampSchema }),
  ),
  guardrails: listOf(guardrailViewSchema),
  health: listOf(healthViewSchema),
  counts: z.object({
    decisions: z.int().min(0),
    signals: z.int().min(0),
    /** Acknowledged, not yet in the facts store. */
    backlog: z.int().min(0),
    quarantined: z.int().min(0),
  }),
  next_cycle: z.object({ cycle: z.int().min(0), sentence: z.string(), at: timestampSchema.nullable() }).nullable(),
});
export type TodayView = z.infer<typeof todayViewSchema>;
