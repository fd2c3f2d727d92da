import { instant, isoOf, type ActionId, type Instant, type Lever, type Policy, type Workspace } from "@ratchet/engine";
import type { AppContext } from "../context.ts";
import { eligibleActions, refusalIn, type Subject } from "../decisions/may-do.ts";

/** Whom to contact by what. */
export interface ContactQuestion extends Subject {
  readonly channel: string;
}

/** Whether a contact would be let through now, by everything that deciding asks, without deciding. */
export type ContactCheck =
  | {
      readonly kind: "allowed";
      /** The earliest moment at which it may go out; null: at once. */
      readonly notBefore: Instant | null;
      /** Levers whose rules were asked; none: nobody states that this channel is used, so only opt-outs and consent were. */
      readonly asked: readonly string[];
    }
  | { readonly kind: "refused"; readonly rule: string; readonly why: string };

/**
 * Asks opt-outs and consent under every name that is known of the person, then the rules of every lever that contacts by this channel: caps,
 * hours, a team's own. Each of those levers must be left with an action; what cannot be checked refuses.
 */
export async function checkContact(context: AppContext, question: ContactQuestion): Promise<ContactCheck> {
  const { people, stores } = context;
  const now = stores.clock();
  const { channel, unit, person } = question;
  for (const name of person === undefined ? [unit] : [person, unit]) {
    const answer = await people.allowed(name, { channel, now });
    if (answer.kind === "refused")
      return {
        kind: "refused",
        rule: answer.rule,
        why: `${answer.rule} on ${answer.channel} since ${isoOf(answer.since)}`,
      };
  }
  const workspace = context.workspace.current();
  if (workspace.isEmpty) return { kind: "allowed", notBefore: null, asked: [] };
  return byRules(context, workspace, question);
}

function byRules(context: AppContext, workspace: Workspace, question: ContactQuestion): ContactCheck {
  const now = context.stores.clock();
  const asked: string[] = [];
  let notBefore: Instant | null = null;
  for (const lever of workspace.playbook.levers) {
    const actions = contactsBy(lever, question.channel, workspace.policy);
    if (actions.length === 0) continue;
    const left = eligibleActions(context, { lever, actions, now }, question);
    const refusal = refusalIn(left);
    if (refusal !== null) return { kind: "refused", ...refusal };
    asked.push(lever.name);
    const times = Object.values(left?.sendAt ?? {});
    if (times.length > 0) notBefore = instant(Math.max(notBefore ?? 0, Math.min(...times)));
  }
  return { kind: "allowed", notBefore: notBefore !== null && notBefore > now ? notBefore : null, asked };
}

/** Actions of a lever that contact somebody by this channel, as the policy states them. */
function contactsBy(lever: Lever, channel: string, { eligibility }: Policy): readonly ActionId[] {
  const effects = eligibility?.effects ?? {};
  const stated = Object.entries(Object.hasOwn(effects, lever.name) ? (effects[lever.name] ?? {}) : {});
  const ofChannel = new Set(
    stated.flatMap(([action, effect]) => (effect.kind === "contact" && effect.channel === channel ? [action] : [])),
  );
  return lever.kind === "choice" ? lever.actions.filter((action) => ofChannel.has(action)) : [];
}
