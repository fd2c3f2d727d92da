import { DO_NOTHING, type Decision, type Recipient } from "@ratchet/engine";
import type { DecisionRequest, DecisionView } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import { namelessContext } from "../people/nameless-state.ts";
import { decisionView } from "../views/decision-view.ts";

/** A decision as it stands, and as its asker sees it. */
export interface AnsweredDecision {
  readonly decision: Decision;
  readonly view: DecisionView;
}

/**
 * Decides one request, durably, whatever way it came in.
 *
 * @param key - what a retry repeats, where the request names none.
 * @throws ProblemError `decision.unknown_point`.
 */
export async function decideOne(
  context: AppContext,
  request: DecisionRequest,
  key: string | undefined,
): Promise<DecisionView> {
  const { view } = await answerOne(context, request, { key });
  return view;
}

/** How a decision is asked for. */
interface Asking {
  /** What a retry repeats, where the request names none. */
  readonly key?: string | undefined;
  /** `offer`: to be shown among others · `exposure`: to be acted on, and that is written down. */
  readonly asking?: "offer" | "exposure";
}

/** As `decideOne`, with the decision itself for those who answer in another form. */
export async function answerOne(
  context: AppContext,
  request: DecisionRequest,
  { key, asking }: Asking,
): Promise<AnsweredDecision> {
  const idempotencyKey = request.idempotency_key ?? key;
  const outcome = await context.workspace.current().decide({
    point: request.point,
    unitId: context.surrogates.unit(request.unit_id),
    context: namelessContext(request.context ?? {}),
    recipient: recipientOf(context, request),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(request.mode === undefined ? {} : { mode: request.mode }),
    ...(asking === undefined ? {} : { asking }),
  });
  if (outcome.kind === "refused") throw new ProblemError("decision.unknown_point", outcome.message);
  context.projector.notice(1);
  const { decision, withheld } = outcome;
  // The caller gets the name back that it asked with.
  const view = { ...decisionView(decision), unit_id: request.unit_id };
  if (withheld === undefined) return { decision, view };
  const reasons = [`Withheld: ${withheld.why}`, ...view.reasons].slice(0, 3);
  return { decision, view: { ...view, action: DO_NOTHING, withheld, reasons } };
}

/** Opt-outs are looked for under every name that the request may mean; the unit stands for whoever is not named. */
export function recipientOf(
  { people, surrogates }: AppContext,
  { unit_id, person, account }: Pick<DecisionRequest, "unit_id" | "person" | "account">,
): Recipient {
  const refs = [...(person === undefined ? [] : people.refsOf(person)), ...people.refsOf(unit_id)];
  const named = person === undefined ? undefined : refs[0];
  return {
    refs,
    person: named ?? null,
    account: account === undefined ? null : surrogates.account({ accountId: account }),
  };
}
