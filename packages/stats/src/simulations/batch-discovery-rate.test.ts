import { expect, it } from "vitest";
import { batchDiscoveryRate, type DiscoveryRates } from "./batch-discovery-rate.ts";
import { fourStandardErrors, runsOf, TIME_MAX } from "./miss-count.contract.ts";

const Q = 0.1;

/** Methods whose mean share of false discoveries is above q by more than four standard errors, said in words. */
function aboveQ(rates: DiscoveryRates, methods: readonly string[]): readonly string[] {
  return methods.flatMap((method) => {
    const { runs, falseShares } = rates[method] ?? { runs: 0, falseShares: NaN };
    // A share in [0, 1] with mean q varies by at most q(1 − q) (Bhatia & Davis 2000), the binomial's variance.
    return falseShares / runs <= Q + fourStandardErrors(Q, runs) ? [] : [`${method}: ${falseShares / runs}`];
  });
}

function aboveFamilywise(rates: DiscoveryRates, methods: readonly string[]): readonly string[] {
  return methods.flatMap((method) => {
    const { runs, anyFalse } = rates[method] ?? { runs: 0, anyFalse: NaN };
    return anyFalse / runs <= Q + fourStandardErrors(Q, runs) ? [] : [`${method}: ${anyFalse / runs}`];
  });
}

it(
  "of independent tests BH, BY and e-BH keep the false discovery rate at q, and Holm, Hochberg and Hommel the family-wise error",
  () => {
    // 4·√(0.1·0.9/runs): 0.027 with 2,000 runs, 0.008 with 20,000. BH's rate is just (40/50)·q, so it has power to show.
    const rates = batchDiscoveryRate({ seed: 301, runs: runsOf(2000), tests: 50, effects: 10, correlation: 0 });
    expect(aboveQ(rates, ["Benjamini-Hochberg", "Benjamini-Yekutieli", "e-BH"])).toEqual([]);
    expect(aboveFamilywise(rates, ["Holm", "Hochberg", "Hommel"])).toEqual([]);
    const power = (method: string): number => (rates[method]?.foundShares ?? NaN) / (rates[method]?.runs ?? NaN);
    expect(power("Benjamini-Hochberg")).toBeGreaterThan(power("Hommel"));
    expect(power("Hommel")).toBeGreaterThanOrEqual(power("Holm"));
  },
  TIME_MAX,
);

it(
  "of tests that depend on each other both ways BY and e-BH still do",
  () => {
    const rates = batchDiscoveryRate({ seed: 302, runs: runsOf(2000), tests: 50, effects: 10, correlation: 0.7 });
    expect(aboveQ(rates, ["Benjamini-Yekutieli", "e-BH"])).toEqual([]);
    expect(aboveFamilywise(rates, ["Holm"])).toEqual([]);
  },
  TIME_MAX,
);

it(
  "without any effect every method makes a discovery in at most a tenth of the runs",
  () => {
    const rates = batchDiscoveryRate({ seed: 303, runs: runsOf(2000), tests: 50, effects: 0, correlation: 0 });
    expect(aboveFamilywise(rates, Object.keys(rates))).toEqual([]);
  },
  TIME_MAX,
);
