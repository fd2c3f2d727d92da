import { personRef, type ActionId, type UnitId } from "../../ids.ts";
import type { Instant } from "../../time.ts";
import type { Eligibility, EligibilityQuestion, EligibilityRule, FunnelStage, RemovedAction } from "../funnel.ts";
import { capStages } from "./cap-stages.ts";
import { contactStages } from "./contact-stages.ts";
import { routingStages } from "./routing-stages.ts";
import type { EligibilityRules } from "./rules.ts";
import { sendTimeOf } from "./send-time.ts";
import type { Asked, Candidate, Stage } from "./stage.ts";
import type { Recipient, Standing } from "./standing.ts";
import { teamStages } from "./team-stages.ts";
import { whereabouts } from "./windows.ts";

/** The rules, ready to be asked, and what is asked again where an earlier decision is answered once more. */
export interface EligibilityCheck {
  readonly rule: EligibilityRule;
  /**
   * Why an action that was decided on before may not be carried out now: what the law asks for (suppression, consent, hours) may have
   * changed since. What the decision itself used up, such as a cap, is not asked again. null: nothing speaks against it.
   */
  readonly withheld: (question: EligibilityQuestion, action: ActionId) => Withheld | null;
}

/** Which rule holds an earlier decision back, and why. */
export interface Withheld {
  readonly rule: string;
  readonly why: string;
}

/** A candidate, or an action that does nothing and goes by all stages. */
type Entrant = Candidate | { readonly action: ActionId; readonly effect: "nothing" };

/**
 * Which candidates may be chosen, asked before anything is chosen. Pure but for `standing`, which is memory.
 *
 * Every stage fails closed: what it cannot check takes the action out, with that as the reason. An action whose effect is `nothing` is
 * never taken out. Stages that took nothing out are left away from the funnel.
 */
export function eligibilityCheck(rules: EligibilityRules, standing: Standing): EligibilityCheck {
  const lawful = contactStages(rules);
  const stages = [STATED, ...lawful, ...capStages(rules), ...routingStages(rules), ...teamStages(rules)];
  const ask = (question: EligibilityQuestion, asks: readonly Stage[]): Eligibility => {
    const recipient = question.recipient ?? unitAsRecipient(question.unitId);
    const asked: Asked = {
      question,
      standing,
      recipient,
      consents: standing.consents(recipient.refs),
      place: whereabouts(question.context, rules.place),
      stated: Object.hasOwn(rules.effects, question.lever),
    };
    return pass(
      question.candidates.map((action) => entrantOf(rules, asked, action)),
      asked,
      asks,
    );
  };
  return {
    rule: (question) => ask(question, stages),
    withheld: (question, action) => {
      const [stage] = ask({ ...question, candidates: [action] }, lawful).funnel.stages;
      return stage === undefined ? null : { rule: stage.rule, why: stage.removed[0]?.why ?? "not eligible" };
    },
  };
}

function entrantOf(rules: EligibilityRules, asked: Asked, action: ActionId): Entrant {
  const { lever, now } = asked.question;
  const effects = Object.hasOwn(rules.effects, lever) ? rules.effects[lever] : undefined;
  const effect = effects !== undefined && Object.hasOwn(effects, action) ? effects[action] : undefined;
  if (effect === undefined) {
    const isOrder = effects === undefined && asked.question.leverKind === "weights";
    return { action, effect: isOrder ? { kind: "other" } : null, at: now };
  }
  if (effect.kind === "nothing") return { action, effect: "nothing" };
  return { action, effect, at: effect.kind === "contact" ? sendTimeOf(rules, effect, asked) : now };
}

/** A lever of which some actions are stated and others not: a document that was widened on one side only. */
const STATED: Stage = {
  rule: "stated-effects",
  refuses: ({ effect }, { stated }) =>
    stated && effect === null ? "the rules do not say what this action does" : null,
};

function pass(entrants: readonly Entrant[], asked: Asked, stages: readonly Stage[]): Eligibility {
  let left = entrants;
  const funnel: FunnelStage[] = [];
  for (const { rule, refuses } of stages) {
    // Nearly always nobody: a decision should not pay for lists that stay empty.
    let removed: RemovedAction[] | null = null;
    for (const entrant of left) {
      if (entrant.effect === "nothing") continue;
      const why = refuses(entrant, asked);
      if (why !== null) (removed ??= []).push({ action: entrant.action, why });
    }
    if (removed === null) continue;
    const gone = new Set(removed.map(({ action }) => action));
    const before = left.length;
    left = left.filter(({ action }) => !gone.has(action));
    funnel.push({ rule, before, after: left.length, removed });
  }
  const sendAt = sendTimes(left);
  return {
    funnel: { stages: funnel },
    remaining: left.map(({ action }) => action),
    ...(sendAt === null ? {} : { sendAt }),
  };
}

function sendTimes(left: readonly Entrant[]): Readonly<Record<string, Instant>> | null {
  let times: (readonly [ActionId, Instant])[] | null = null;
  for (const entrant of left) {
    const { effect } = entrant;
    if (effect === null || effect === "nothing" || effect.kind !== "contact" || effect.when.kind === "elsewhere")
      continue;
    if (entrant.at === null) continue;
    (times ??= []).push([entrant.action, entrant.at]);
  }
  return times === null ? null : Object.fromEntries(times);
}

/** Without anybody named, the unit is the person, the account, and all that anything may have been recorded of. */
function unitAsRecipient(unit: UnitId): Recipient {
  return { person: null, account: null, refs: [personRef(unit)] };
}
