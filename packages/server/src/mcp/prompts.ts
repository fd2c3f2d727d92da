import type { GetPromptResult, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { channelSchema, decisionIdSchema, leadIdSchema } from "./wire.ts";

/** What people pick from a menu: each says which tools to call, in which order, and what to do with the answers. */
export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    "before_contacting_a_lead",
    {
      title: "Before contacting a lead",
      description: "May I, and what should I send?",
      argsSchema: z.object({ lead_id: leadIdSchema, channel: channelSchema }),
    },
    ({ lead_id, channel }) =>
      asked(
        `I want to contact the lead ${quoted(lead_id)} by ${quoted(channel)}.`,
        "1. Call check_contact_allowed. If it says no, stop and tell me the rule in plain words.",
        "2. Call get_decision at the decision point that fits (content for what to say, timing for when).",
        "3. If action is do_default, use default_action, or your own default where that is null. If it is do_nothing, stop.",
        "4. Draft what the action asks for and show it to me before anything is sent.",
        "5. When I say how it went, call report_outcome, or report_override if I did something else.",
      ),
  );
  server.registerPrompt(
    "weekly_review",
    { title: "Weekly review", description: "What changed, what worked, what waits for people." },
    () =>
      asked(
        "Prepare our weekly review of Ratchet.",
        "1. Call get_results, then list_proposals; read ratchet://policy/current for what we aim at.",
        "2. Say for the objective: the verdict word exactly as given, the difference with its interval, every caveat.",
        "3. List what waits for approval, by whom (roles), and what proves itself on a share.",
        "4. Do not recommend to approve or reject: people rule on changes, in the dashboard. No data is not success.",
      ),
  );
  server.registerPrompt(
    "explain_to_a_sales_manager",
    {
      title: "Explain a decision to a sales manager",
      description: "Why did this lead get this?",
      argsSchema: z.object({ decision_id: decisionIdSchema }),
    },
    ({ decision_id }) =>
      asked(
        `Explain the decision ${quoted(decision_id)} to a sales manager, in at most five sentences without jargon.`,
        "1. Call explain_decision.",
        "2. Say what was decided, the reasons as given, what a rule forbade, and what would have changed it.",
        "3. If the lead is in the holdout, say that it is kept out so that we can measure, and that nothing is wrong with it.",
        "4. Add nothing that the answer does not say.",
      ),
  );
}

function asked(...lines: readonly string[]): GetPromptResult {
  return { messages: [{ role: "user", content: { type: "text", text: lines.join("\n") } }] };
}

/** What somebody typed stays a quotation. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
