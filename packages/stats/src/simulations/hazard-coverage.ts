import { aalenJohansen, mersenneRng, proportionalHazards } from "../index.ts";
import { followUp, type Followed } from "./follow-up.ts";
import { countMisses, misses95, type Miss, type MissCounts } from "./miss-count.ts";

const [HORIZON, LOG_HAZARD_RATIO, LOST_RATE] = [1, 0.5, 0.5];

/** 95 % intervals for the share won by time 1 against competing losses (Aalen-Johansen), and for a log hazard ratio of 0.5 (Cox). */
export function hazardCoverage({
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
    "Aalen-Johansen": incidenceMiss(followUp(rng, { units, hazardRatio: 1, lostRate: LOST_RATE })),
    Cox: coxMiss(followUp(rng, { units, hazardRatio: Math.exp(LOG_HAZARD_RATIO), lostRate: 0 })),
  }));
}

function incidenceMiss({ times, causes }: Followed): Miss {
  const answer = aalenJohansen({ times, events: causes }, 2);
  if (answer.kind === "refused") return null;
  const point = answer.points.findLast(({ time }) => time <= HORIZON);
  const [estimate = NaN] = point?.incidence ?? [];
  const [standardError = NaN] = point?.standardErrors ?? [];
  const all = 1 + LOST_RATE;
  return misses95({ estimate, standardError, truth: -Math.expm1(-all * HORIZON) / all });
}

function coxMiss({ times, causes, rows }: Followed): Miss {
  const fit = proportionalHazards({ times, events: causes, rows });
  if (fit.kind === "refused") return null;
  const [[estimate = NaN], [standardError = NaN]] = [fit.coefficients, fit.standardErrors];
  return misses95({ estimate, standardError, truth: LOG_HAZARD_RATIO });
}
