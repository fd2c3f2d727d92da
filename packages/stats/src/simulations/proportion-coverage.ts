import {
  differenceInterval,
  type DifferenceMethod,
  mersenneRng,
  proportionInterval,
  type ProportionIntervalMethod,
  ratioInterval,
  type RatioMethod,
} from "../index.ts";
import { binomialDraw } from "./draws.ts";
import { countMisses, leavesOut, misses, type Miss, type MissCounts } from "./miss-count.ts";

/** Intervals for one rate, those for a difference and those for a ratio of two. */
export const ONE_RATE: readonly ProportionIntervalMethod[] = [
  "wilson",
  "clopper-pearson",
  "agresti-coull",
  "jeffreys",
  "wald",
];
export const TWO_RATES: readonly DifferenceMethod[] = ["newcombe", "agresti-caffo", "miettinen-nurminen", "wald"];
export const RATIO_OF_RATES: readonly RatioMethod[] = ["log", "log-adjusted", "score"];

/**
 * 95 % intervals for conversion rates: of the control alone, treatment − control, and treatment/control.
 *
 * @param options.units - in each arm; `rates` of control and treatment.
 */
export function proportionCoverage({
  seed,
  runs,
  units,
  rates: [rateControl, rateTreatment],
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
  readonly rates: readonly [number, number];
}): MissCounts {
  const rng = mersenneRng(seed);
  const drawControl = binomialDraw(rng, { n: units, rate: rateControl });
  const drawTreatment = binomialDraw(rng, { n: units, rate: rateTreatment });
  return countMisses(runs, () => {
    const control = { n: units, conversions: drawControl() };
    const treatment = { n: units, conversions: drawTreatment() };
    const found: Record<string, Miss> = {};
    for (const method of ONE_RATE)
      found[`${method}, one rate`] = misses(proportionInterval(control, { confidence: 0.95, method }), rateControl);
    for (const method of TWO_RATES) {
      const interval = differenceInterval(control, treatment, { alpha: 0.05, method });
      found[`${method}, difference`] = "kind" in interval ? null : leavesOut(interval, rateTreatment - rateControl);
    }
    for (const method of RATIO_OF_RATES) {
      const interval = ratioInterval(control, treatment, { alpha: 0.05, method });
      found[`${method}, ratio`] = "kind" in interval ? null : leavesOut(interval, rateTreatment / rateControl);
    }
    return found;
  });
}
