import type { ErrorSpending } from "../anytime/error-spending.ts";
import {
  groupSequentialBounds,
  wangTsiatisBounds,
  type SequentialDesign,
  type SequentialPlan,
} from "../anytime/group-sequential.ts";
import type { Refused } from "../refused.ts";
import { accepted, type Adapter, type Adapters } from "./adapter.ts";
import { Disputed, num, nums, type JsonObject, type Produced } from "./json.ts";

/**
 * A first look with less error than this is beyond rpact's 1 − p arithmetic: it then gives no bound, one, and none again for the
 * first three looks, and its later bounds are off by 1e-3. Ours do not move in 13 digits when the grid is halved.
 */
const LOST_BELOW = 1e-15;

function rpact(solve: (plan: SequentialPlan, inputs: JsonObject) => SequentialDesign | Refused): Adapter {
  return (inputs) => {
    const sides = num(inputs, "sided") === 1 ? 1 : 2;
    const plan: SequentialPlan = { informationShares: nums(inputs, "info"), alpha: num(inputs, "alpha"), sides };
    const { bounds } = accepted(solve(plan, inputs));
    const lost = (bounds[0]?.spent ?? 0) < LOST_BELOW;
    const compared = (values: readonly number[]): Produced => (lost ? new Disputed(values, () => true) : values);
    return {
      critical_values: compared(bounds.map((bound) => bound.criticalValue)),
      alpha_spent: bounds.map((bound) => bound.spent),
      stage_levels: compared(bounds.map((bound) => bound.stageLevel)),
    };
  };
}

function spends(spending: (inputs: JsonObject) => ErrorSpending): Adapter {
  return rpact((plan, inputs) => groupSequentialBounds(plan, spending(inputs)));
}

export const groupSequentialAdapters: Adapters = {
  "gsd.asOF": spends(() => ({ kind: "obrien-fleming" })),
  "gsd.asP": spends(() => ({ kind: "pocock" })),
  "gsd.asKD": spends((inputs) => ({ kind: "power", exponent: num(inputs, "gamma") })),
  "gsd.asHSD": spends((inputs) => ({ kind: "exponential", rate: num(inputs, "gamma") })),
  "gsd.OF": rpact((plan) => wangTsiatisBounds(plan, 0)),
  "gsd.P": rpact((plan) => wangTsiatisBounds(plan, 0.5)),
  "gsd.WT": rpact((plan, inputs) => wangTsiatisBounds(plan, num(inputs, "delta"))),
  "gsd.spotify_power_spending": (inputs) => {
    const sides = num(inputs, "sides") === 1 ? 1 : 2;
    const plan: SequentialPlan = { informationShares: nums(inputs, "info"), alpha: num(inputs, "alpha"), sides };
    const { bounds } = accepted(groupSequentialBounds(plan, { kind: "power", exponent: num(inputs, "rho") }));
    return { bounds: bounds.map((bound) => bound.criticalValue) };
  },
};
