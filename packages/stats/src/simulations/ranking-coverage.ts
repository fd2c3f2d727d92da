import { auc, aucDifference, aucInterval, mersenneRng, normalCdf, normalDraw } from "../index.ts";
import { countMisses, leavesOut, misses95, type MissCounts } from "./miss-count.ts";

/**
 * 95 % intervals for the area under the ROC curve (DeLong), and for the difference of two scores of the same units: converters score
 * N(1, 1), others N(0, 1), so the area is Φ(1/√2); the second score is as good and shares half of the first one's noise.
 *
 * @param options.units - a quarter of them convert.
 */
export function rankingCoverage({
  seed,
  runs,
  units,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
}): MissCounts {
  const noise = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: Math.SQRT1_2 });
  const outcomes = Array.from({ length: units }, (_, i) => (i % 4 === 0 ? 1 : 0));
  return countMisses(runs, () => {
    const shared = outcomes.map((y) => y + noise());
    const [first, second] = [shared.map((s) => s + noise()), shared.map((s) => s + noise())];
    const area = auc(first, outcomes);
    const interval = area.kind === "refused" ? area : aucInterval(area, 0.95);
    const difference = aucDifference(first, second, outcomes);
    return {
      "AUC, DeLong": "kind" in interval ? null : leavesOut(interval, normalCdf(Math.SQRT1_2)),
      "AUC difference, DeLong": difference.kind === "refused" ? null : misses95({ ...difference, truth: 0 }),
    };
  });
}
