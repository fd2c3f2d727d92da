import { batchDiscoveryRate, type DiscoveryRates } from "./batch-discovery-rate.ts";
import type { MeasuredDiscoveries } from "./measured.ts";
import { onlineDiscoveryRate } from "./online-discovery-rate.ts";

/** False discoveries and power, for families of tests and for streams. */
export function measureDiscoveries(): {
  readonly batch: readonly MeasuredDiscoveries[];
  readonly online: readonly MeasuredDiscoveries[];
} {
  return {
    batch: [0, 0.7].map((correlation) =>
      measured(batchDiscoveryRate({ seed: 301, runs: 5000, tests: 50, effects: 10, correlation }), {
        seed: 301,
        setting: correlation === 0 ? "independent" : "dependent both ways, correlation 0.7",
      }),
    ),
    online: [0.05, 0.3].map((effectShare) =>
      measured(onlineDiscoveryRate({ seed: 311, runs: 1000, tests: 100, effectShare, correlation: 0 }), {
        seed: 311,
        setting: `effects in ${100 * effectShare} % of tests`,
      }),
    ),
  };
}

function measured(
  rates: DiscoveryRates,
  { seed, setting }: { readonly seed: number; readonly setting: string },
): MeasuredDiscoveries {
  const entries = Object.entries(rates);
  return {
    seed,
    setting,
    runs: entries[0]?.[1].runs ?? 0,
    methods: entries.map(([method, { runs, falseShares, foundShares }]) => ({
      method,
      falseShare: falseShares / runs,
      foundShare: foundShares / runs,
    })),
  };
}
