import { kaplanMeier, mersenneRng, restrictedMean, survivalAt, type SurvivalScale } from "../index.ts";
import { followUp } from "./follow-up.ts";
import { countMisses, leavesOut, misses95, type Miss, type MissCounts } from "./miss-count.ts";

const HORIZON = 1;
const SCALES: readonly SurvivalScale[] = ["log-log", "log", "plain"];

/** 95 % intervals from censored follow-up: survival at time 1 (Kaplan-Meier on three scales) and mean time within it. */
export function survivalCoverage({
  seed,
  runs,
  units,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  return countMisses(runs, () => {
    const { times, causes } = followUp(rng, { units, hazardRatio: 1, lostRate: 0 });
    const found: Record<string, Miss> = {};
    for (const scale of SCALES) {
      const curve = kaplanMeier({ times, events: causes }, { confidence: 0.95, scale });
      if (curve.kind === "refused") continue;
      const point = survivalAt(curve, HORIZON);
      const interval = point === null || point === 1 ? null : point.interval;
      found[`Kaplan-Meier, ${scale}`] = interval === null ? null : leavesOut(interval, Math.exp(-HORIZON));
      if (scale !== "log-log") continue;
      const mean = restrictedMean(curve, HORIZON);
      found["restricted mean"] =
        mean.kind === "refused" || mean.standardError === null
          ? null
          : misses95({ estimate: mean.estimate, standardError: mean.standardError, truth: -Math.expm1(-HORIZON) });
    }
    return found;
  });
}
