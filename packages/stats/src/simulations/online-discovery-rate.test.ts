import { expect, it } from "vitest";
import type { DiscoveryRates } from "./batch-discovery-rate.ts";
import { fourStandardErrors, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { DEPENDENT_METHODS, INDEPENDENT_METHODS, LATE_METHODS, onlineDiscoveryRate } from "./online-discovery-rate.ts";

const ALPHA = 0.1;

/** A share in [0, 1] with mean α varies by at most α(1 − α) (Bhatia & Davis 2000): four binomial standard errors bound its mean. */
function aboveAlpha(rates: DiscoveryRates, methods: readonly string[]): readonly string[] {
  return methods.flatMap((method) => {
    const { runs, falseShares } = rates[method] ?? { runs: 0, falseShares: NaN };
    return falseShares / runs <= ALPHA + fourStandardErrors(ALPHA, runs) ? [] : [`${method}: ${falseShares / runs}`];
  });
}

it.each([0.05, 0.3])(
  "in a stream with effects in a share of %s every online procedure keeps its rate, also when outcomes come late",
  (effectShare) => {
    // 4·√(0.1·0.9/runs): 0.069 with 300 runs, 0.022 with 3,000.
    const rates = onlineDiscoveryRate({ seed: 311, runs: runsOf(300), tests: 100, effectShare, correlation: 0 });
    expect(aboveAlpha(rates, [...INDEPENDENT_METHODS, ...LATE_METHODS, ...DEPENDENT_METHODS])).toEqual([]);
    // None of them by never discovering anything.
    const idle = Object.entries(rates).filter(([, { foundShares }]) => !(foundShares > 0));
    expect(idle).toEqual([]);
  },
  TIME_MAX,
);

it(
  "procedures for any dependence keep it where ten tests in a row share 80 % of their noise",
  () => {
    const rates = onlineDiscoveryRate({ seed: 312, runs: runsOf(300), tests: 100, effectShare: 0.1, correlation: 0.8 });
    expect(aboveAlpha(rates, DEPENDENT_METHODS)).toEqual([]);
  },
  TIME_MAX,
);
