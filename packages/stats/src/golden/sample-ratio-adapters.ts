import { chiSquaredSampleRatio, sequentialSampleRatio } from "../anytime/sample-ratio-mismatch.ts";
import { chiSquaredSf } from "../numerics/special-functions.ts";
import { accepted, type Adapters } from "./adapter.ts";
import { matrix, num, nums } from "./json.ts";

export const sampleRatioAdapters: Adapters = {
  "srm.chisquare": (inputs) => {
    const fit = accepted(
      chiSquaredSampleRatio({ counts: nums(inputs, "observed"), expected: nums(inputs, "weights") }),
    );
    return { chi2: fit.chiSquared, p_value: fit.pValue };
  },
  "srm.chisquare_gb_edge": (inputs) => ({
    p_value: gbstatsSampleRatio(nums(inputs, "observed"), nums(inputs, "weights")),
  }),
  "ssrm.sequential": (inputs) => {
    const expected = nums(inputs, "null_probabilities");
    let counts = expected.map(() => 0);
    let p = 1;
    const steps = matrix(inputs, "data").map((batch) => {
      counts = counts.map((n, arm) => n + (batch[arm] ?? 0));
      const step = accepted(
        sequentialSampleRatio({ counts, expected, concentration: num(inputs, "dirichlet_concentration") }),
      );
      p = Math.min(p, step.pValue);
      return { p, bayesFactor: Math.exp(step.logBayesFactor), posterior: 1 / (1 + Math.exp(-step.logBayesFactor)) };
    });
    return {
      p_values: steps.map((step) => step.p),
      bayes_factors: steps.map((step) => step.bayesFactor),
      posterior_probabilities: steps.map((step) => step.posterior),
    };
  },
};

/**
 * gbstats' own edge behaviour, only here: no units at all give p = 1, and an arm of weight 0 is left out of the sum but kept in
 * the total and in the degrees of freedom. Ours refuses both (`too-few`, `impossible-arm`).
 */
function gbstatsSampleRatio(observed: readonly number[], weights: readonly number[]): number {
  const total = observed.reduce((sum, n) => sum + n, 0);
  const totalWeight = weights.reduce((sum, w) => sum + w, 0);
  if (total === 0) return 1;
  const chiSquared = observed.reduce((sum, n, arm) => {
    const expected = ((weights[arm] ?? 0) / totalWeight) * total;
    return expected > 0 ? sum + (n - expected) ** 2 / expected : sum;
  }, 0);
  return chiSquaredSf(chiSquared, observed.length - 1);
}
