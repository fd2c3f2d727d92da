import { DO_NOTHING, DO_OWN_THING, type Lever } from "@ratchet/engine";
import type { DecisionView, OfrepFlag } from "@ratchet/protocol";
import type { AnsweredDecision } from "../decisions/decide-one.ts";

/** The value of a weights lever where there is no probability: the unit is only observed, or nothing is eligible. */
const NO_PROBABILITY = -1;

/**
 * A decision as a flag, its value of the one type that its lever has: the action of a choice, the calibrated probability of a score, whether a
 * threshold is passed.
 *
 * Where the asker is to do its own thing (a unit that is only observed, a lever in shadow mode) the value is `do_your_own_thing`, −1 or false,
 * never what was drawn: an application that looks at nothing but the value must not act on it.
 */
export function flagOf(key: string, lever: Lever, { decision, view }: AnsweredDecision): OfrepFlag {
  const variant = view.do_own_thing === true ? DO_OWN_THING : view.action;
  const fallback = decision.record?.lease ?? decision.record?.fallback ?? null;
  const probability = decision.record?.score?.calibrated ?? NO_PROBABILITY;
  return {
    key,
    value: valueOf(lever, variant, probability),
    reason: reasonOf(view, fallback),
    variant,
    metadata: metadataOf(view, fallback),
  };
}

function valueOf(lever: Lever, variant: string, probability: number): OfrepFlag["value"] {
  switch (lever.kind) {
    case "choice":
      return variant;
    case "weights":
      return variant === DO_OWN_THING || variant === DO_NOTHING ? NO_PROBABILITY : probability;
    case "threshold":
      return variant === lever.above;
  }
}

/** In OpenFeature's words: nothing was chosen · the baseline in place of what is in force · drawn by chance · followed from the context. */
function reasonOf(view: DecisionView, fallback: string | null): OfrepFlag["reason"] {
  if (view.do_own_thing === true || view.withheld !== undefined) return "DISABLED";
  if (fallback !== null) return "DEFAULT";
  return view.propensity === 1 && !view.holdout && view.change_id === null ? "TARGETING_MATCH" : "SPLIT";
}

/** Everything that an application may want to keep or to show, as texts, numbers and booleans: providers drop anything else. */
function metadataOf(view: DecisionView, fallback: string | null): OfrepFlag["metadata"] {
  const [why] = view.reasons;
  return {
    decisionId: view.decision_id,
    point: view.point,
    playbookVersion: view.playbook_version,
    cohort: view.cohort,
    holdout: view.holdout,
    segment: view.segment,
    ...(view.propensity === null ? {} : { propensity: view.propensity }),
    ...(view.change_id === null ? {} : { changeId: view.change_id }),
    ...(view.do_own_thing === true ? { doYourOwnThing: true } : {}),
    ...(view.mode === undefined ? {} : { mode: view.mode }),
    ...(view.withheld === undefined ? {} : { withheld: view.withheld.rule }),
    ...(view.send_at === undefined ? {} : { sendAt: view.send_at }),
    ...(fallback === null ? {} : { fallback }),
    ...(why === undefined ? {} : { why }),
  };
}
