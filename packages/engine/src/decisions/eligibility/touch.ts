import type { Decision } from "../decision.ts";
import type { Instant } from "../../time.ts";
import type { EligibilityRules, StatedEffect } from "./rules.ts";
import type { Recipient } from "./standing.ts";
import { subjectOf } from "./subject.ts";
import type { Touch } from "./touch-book.ts";

/** A decision, as far as counters care. */
export interface Touching extends Pick<Decision, "id" | "unitId" | "action" | "decidedAt"> {
  readonly lever: string;
  readonly recipient: Pick<Recipient, "person" | "account">;
  /** When a contact goes out; with the decision where absent. */
  readonly sendAt?: Instant;
}

/** What a decision uses up under the rules in force; null: nothing. */
export function touchOf(rules: EligibilityRules, decision: Touching): Touch | null {
  const effect = effectOf(rules, decision.lever, decision.action);
  const { id, unitId, recipient } = decision;
  switch (effect?.kind) {
    case "contact":
      if (effect.counted === false) return null;
      return {
        decision: id,
        subjects: [subjectOf("person", unitId, recipient), subjectOf("account", unitId, recipient)],
        channel: effect.channel,
        queue: null,
        at: decision.sendAt ?? decision.decidedAt,
      };
    case "assign":
      return { decision: id, subjects: [], channel: null, queue: effect.queue, at: decision.decidedAt };
    case "nothing":
    case "other":
    case undefined:
      return null;
  }
}

/** What an action of a lever does; undefined where nobody states it. */
export function effectOf(rules: EligibilityRules, lever: string, action: string): StatedEffect | undefined {
  const effects = Object.hasOwn(rules.effects, lever) ? rules.effects[lever] : undefined;
  return effects !== undefined && Object.hasOwn(effects, action) ? effects[action] : undefined;
}

/** The longest window that any rule looks back, in ms; 0 where none does. */
export function longestWindowMs({ caps, queues }: EligibilityRules): number {
  return Math.max(0, ...caps.map(({ windowMs }) => windowMs), ...queues.map(({ capacity }) => capacity?.windowMs ?? 0));
}
