import { createHash } from "node:crypto";
import { DO_NOTHING, isoOf, later, parseInstant } from "@ratchet/engine";
import { ROUTES, type DecisionView } from "@ratchet/protocol";
import { z } from "zod";
import type { AppContext } from "../../context.ts";
import { decideOne } from "../../decisions/decide-one.ts";
import { agentTool } from "../agent-tool.ts";
import { contextSchema, leadIdSchema, nameSchema } from "../wire.ts";

/** What an agent is told where it is to do what it would do without Ratchet, or the baseline. */
const DO_DEFAULT = "do_default";

const input = z.strictObject({
  lead_id: leadIdSchema,
  decision_point: nameSchema.describe("What is to be decided, such as content, timing or routing."),
  context: contextSchema.exactOptional(),
  person: nameSchema.describe("Whom a contact would reach, where lead_id is an account.").exactOptional(),
  account: nameSchema.describe("The account of the lead, where lead_id is a person.").exactOptional(),
  idempotency_key: nameSchema
    .describe(
      "Where a point has no decision window: the same key is the same decision. Made of the question and the day where absent.",
    )
    .exactOptional(),
});

const output = z.object({
  decision_id: z.string(),
  decision_point: z.string(),
  action: z.string().describe('Carry this out. "do_default": see default_action. "do_nothing": leave it.'),
  default_action: z
    .string()
    .nullable()
    .describe("What do_default stands for: the baseline's action; null: whatever you would do without Ratchet."),
  holdout: z.boolean().describe("The lead is kept out of all treatment, to measure the whole programme."),
  cohort: z.string(),
  mode: z.enum(["live", "test", "shadow"]),
  why: z.array(z.string()).describe("At most three reasons, the most important first."),
  withheld: z
    .object({ rule: z.string(), why: z.string() })
    .nullable()
    .describe("It must not be carried out (any more): an opt-out or quiet hours came between."),
  send_at: z.string().nullable().describe("When a contact goes out; null: at once, or not at all."),
  expires_at: z.string().nullable().describe("Until then you get the same answer; null: ask for each occasion."),
  propensity: z.number().nullable(),
  playbook_version: z.int(),
});

/** Asks what to do, as `POST /v1/decisions`. */
export const getDecision = agentTool({
  name: "get_decision",
  title: "Ask what to do with a lead",
  description:
    "Ask this before you contact, route or rank a lead. It answers with one action, its reasons and a decision_id; report what came of it under that id. The same question gives the same answer until expires_at.",
  access: ROUTES.decide.access,
  does: "records",
  input,
  output,
  run: async ({ context, agent }, asked) => {
    const view = await decideOne(
      context,
      {
        point: asked.decision_point,
        unit_id: asked.lead_id,
        ...(asked.context === undefined ? {} : { context: asked.context }),
        ...(asked.person === undefined ? {} : { person: asked.person }),
        ...(asked.account === undefined ? {} : { account: asked.account }),
        ...(agent.isTest ? { mode: "test" as const } : {}),
      },
      asked.idempotency_key ?? sameDay(context, asked),
    );
    return { said: sentence(view), data: { ...decisionData(view), expires_at: expiryOf(context, view) } };
  },
});

/** A decision as agents read it. Nothing in it says who the lead is. */
function decisionData(view: DecisionView): Omit<z.input<typeof output>, "expires_at"> {
  return {
    decision_id: view.decision_id,
    decision_point: view.point,
    ...actionFor(view),
    holdout: view.holdout,
    cohort: view.cohort,
    mode: view.mode ?? "live",
    why: [...view.reasons],
    withheld: view.withheld ?? null,
    send_at: view.send_at ?? null,
    propensity: view.propensity,
    playbook_version: view.playbook_version,
  };
}

/** The action as agents are told it: in the holdout, and where the engine only looks on, their default. */
export function actionFor(view: Pick<DecisionView, "action" | "holdout" | "do_own_thing">): {
  readonly action: string;
  readonly default_action: string | null;
} {
  if (view.do_own_thing === true) return { action: DO_DEFAULT, default_action: null };
  if (view.holdout && view.action !== DO_NOTHING) return { action: DO_DEFAULT, default_action: view.action };
  return { action: view.action, default_action: null };
}

function sentence(view: DecisionView): string {
  if (view.withheld !== undefined)
    return "Do nothing: what was decided must not be carried out now; withheld says by which rule.";
  if (view.do_own_thing === true) return "Do what you would do without Ratchet, and report it under the decision_id.";
  if (view.action === DO_NOTHING) return "Do nothing: no action is allowed now; why says by which rule.";
  if (view.holdout) return "The lead is in the holdout: carry out default_action, and report it under the decision_id.";
  return "Carry out action, and report what came of it under the decision_id.";
}

/** The same question on one day (UTC) is one question, also where the point has no window. */
function sameDay({ stores }: AppContext, asked: z.output<typeof input>): string {
  const { context = {}, ...rest } = asked;
  const told = Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const question = JSON.stringify([rest, told, isoOf(stores.clock()).slice(0, 10)]);
  return `mcp-${createHash("sha256").update(question).digest("hex").slice(0, 32)}`;
}

function expiryOf({ workspace }: AppContext, { point, decided_at }: DecisionView): string | null {
  const window = workspace.current().playbook.levers.find((lever) => lever.point === point)?.decisionWindowMs ?? 0;
  const decided = parseInstant(decided_at);
  if (window === 0 || decided.kind === "err") return null;
  return isoOf(later(decided.value, window - (decided.value % window)));
}
