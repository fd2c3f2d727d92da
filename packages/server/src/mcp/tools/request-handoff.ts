import type { ThresholdLever } from "@ratchet/engine";
import { overrideReasonSchema, ROUTES } from "@ratchet/protocol";
import { z } from "zod";
import type { AppContext } from "../../context.ts";
import { decideOne } from "../../decisions/decide-one.ts";
import { eligibleActions, refusalIn } from "../../decisions/may-do.ts";
import { ProblemError } from "../../http/problem-error.ts";
import { AGENT_SOURCE, type AgentCall } from "../agent.ts";
import { agentTool } from "../agent-tool.ts";
import { namedDecision } from "../named-decision.ts";
import { contextSchema, leadIdSchema } from "../wire.ts";
import { takeExecution } from "./report-override.ts";

const input = z.strictObject({
  lead_id: leadIdSchema,
  reason: overrideReasonSchema.describe('Why now: "asked_by_customer" where the lead asked for a person.'),
  summary: z.string().trim().min(10).max(5000).describe("What a person must know to take over, in words."),
  context: contextSchema.exactOptional(),
});

const output = z.object({
  accepted: z.boolean().describe("false: a rule forbids it; nothing was handed over."),
  decision_id: z.string().describe("The decision of the handoff lever that it stands under."),
  agrees: z
    .boolean()
    .describe("The playbook hands the lead over by itself, or leaves it to you; else this is an override of it."),
  rule: z.string().nullable(),
  why: z.array(z.string()),
});

/** The signal that carries the summary. */
const REQUESTED = "handoff_requested";

/**
 * Hands a lead to people. The handoff lever decides and is recorded as ever; where it would have kept the lead, that is overridden in the
 * agent's name. A rule that forbids handing over holds here, too. The summary is kept as a text of the lead, for people to read.
 */
export const requestHandoff = agentTool({
  name: "request_handoff",
  title: "Hand a lead to a person",
  description:
    "Ask that a person takes the lead over: it asked for one, or you cannot go on. The handoff lever's own decision is recorded, and overridden where it says otherwise.",
  access: ROUTES.executions.access,
  does: "records",
  input,
  output,
  run: async (call, asked) => {
    const { context, agent } = call;
    const lever = handoffLever(context);
    const told = asked.context ?? {};
    const mode = agent.isTest ? { mode: "test" as const } : {};
    const request = { point: lever.point, unit_id: asked.lead_id, context: told, ...mode };
    const view = await decideOne(context, request, `mcp-handoff-${context.surrogates.digest(asked.summary)}`);
    const agrees = view.action === lever.above || view.do_own_thing === true;
    const common = { decision_id: view.decision_id, agrees, why: [...view.reasons] };
    const question = { lever, actions: [lever.above], now: context.stores.clock() };
    const forbidden = refusalIn(eligibleActions(context, question, { unit: asked.lead_id, context: told }));
    const rule = view.withheld?.rule ?? forbidden?.rule ?? null;
    if (rule !== null)
      return {
        said: "No: a rule forbids handing this lead over. Nothing was recorded but the decision.",
        data: { accepted: false, rule, ...common },
      };
    await hand(call, { decisionId: view.decision_id, lever, agrees, asked });
    return {
      said: "Recorded. A person has to take over now; do not contact the lead until you are told to.",
      data: { accepted: true, rule, ...common },
    };
  },
});

function handoffLever({ workspace }: AppContext): ThresholdLever {
  const { levers } = workspace.current().playbook;
  const thresholds = levers.filter((one) => one.kind === "threshold");
  const lever = thresholds.find(({ name }) => name === "handoff") ?? thresholds[0];
  if (lever !== undefined) return lever;
  throw new ProblemError(
    "decision.unknown_point",
    "this playbook has no handoff lever; tell a person of your team directly",
  );
}

interface Handing {
  readonly decisionId: string;
  readonly lever: ThresholdLever;
  readonly agrees: boolean;
  readonly asked: z.output<typeof input>;
}

/** Said twice within the lever's window it counts once; other words later are a note of their own. */
async function hand(call: AgentCall, { decisionId, lever, agrees, asked }: Handing): Promise<void> {
  const report = { decision_id: decisionId, message_id: `${decisionId}:handoff` };
  await takeExecution(
    call,
    agrees
      ? { ...report, kind: "delivered" }
      : { ...report, kind: "overridden", by: call.agent.name, reason: asked.reason, did_instead: lever.above },
  );
  const decision = await namedDecision(call.context, decisionId);
  const { ingest, stores, surrogates } = call.context;
  const signal = {
    messageId: `${decisionId}:${REQUESTED}:${surrogates.digest(asked.summary).slice(0, 16)}`,
    type: REQUESTED,
    occurredAt: null,
    unitId: decision.unitId,
    person: null,
    account: null,
    decisionId,
    value: null,
    currency: null,
    properties: { reason: asked.reason },
    machine: null,
    text: asked.summary,
  };
  await ingest.take({
    source: { id: AGENT_SOURCE, carriesOutcomes: true },
    items: [{ kind: "signal", signal, raw: () => JSON.stringify(signal) }],
    requestId: call.requestId,
    now: stores.clock(),
  });
}
