import { isoOf, later, parseInstant, type Decision, type Instant } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { z } from "zod";

import { ProblemError } from "../../http/problem-error.ts";
import { readSignalRequest } from "../../ingest/signal-request.ts";
import { AGENT_SOURCE, type AgentCall } from "../agent.ts";
import { agentTool } from "../agent-tool.ts";
import { namedDecision } from "../named-decision.ts";
import { decisionIdSchema } from "../wire.ts";

const input = z.strictObject({
  decision_id: decisionIdSchema,
  type: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/u, "must be a lower-case word with underscores, such as meeting_held")
    .describe("What happened, such as replied, meeting_booked, meeting_held, opportunity_won."),
  at: z.iso.datetime({ offset: true }).describe("When it happened; now where absent.").exactOptional(),
  value: z.number().describe("An amount that came with it, in units.").exactOptional(),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/u, "must be three letters, such as EUR")
    .exactOptional(),
  note: z
    .string()
    .max(20_000)
    .describe("What somebody wrote or said, in words. Kept apart from the facts.")
    .exactOptional(),
});

const output = z.object({
  recorded: z.boolean().describe("false: it was known already."),
  counts_for: z.array(z.string()).describe("Metrics that this outcome counts for."),
  too_late_for: z.array(z.string()).describe("Metrics whose window after the decision was over when it happened."),
  missing: z.string().nullable().describe("What is missing for it to count; null: nothing."),
});

/** Reports what came of a decision, as a signal of `POST /v1/signals` that answers it. */
export const reportOutcome = agentTool({
  name: "report_outcome",
  title: "Report what came of a decision",
  description:
    "Report every outcome of a decision under its decision_id, the bad ones too. Reported twice it counts once; the same thing at another time counts again.",
  access: ROUTES.signals.access,
  does: "records",
  input,
  output,
  run: async (call, told) => {
    const decision = await namedDecision(call.context, told.decision_id);
    const recorded = await take(call, decision, told);
    const counted = countsFor(call, decision, told);
    const data = { recorded, ...counted };
    if (data.missing !== null) return { said: "Kept, but it counts for no metric: missing says why.", data };
    return { said: recorded ? "Recorded." : "Known already; it counts once.", data };
  },
});

/** @returns false where the same was acknowledged before. @throws ProblemError where it does not fit or contradicts what was. */
async function take(
  { context, requestId }: AgentCall,
  decision: Decision,
  told: z.output<typeof input>,
): Promise<boolean> {
  const { at, value, currency, note } = told;
  const signal = {
    message_id: [decision.id, told.type, ...(at === undefined ? [] : [at])].join(":"),
    type: told.type,
    unit_id: decision.unitId,
    decision_id: decision.id,
    ...(at === undefined ? {} : { occurred_at: at }),
    ...(value === undefined ? {} : { value }),
    ...(currency === undefined ? {} : { currency }),
    ...(note === undefined ? {} : { text: note }),
  };
  const item = readSignalRequest(signal, () => JSON.stringify(signal), { keyed: null, isKeyed: () => false });
  await context.backPressure.admit();
  const source = { id: AGENT_SOURCE, carriesOutcomes: true };
  const tally = await context.ingest.take({ source, items: [item], requestId, now: context.stores.clock() });
  const [rejected] = tally.rejected;
  if (rejected === undefined) return tally.accepted > 0;
  if (tally.conflicts > 0)
    throw new ProblemError(
      "signal.conflict",
      `a "${told.type}" of this decision was reported before in other words, and that one stands; if it happened again, say when with "at"`,
    );
  throw new ProblemError(rejected.code, rejected.message);
}

/** Which metrics will count it, by the policy in force. */
function countsFor(
  { context }: AgentCall,
  decision: Decision,
  { type, at }: z.output<typeof input>,
): Omit<z.input<typeof output>, "recorded"> {
  const workspace = context.workspace.current();
  const metrics = workspace.isEmpty ? [] : workspace.policy.metrics;
  const about = metrics.filter(({ signal }) => signal === type);
  const happened = at === undefined ? context.stores.clock() : momentOf(at, context.stores.clock());
  const late = about.filter(({ windowMs }) => happened > later(decision.decidedAt, windowMs));
  const counts_for = about.filter((metric) => !late.includes(metric)).map(({ id }) => id);
  return {
    counts_for,
    too_late_for: late.map(({ id }) => id),
    missing:
      counts_for.length > 0
        ? null
        : whyNot({ decision, happened, isKnown: about.length > 0, types: metrics.map(({ signal }) => signal) }),
  };
}

function momentOf(text: string, fallback: Instant): Instant {
  const parsed = parseInstant(text);
  return parsed.kind === "ok" ? parsed.value : fallback;
}

function whyNot({
  decision,
  happened,
  isKnown,
  types,
}: {
  readonly decision: Decision;
  readonly happened: Instant;
  readonly isKnown: boolean;
  readonly types: readonly string[];
}): string {
  if (isKnown)
    return `it happened at ${isoOf(happened)}, after the window of the decision of ${isoOf(decision.decidedAt)} was over`;
  const counted = [...new Set(types)].join(", ");
  return counted === "" ? "no metric is defined yet" : `no metric counts this type; metrics count ${counted}`;
}
