import { isoOf } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { z } from "zod";
import { nextLeads as leadsInOrder } from "../../decisions/next-leads.ts";
import { agentTool } from "../agent-tool.ts";
import { wordSchema } from "../wire.ts";

/** The leads to work next, from the decisions of `GET /v1/decisions`. */
export const nextLeads = agentTool({
  name: "next_leads",
  title: "Which leads to work next",
  description:
    "The leads that nobody has worked since they were last ranked, the likeliest first. It decides nothing: before you contact one, ask get_decision.",
  access: ROUTES.decisions.access,
  does: "reads",
  input: z.strictObject({
    limit: z.int().min(1).max(100).describe("How many, at most; 20 where absent.").exactOptional(),
    team: wordSchema.describe("Only leads that routing gave to this team or queue.").exactOptional(),
  }),
  output: z.object({
    ranked: z.int().describe("Leads that were ranked lately, worked ones included."),
    leads: z.array(
      z.object({
        lead_id: z.string().describe("As it was named to Ratchet; a surrogate where that was an address."),
        decision_id: z.string().describe("Of its place in the order: report under it that the lead was worked."),
        band: z.string(),
        expected: z.number().nullable().describe("Probability of the outcome that the score is calibrated to."),
        why: z.string().nullable(),
        holdout: z.boolean(),
        ranked_at: z.string(),
      }),
    ),
  }),
  run: async ({ context }, { limit = 20, team }) => {
    const { ranked, leads } = await leadsInOrder(context, { limit, team: team ?? null });
    const said =
      ranked === 0
        ? "Nothing was ranked lately: somebody has to send the leads to POST /v1/decisions/rank first."
        : `${leads.length} of ${ranked} ranked leads, the likeliest first.`;
    const rows = leads.map(({ decision }) => ({
      lead_id: decision.unitId,
      decision_id: decision.id,
      band: decision.action,
      expected: decision.record?.score?.calibrated ?? null,
      why: decision.reasons[0] ?? null,
      holdout: decision.cohort === "holdout",
      ranked_at: isoOf(decision.decidedAt),
    }));
    return { said, data: { ranked, leads: rows } };
  },
});
