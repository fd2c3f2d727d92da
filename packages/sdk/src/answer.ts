import type { DecisionView } from "@ratchet/protocol";
import { clientProblem, RatchetError } from "./ratchet-error.ts";

/** What to do where nobody said what you do without Ratchet. */
export const DO_YOUR_OWN_THING = "do_your_own_thing";

/** What to do with a unit. `action` is what to do, whoever says so. */
export type Answer =
  | {
      readonly kind: "decided";
      /** Goes with everything that you report of it. */
      readonly id: string;
      readonly point: string;
      readonly unit: string;
      /** Yours where you are to do your own thing; `do_nothing` where nothing may be done (any more). */
      readonly action: string;
      /** The unit is only observed, or the lever only practises: what was decided is not to be acted on. */
      readonly doOwnThing: boolean;
      /** At most three, in words, most important first. */
      readonly reasons: readonly string[];
      readonly holdout: boolean;
      readonly propensity: number | null;
      readonly playbookVersion: number;
      /** When the contact is to go out; null: now. */
      readonly sendAt: string | null;
      /** Everything that the server said. */
      readonly view: DecisionView;
    }
  | {
      readonly kind: "fallback";
      /** Nothing was recorded that could be named. */
      readonly id: null;
      readonly point: string;
      readonly unit: string;
      /** Yours, or `do_your_own_thing` where you named none. */
      readonly action: string;
      readonly doOwnThing: true;
      readonly reasons: readonly string[];
      /** Why there is no decision: `client.timeout`, `client.unreachable`, or a code of the server's. */
      readonly because: { readonly code: string; readonly message: string };
    };

/** @throws RatchetError where a proxy answered in the server's place. */
export function decidedFrom(
  view: DecisionView,
  { unit, baseline }: { readonly unit: string; readonly baseline: string | undefined },
): Extract<Answer, { kind: "decided" }> {
  const { decision_id: id, action, reasons }: Readonly<Record<string, unknown>> = { ...view };
  if (typeof id !== "string" || typeof action !== "string" || !Array.isArray(reasons)) {
    const detail = "the answer is no decision; check that no proxy answered in the server's place";
    throw new RatchetError(clientProblem("client.unreadable", "Unreadable answer", detail));
  }
  const doOwnThing = view.do_own_thing === true;
  return {
    kind: "decided",
    id,
    point: view.point,
    unit,
    action: doOwnThing ? (baseline ?? DO_YOUR_OWN_THING) : action,
    doOwnThing,
    reasons: view.reasons,
    holdout: view.holdout,
    propensity: view.propensity,
    playbookVersion: view.playbook_version,
    sendAt: view.send_at ?? null,
    view,
  };
}

/** What you do without Ratchet, and why it is that. */
export function fallbackAnswer(
  cause: unknown,
  { unit, point, baseline }: { readonly unit: string; readonly point: string; readonly baseline: string | undefined },
): Extract<Answer, { kind: "fallback" }> {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof RatchetError ? cause.code : "client.failed";
  return {
    kind: "fallback",
    id: null,
    point,
    unit,
    action: baseline ?? DO_YOUR_OWN_THING,
    doOwnThing: true,
    reasons: [`Your own baseline: ${message}`],
    because: { code, message },
  };
}
