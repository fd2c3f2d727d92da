import { cochranQ, normalNormal } from "../bayes/empirical-bayes.ts";
import { additiveFloor } from "../bandits/exploration-floor.ts";
import { chiSquaredSf } from "../numerics/special-functions.ts";
import { accepted, type Adapters } from "./adapter.ts";
import { num, nums } from "./json.ts";

export const strataAdapters: Adapters = {
  "strata.combine": (inputs) => {
    const [estimates, variances] = [nums(inputs, "effect"), nums(inputs, "variance")];
    const fit = accepted(normalNormal({ estimates, variances, method: "FE" }));
    const q = cochranQ(estimates, variances);
    const df = estimates.length - 1;
    return {
      precision_weighted: fit.mu,
      precision_weighted_se: fit.muStandardError,
      Q: q,
      Q_df: df,
      Q_p: chiSquaredSf(q, df),
    };
  },
  "gb.bandit_floor": (inputs) => ({
    floored: accepted(additiveFloor(nums(inputs, "weights"), num(inputs, "floor"))).probabilities,
  }),
};
