import { z } from "zod";
import { approvalViewSchema, changeSummaryViewSchema } from "./changes.ts";
import { decisionDetailViewSchema } from "./decisions.ts";
import { digestSchema, listOf, probabilitiesSchema, timestampSchema } from "./primitives.ts";

/** One outcome behind the evidence, with the decision it followed. */
export const tracedOutcomeViewSchema = z.object({
  decision_id: z.string(),
  unit_id: z.string(),
  action: z.string(),
  decided_at: timestampSchema,
  signal: z.string(),
  value: z.number().nullable(),
  occurred_at: timestampSchema,
  /** What its sender said, where that one's clock is off and the time is read corrected. */
  occurred_at_raw: timestampSchema.exactOptional(),
  message_id: z.string(),
});
export type TracedOutcomeView = z.infer<typeof tracedOutcomeViewSchema>;

/** A later decision for which the change made a difference: what the playbook before it would have done. */
export const alteredDecisionViewSchema = decisionDetailViewSchema.extend({
  /** Probability of each action before and after the change, in this unit's segment. */
  before: probabilitiesSchema,
  after: probabilitiesSchema,
  /** With the same draw, the action that the playbook before the change would have given. */
  action_before: z.string(),
});

/** What a change came from and what it did. */
export const tracedChangeViewSchema = changeSummaryViewSchema.extend({
  revision: digestSchema,
  approvals: listOf(approvalViewSchema),
  evidence: z
    .object({
      digest: digestSchema,
      sentence: z.string(),
      /** How many outcomes it rests on, and some of them. */
      outcomes: z.int().min(0),
      sample: listOf(tracedOutcomeViewSchema),
    })
    .nullable(),
});

/** `GET /v1/decisions/{decision_id}/trace`: backward to the outcomes, forward to later decisions. */
export const traceViewSchema = z.object({
  decision: decisionDetailViewSchema,
  /** What came of this decision itself. */
  outcomes: listOf(tracedOutcomeViewSchema),
  playbook: z.object({ version: z.int().min(0), digest: digestSchema.nullable(), change_id: z.string().nullable() }),
  /** The change that made the playbook which decided, or that was on trial in this decision; null for a first playbook or an import. */
  change: tracedChangeViewSchema.nullable(),
  /** Changes whose evidence counted this decision's outcome. */
  contributed_to: listOf(changeSummaryViewSchema),
  later: z.object({
    /** Decisions made under those changes, or under this decision's own. */
    count: z.int().min(0),
    sample: listOf(decisionDetailViewSchema),
    /** Those of the sample whose action the change altered. */
    altered: listOf(alteredDecisionViewSchema),
  }),
  /** The whole walk, in sentences, oldest first. */
  story: listOf(z.string()),
});
export type TraceView = z.infer<typeof traceViewSchema>;
