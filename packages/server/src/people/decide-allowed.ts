import { decide, type ContactAnswer, type DecideOutcome, type DecisionRequest, type Signal } from "@ratchet/engine";
import type { AppContext } from "../context.ts";

/** A decision, or why there is none; `suppressed` where its unit must not be contacted. */
export type AllowedOutcome =
  DecideOutcome | { readonly kind: "refused"; readonly reason: "suppressed"; readonly answer: Refusal };

/** Which record says no. */
type Refusal = Extract<ContactAnswer, { readonly kind: "refused" }>;

const EVERY_CHANNEL = "all";

type DecidingContext = Pick<AppContext, "workspace" | "people" | "stores" | "projector" | "log">;

/**
 * Decides, unless somebody asked that the unit not be contacted: no decision is answered after the acknowledgement of an opt-out.
 *
 * Asked before the decision is made and again once it is durable: an opt-out that was acknowledged in between wins, and what was decided
 * is then never answered. The channel is the context's, every one where it names none: a word against any channel refuses then. Each
 * refusal is a fact, `suppressed`, once for each decision that there would have been.
 *
 * @param named - the unit as its caller names it, of which the surrogate says less.
 */
export async function decideAllowed(
  context: DecidingContext,
  request: DecisionRequest,
  named: string,
): Promise<AllowedOutcome> {
  const { workspace, people, stores } = context;
  const { channel = EVERY_CHANNEL } = request.context;
  const asked = typeof channel === "string" ? channel : EVERY_CHANNEL;
  const refusal = async (): Promise<Refusal | null> => {
    const answer = await people.allowed(named, { channel: asked, now: stores.clock() });
    return answer.kind === "refused" ? answer : null;
  };
  const before = await refusal();
  if (before !== null) return refused(context, request, before);
  const outcome = await workspace.current().decide(request);
  const meanwhile = outcome.kind === "decided" ? await refusal() : null;
  return meanwhile === null ? outcome : refused(context, request, meanwhile);
}

async function refused(
  { workspace, stores, projector, log }: DecidingContext,
  request: DecisionRequest,
  answer: Refusal,
): Promise<AllowedOutcome> {
  const now = stores.clock();
  const would = decide(workspace.current().frame, request, now);
  if (would.kind === "refused") return would;
  const { rule, channel } = answer;
  const signal: Signal = {
    source: "engine",
    // Asking again in the window of the same decision is no second refusal.
    messageId: `suppressed ${would.decision.id} ${rule}`,
    type: "suppressed",
    unitId: request.unitId,
    decisionId: null,
    value: null,
    occurredAt: now,
    receivedAt: now,
    detail: {
      person: null,
      account: null,
      currency: null,
      humanProbability: null,
      properties: { point: request.point, rule, channel },
    },
  };
  const { source, messageId } = signal;
  await stores.state.acknowledge([{ kind: "signal", source, messageId, signal, undated: true }]);
  projector.notice(1);
  log.info({ code: "decision.suppressed", point: request.point, rule }, "a decision was refused");
  return { kind: "refused", reason: "suppressed", answer };
}
