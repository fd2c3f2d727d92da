import {
  mersenneRng,
  momentsOf,
  normalDraw,
  type PairedMoments,
  pairedMoments,
  ratioDifference,
  type Rng,
} from "../index.ts";
import { exponentialDraw, repeat } from "./draws.ts";
import { countMisses, misses, type MissCounts } from "./miss-count.ts";

/**
 * 95 % interval for a difference of ratio metrics: accounts with 1 to 10 sessions each, revenue that depends on the account and the
 * session, ratio = revenue per session (1 in the control, 1.2 in the treatment).
 *
 * @param options.units - accounts in each arm.
 */
export function ratioCoverage({
  seed,
  runs,
  units,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  return countMisses(runs, () => ({
    "ratio, delta method": misses(
      ratioDifference(arm(rng, { units, perSession: 1 }), arm(rng, { units, perSession: 1.2 }), { confidence: 0.95 }),
      0.2,
    ),
  }));
}

function arm(rng: Rng, { units, perSession }: { readonly units: number; readonly perSession: number }): PairedMoments {
  const sessions = repeat(units, () => 1 + Math.floor(10 * rng.next()));
  // An account's value per session is 0.5 and up, the same mean for every number of sessions, so the true ratio is `perSession`.
  const [value, noise] = [exponentialDraw(rng, 0.5), normalDraw(rng, { mean: 0, standardDeviation: 1 })];
  const revenue = sessions.map((n) => perSession * n * (0.5 + value()) + Math.sqrt(n) * noise());
  const products = revenue.reduce((t, r, i) => t + r * (sessions[i] ?? 0), 0);
  return pairedMoments(momentsOf(revenue), momentsOf(sessions), products);
}
