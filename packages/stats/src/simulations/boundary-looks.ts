import {
  gammaExponentialMixture,
  iteratedLogarithmMargin,
  mersenneRng,
  mixingVariance,
  mixtureBound,
  mixturePrecision,
  normalDraw,
  normalMixtureBound,
  polyStitchingBound,
  asymptoticMargin,
} from "../index.ts";
import { watch, type FirstAlarms } from "./first-alarms.ts";

const ALPHA = 0.05;
const TUNED_FOR = 1000;

/** Method → largest sum (two-sided: absolute sum) of standard normal steps that it allows after t of them. */
const BOUNDARIES: Readonly<Record<string, { readonly sides: 1 | 2; readonly bound: (t: number) => number }>> = {
  "mixture SPRT, two-sided": { sides: 2, bound: normalMixture("two") },
  "normal mixture, one-sided": { sides: 1, bound: normalMixture("one") },
  "asymptotic margin": {
    sides: 2,
    bound: (n) =>
      n *
      asymptoticMargin({
        n,
        rhoSquared: mixingVariance({ alpha: ALPHA, tunedFor: TUNED_FOR, tuning: "exact" }),
        alpha: ALPHA,
        sided: "two",
      }),
  },
  "iterated logarithm": { sides: 2, bound: (n) => n * iteratedLogarithmMargin(n, ALPHA) },
  stitched: { sides: 1, bound: (v) => polyStitchingBound(v, { alpha: ALPHA, vMin: 100, c: 0, s: 1.4, eta: 2 }) },
  // A Gaussian sum is sub-gamma with any scale; a small one costs little.
  "gamma-exponential mixture": { sides: 1, bound: gammaExponential() },
};

export const BOUNDARY_METHODS: readonly string[] = Object.keys(BOUNDARIES);

/** How often sums of standard normal steps cross boundaries that should hold at all times, over every one of the looks. */
export function boundaryLooks({
  seed,
  runs,
  looks,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
}): FirstAlarms {
  const step = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: 1 });
  const tables = Object.entries(BOUNDARIES).map(([method, { sides, bound }]) => ({
    method,
    sides,
    limits: Float64Array.from({ length: looks + 1 }, (_, t) => (t === 0 ? Infinity : bound(t))),
  }));
  return watch(runs, BOUNDARY_METHODS, (raise) => {
    let sum = 0;
    const sums = Float64Array.from({ length: looks + 1 }, (_, t) => (t === 0 ? 0 : (sum += step())));
    for (const { method, sides, limits } of tables) {
      const first = sums.findIndex((s, t) => (sides === 2 ? Math.abs(s) : s) >= (limits[t] ?? Infinity));
      if (first > 0) raise(method, first);
    }
  });
}

function normalMixture(side: "one" | "two"): (v: number) => number {
  const rho = mixturePrecision({ vOpt: TUNED_FOR, alphaOpt: ALPHA, side });
  return (v) => normalMixtureBound(v, { alpha: ALPHA, rho, side });
}

function gammaExponential(): (v: number) => number {
  const rho = mixturePrecision({ vOpt: TUNED_FOR, alphaOpt: ALPHA, side: "one" });
  const mixture = gammaExponentialMixture({ rho, c: 0.5 });
  return (v) => mixtureBound(mixture, v, ALPHA);
}
