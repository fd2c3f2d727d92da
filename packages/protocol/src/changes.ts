import { z } from "zod";
import { digestSchema, idSchema, intervalSchema, listOf, shareSchema, timestampSchema } from "./primitives.ts";

export const CHANGE_STATUSES = [
  "draft",
  "evidence",
  "policy_check",
  "pending",
  "approved",
  "canary",
  "ramping",
  "holding",
  "promoted",
  "rolling_back",
  "rolled_back",
  "rejected",
  "expired",
  "superseded",
] as const;
export const changeStatusSchema = z.enum(CHANGE_STATUSES);
export type ChangeStatusWord = z.infer<typeof changeStatusSchema>;

export const tierSchema = z.enum(["T0", "T1", "T2", "T3"]);

/** One line of the approval diff: an action's probability now and as proposed, inside its allowed range. */
export const editRowSchema = z.object({
  action: z.string(),
  now: shareSchema,
  proposed: shareSchema,
  min: shareSchema,
  max: shareSchema,
  /** proposed − now. */
  difference: z.number().min(-1).max(1),
  /** The policy rule that bears on this row, in words. */
  rule: z.string(),
});
export type EditRowView = z.infer<typeof editRowSchema>;

/** What the change would do, from data that it did not choose, or why that cannot be said. */
export const predictedEffectSchema = z.discriminatedUnion("kind", [
  intervalSchema.extend({
    kind: z.literal("estimate"),
    metric: z.string(),
    /** Decisions it rests on, and how many equally weighted ones they are worth. */
    n: z.int().min(0),
    effective_sample_size: z.number().min(0),
    sentence: z.string(),
  }),
  z.object({ kind: z.literal("refused"), reason: z.string(), message: z.string() }),
]);
export type PredictedEffectView = z.infer<typeof predictedEffectSchema>;

export const reviewVerdictSchema = z.object({
  kind: z.enum(["automatic", "needs_approval", "forbidden"]),
  tier: tierSchema,
  /** Impact score, 0 to 100. */
  score: z.number().min(0),
  approvers: listOf(z.object({ role: z.string(), count: z.int().min(1) })),
  findings: listOf(z.object({ rule: z.string(), outcome: z.enum(["ok", "forbidden"]), message: z.string() })),
});

export const approvalViewSchema = z.object({
  by: z.string(),
  role: z.string(),
  at: timestampSchema,
  comment: z.string(),
});

/** Where a change stands in its staged release. */
export const rolloutViewSchema = z.object({
  /** Index into `steps`; −1 before the canary. */
  step: z.int().min(-1),
  share: shareSchema,
  steps: listOf(shareSchema),
  /** Candidate units seen so far. */
  units: z.int().min(0),
  started_at: timestampSchema.nullable(),
  /** Candidate against control since the start, as a confidence sequence; null before the canary. */
  effect: intervalSchema.nullable(),
});

/** A change as a list shows it. */
export const changeSummaryViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  lever: z.string(),
  status: changeStatusSchema,
  author: z.string(),
  tier: tierSchema.nullable(),
  /** Candidate share now. */
  share: shareSchema,
  /** Since when it has been in this status. */
  since: timestampSchema,
});
export type ChangeSummaryView = z.infer<typeof changeSummaryViewSchema>;

/** `GET /v1/changes`, newest first. */
export const changeListViewSchema = z.object({ changes: listOf(changeSummaryViewSchema) });
export type ChangeListView = z.infer<typeof changeListViewSchema>;

/** `GET /v1/changes/{change_id}`: everything an approver needs on one page. */
export const changeViewSchema = changeSummaryViewSchema.extend({
  /** The playbook version it edits, and the one it made when promoted. */
  based_on: z.int().min(0),
  promoted_as: z.int().min(0).nullable(),
  rationale: z.string(),
  edits: listOf(z.object({ segment: z.string(), rows: listOf(editRowSchema) })),
  predicted: predictedEffectSchema,
  /** Share of all units whose segment it edits. */
  audience_share: shareSchema,
  cannot_detect: listOf(z.string()),
  verdict: reviewVerdictSchema.nullable(),
  approvals: listOf(approvalViewSchema),
  /** Roles and counts still missing. */
  approvals_missing: listOf(z.object({ role: z.string(), count: z.int().min(1), people: listOf(z.string()) })),
  rollout: rolloutViewSchema.nullable(),
  evidence: digestSchema.nullable(),
  /** Digest of the change's bytes: what an approval binds, and what approve and reject must name. */
  revision: digestSchema,
  /** Why it was rejected, rolled back, held or expired. */
  reason: z.string().nullable(),
  timeline: listOf(z.object({ at: timestampSchema, actor: z.string(), kind: z.string(), sentence: z.string() })),
  rollback_rule: z.string(),
});
export type ChangeView = z.infer<typeof changeViewSchema>;

/** Body of `POST /v1/changes/{change_id}/approve`. Refused when `revision` is not the change's current one. */
export const approveRequestSchema = z.strictObject({
  /** Whose word it is, where nobody signs in; whoever is signed in speaks as themselves, and may leave it out. */
  by: idSchema.exactOptional(),
  role: idSchema,
  comment: z.string().max(2000).exactOptional(),
  revision: digestSchema,
});
export type ApproveRequest = z.infer<typeof approveRequestSchema>;

/** Body of `POST /v1/changes/{change_id}/reject`. */
export const rejectRequestSchema = z.strictObject(approveRequestSchema.shape);
export type RejectRequest = z.infer<typeof rejectRequestSchema>;

/** Body of `POST /v1/changes/{change_id}/undo`. It binds no revision and needs no role: less risk needs nobody's permission. */
export const undoRequestSchema = z.strictObject({ by: idSchema.exactOptional(), reason: z.string().min(1).max(2000) });
export type UndoRequest = z.infer<typeof undoRequestSchema>;
