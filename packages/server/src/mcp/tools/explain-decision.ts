import { ROUTES, type DecisionDetailView } from "@ratchet/protocol";
import { z } from "zod";
import { decisionInFull } from "../../decisions/look-up.ts";
import { agentTool } from "../agent-tool.ts";
import { namedDecision } from "../named-decision.ts";
import { decisionIdSchema } from "../wire.ts";
import { actionFor } from "./get-decision.ts";

const output = z.object({
  decision_id: z.string(),
  decision_point: z.string(),
  action: z.string(),
  default_action: z.string().nullable(),
  holdout: z.boolean(),
  cohort: z.string(),
  decided_at: z.string(),
  propensity: z.number().nullable().describe("Probability with which the playbook gave this action."),
  playbook_version: z.int(),
  change_id: z.string().nullable(),
  why: z.array(z.string()),
  alternatives: z.array(z.object({ action: z.string(), probability: z.number() })),
  ruled_out: z.array(z.object({ rule: z.string(), action: z.string(), why: z.string() })),
  score: z
    .object({
      score: z.number().nullable(),
      expected: z.number().nullable().describe("Probability of the outcome that the score is calibrated to."),
      contributions: z.array(z.object({ feature: z.string(), points: z.number() })),
    })
    .nullable(),
  what_would_have_changed_it: z.string().nullable(),
  fallback: z.string().nullable().describe("Why the baseline was served instead of the playbook's value."),
  state: z.string().describe("How far it got: assigned, delivered, worked, overridden, suppressed, skipped; unknown."),
});

/** Why a decision came out as it did, as `GET /v1/decisions/{decision_id}`, without who the lead is and what was known of it. */
export const explainDecision = agentTool({
  name: "explain_decision",
  title: "Explain a decision",
  description:
    "Why a decision came out as it did, what else could have, what rules took out, and what would have changed it.",
  access: ROUTES.decision.access,
  does: "reads",
  input: z.strictObject({ decision_id: decisionIdSchema }),
  output,
  run: async ({ context }, { decision_id }) => {
    const view = await decisionInFull(context, await namedDecision(context, decision_id));
    const said =
      view.record === undefined
        ? "What it was made from is not on record: it was imported, or that was erased. The reasons are all there is."
        : "why has the reasons; alternatives what else could have come out, and ruled_out what a rule forbade.";
    return { said, data: explained(view) };
  },
});

/** A decision in full as agents read it. */
export function explained(view: DecisionDetailView): z.input<typeof output> {
  const { record } = view;
  const score = record?.score ?? null;
  return {
    decision_id: view.decision_id,
    decision_point: view.point,
    ...actionFor(view),
    holdout: view.holdout,
    cohort: view.cohort,
    decided_at: view.decided_at,
    propensity: view.propensity,
    playbook_version: view.playbook_version,
    change_id: view.change_id,
    why: [...view.reasons],
    alternatives: [...(record?.candidates ?? [])],
    ruled_out: (record?.funnel ?? []).flatMap(({ rule, removed }) => removed.map((one) => ({ rule, ...one }))),
    score:
      score === null
        ? null
        : {
            score: score.score,
            expected: score.calibrated,
            contributions: score.contributions.map(({ feature, points }) => ({ feature, points })),
          },
    what_would_have_changed_it: record?.what_would_have_changed_it ?? null,
    fallback: record?.fallback ?? null,
    state: view.execution_state ?? "unknown",
  };
}
