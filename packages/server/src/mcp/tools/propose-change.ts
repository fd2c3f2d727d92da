import { proposeChange as propose, type ProposeAnswer, type ReviewVerdict } from "@ratchet/engine";
import { ACCESS } from "@ratchet/protocol";
import { z } from "zod";
import { namelessText } from "../../http/nameless-text.ts";
import { ProblemError } from "../../http/problem-error.ts";
import { agentTool } from "../agent-tool.ts";
import { nameSchema } from "../wire.ts";

const output = z.object({
  verdict: z
    .enum(["needs_approval", "forbidden"])
    .describe("Never automatic: a person must approve what an agent asks for."),
  proposed: z.boolean().describe("Whether it was put to people, now or before."),
  change_id: z.string().nullable(),
  status: z.string().nullable(),
  tier: z.string(),
  approvers: z.array(z.object({ role: z.string(), count: z.int() })),
  rules: z.array(z.object({ rule: z.string(), outcome: z.enum(["ok", "forbidden"]), message: z.string() })),
  next: z.string().describe("What happens now, or what would have to."),
});

/** Asks for another value in the playbook; the policy answers, and people rule on it where it may be. */
export const proposeChange = agentTool({
  name: "propose_change",
  title: "Propose a change of the playbook",
  description:
    "Propose other numbers for one lever in one segment. The answer says what the policy makes of it, rule by rule. Nothing comes into force: people approve or reject it, and a share of the traffic has to prove it.",
  access: ACCESS.propose,
  does: "records",
  input: z.strictObject({
    patch: z.strictObject({
      lever: nameSchema,
      segment: nameSchema.describe("Such as all/region=EMEA; all where absent.").exactOptional(),
      set: z
        .record(z.string().min(1).max(200), z.number())
        .describe(
          "Of a choice: probability by action. Of weights: weight by feature, and intercept. Of a threshold: threshold, band, chance. What is not named stays.",
        ),
    }),
    reason: z
      .string()
      .trim()
      .min(10)
      .max(500)
      .describe("Why, for the people who rule on it. It is written down for ever: name no person in it."),
  }),
  output,
  run: async ({ context, agent }, { patch, reason }) => {
    if (Object.keys(patch.set).length === 0)
      throw new ProblemError("change.wish_nothing", "set names no number; name at least one");
    const answer = await propose(context.workspace.current(), {
      ...patch,
      by: agent.author,
      rationale: namelessText(reason),
    });
    const data = proposalData(answer);
    return { said: data.next, data };
  },
});

function proposalData(answer: ProposeAnswer): z.input<typeof output> {
  switch (answer.kind) {
    case "refused":
      throw new ProblemError(answer.code, answer.message);
    case "asked": {
      const { change, status, verdict } = answer.state;
      const next = `It was proposed before and is ${status}; proposing it again changes nothing.`;
      return { ...ruled(verdict), proposed: true, change_id: change.id, status, next };
    }
    case "proposed": {
      const next = "It waits for the approvers. Until they agree and a share has proved it, nothing changes.";
      return { ...ruled(answer.verdict), proposed: true, change_id: answer.change.id, status: "pending", next };
    }
    case "checked":
      return { ...ruled(answer.verdict), proposed: false, change_id: null, status: null, next: NEXT[answer.because] };
  }
}

const NEXT: Readonly<Record<Extract<ProposeAnswer, { readonly kind: "checked" }>["because"], string>> = {
  forbidden: "The policy forbids it: rules says which rule and why. It was not written down.",
  lever_kind:
    "The policy would let people approve it, but only changes of choice levers can be rolled out so far: tell a person. It was not written down.",
  no_evidence:
    "The policy would let people approve it, but nothing has been concluded on this lever yet: propose it again after its first cycle. It was not written down.",
};

/** The rules that forbid it first. */
function ruled(
  verdict: ReviewVerdict | null,
): Pick<z.input<typeof output>, "verdict" | "tier" | "approvers" | "rules"> {
  const findings = verdict?.findings ?? [];
  return {
    verdict: verdict?.kind === "forbidden" ? "forbidden" : "needs_approval",
    tier: verdict?.tier ?? "T3",
    approvers: [...(verdict?.approvers ?? [])],
    rules: [
      ...findings.filter(({ outcome }) => outcome === "forbidden"),
      ...findings.filter(({ outcome }) => outcome === "ok"),
    ],
  };
}
