import { ROUTES, overrideReasonSchema } from "@ratchet/protocol";
import { z } from "zod";

import { takeExecutions } from "../../executions/take-executions.ts";
import { ProblemError } from "../../http/problem-error.ts";
import { AGENT_SOURCE, type AgentCall } from "../agent.ts";
import { agentTool } from "../agent-tool.ts";
import { namedDecision } from "../named-decision.ts";
import { decisionIdSchema, wordSchema } from "../wire.ts";

/** Reports that something else was done than decided, as an execution of `POST /v1/executions`. */
export const reportOverride = agentTool({
  name: "report_override",
  title: "Report that something else was done",
  description:
    "You or a seller did something else than the decision said. Say what, and why, as one of the listed reasons: people read them, and learning knows that the action was not tried.",
  access: ROUTES.executions.access,
  does: "records",
  input: z.strictObject({
    decision_id: decisionIdSchema,
    did_instead: wordSchema.describe('What was done, as an action; "do_nothing" where nothing was.'),
    reason: overrideReasonSchema,
  }),
  output: z.object({ recorded: z.boolean().describe("false: it was known already.") }),
  run: async (call, { decision_id, did_instead, reason }) => {
    const decision = await namedDecision(call.context, decision_id);
    const recorded = await takeExecution(call, {
      kind: "overridden",
      decision_id: decision.id,
      message_id: `${decision.id}:overridden`,
      by: call.agent.name,
      reason,
      did_instead,
    });
    return { said: recorded ? "Recorded." : "Known already; it counts once.", data: { recorded } };
  },
});

interface Report {
  readonly kind: "overridden" | "delivered";
  readonly decision_id: string;
  readonly message_id: string;
  readonly by?: string;
  readonly reason?: z.output<typeof overrideReasonSchema>;
  readonly did_instead?: string;
}

/** @returns false where the same was reported before. @throws ProblemError where it contradicts what was. */
export async function takeExecution({ context, requestId }: AgentCall, report: Report): Promise<boolean> {
  const execution = { ...report, source: AGENT_SOURCE };
  await context.backPressure.admit();
  const textOf = (): string => JSON.stringify(execution);
  const taken = await takeExecutions(context, { executions: [execution], textOf, requestId });
  const [rejected] = taken.rejected;
  if (rejected !== undefined) throw new ProblemError(rejected.code, rejected.message);
  if (taken.conflicts > 0)
    throw new ProblemError(
      "execution.conflict",
      "another override of this decision was reported before, and that one stands; explain_decision says how far it got",
    );
  return taken.accepted > 0;
}
