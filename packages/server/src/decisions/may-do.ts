import type { ActionId, Eligibility, Instant, Lever } from "@ratchet/engine";
import type { ContextValues } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { namelessContext } from "../people/nameless-state.ts";
import { recipientOf } from "./decide-one.ts";

/** Of whom it is asked, and what is known of them now. */
export interface Subject {
  /** The unit that would be decided for. */
  readonly unit: string;
  /** Whom a contact would reach, where the unit is an account. */
  readonly person?: string;
  readonly account?: string;
  readonly context: ContextValues;
}

/** What the rules leave of actions now, whichever cohort the unit is in; nothing is decided. null: no rules are in force. */
export function eligibleActions(
  context: AppContext,
  { lever, actions, now }: { readonly lever: Lever; readonly actions: readonly ActionId[]; readonly now: Instant },
  { unit, person, account, context: told }: Subject,
): Eligibility | null {
  const { eligible } = context.workspace.current().frame;
  if (eligible === undefined) return null;
  return eligible({
    lever: lever.name,
    leverKind: lever.kind,
    point: lever.point,
    unitId: context.merges.survivorOf(context.surrogates.unit(unit)),
    recipient: recipientOf(context, {
      unit_id: unit,
      ...(person === undefined ? {} : { person }),
      ...(account === undefined ? {} : { account }),
    }),
    context: namelessContext(told),
    candidates: actions,
    now,
  });
}

/** The rule that took the last of the actions, and why, in words; null where some are left. */
export function refusalIn(eligibility: Eligibility | null): { readonly rule: string; readonly why: string } | null {
  if (eligibility === null || eligibility.remaining.length > 0) return null;
  const stage = eligibility.funnel.stages.at(-1);
  return { rule: stage?.rule ?? "eligibility", why: stage?.removed[0]?.why ?? "no action is eligible" };
}
