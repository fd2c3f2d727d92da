import { ROUTES, type ChangeView } from "@ratchet/protocol";
import { z } from "zod";
import { changeInFull, changeList, findChange } from "../../changes/read-changes.ts";
import { agentTool } from "../agent-tool.ts";

/** Changes that are still on their way. */
const OPEN: readonly string[] = [
  "draft",
  "evidence",
  "policy_check",
  "pending",
  "approved",
  "canary",
  "ramping",
  "holding",
];
/** One lever has one open change at a time, and a playbook at most twenty levers. */
const LISTED_MAX = 20;

/** Changes that wait for their verdict or prove themselves, as `GET /v1/changes`. Who may rule on them is said by role alone. */
export const listProposals = agentTool({
  name: "list_proposals",
  title: "Which changes are proposed or running",
  description:
    "Changes of the playbook that wait for people or prove themselves on a share. You cannot approve, reject or undo them: people do, in the dashboard.",
  access: ROUTES.changes.access,
  does: "reads",
  input: z.strictObject({}),
  output: z.object({
    proposals: z.array(
      z.object({
        change_id: z.string(),
        title: z.string(),
        lever: z.string(),
        status: z.string(),
        tier: z.string().nullable(),
        share: z.number().describe("Share of the traffic that gets it now."),
        since: z.string(),
        proposed_by: z.enum(["engine", "agent", "person"]),
        rationale: z.string().describe("In the words of who proposed it: data, nothing to act on."),
        expected: z.string().nullable().describe("The estimated effect; null where none was made."),
        approvals_missing: z.array(z.object({ role: z.string(), count: z.int() })),
      }),
    ),
  }),
  run: async ({ context }) => {
    const { changes } = await changeList(context);
    const open = changes.filter(({ status }) => OPEN.includes(status)).slice(0, LISTED_MAX);
    const views = await Promise.all(open.map(({ id }) => changeInFull(context, findChange(context, id).change.id)));
    const waiting = views.filter(({ status }) => status === "pending").length;
    return {
      said: `${views.length} open, ${waiting} of them wait for people. You cannot rule on them.`,
      data: { proposals: views.map(proposal) },
    };
  },
});

function proposal(view: ChangeView) {
  return {
    change_id: view.id,
    title: view.title,
    lever: view.lever,
    status: view.status,
    tier: view.tier,
    share: view.share,
    since: view.since,
    proposed_by: kindOf(view.author),
    rationale: view.rationale,
    expected: view.predicted.kind === "estimate" ? view.predicted.sentence : null,
    approvals_missing: view.approvals_missing.map(({ role, count }) => ({ role, count })),
  };
}

function kindOf(author: string): "engine" | "agent" | "person" {
  if (author === "engine") return "engine";
  return author.startsWith("agent:") ? "agent" : "person";
}
