import {
  type AdaptiveLog,
  adaptivelyWeightedAipw,
  additiveFloor,
  type Draw,
  mersenneRng,
  normalDraw,
  type Rng,
} from "../index.ts";
import { countMisses, misses95, type Miss, type MissCounts } from "./miss-count.ts";

const ARMS = 3;

/** Least probability of an arm in round t: floor·t^−decay. */
export interface FallingFloor {
  readonly floor: number;
  readonly decay: number;
}

/**
 * 95 % intervals for the arms of a greedy bandit with a floor: three arms that are all alike, rewards N(1, 1), the leader so far gets
 * everything above the floors. Adaptively weighted AIPW, the unweighted one, and the plain mean of what an arm earned.
 *
 * Arms that are alike are the hard case: which of them gets the traffic is decided by the noise itself.
 */
export function adaptiveCoverage({
  seed,
  runs,
  rounds,
  ...falling
}: FallingFloor & {
  readonly seed: number;
  readonly runs: number;
  readonly rounds: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  const reward = normalDraw(rng, { mean: 1, standardDeviation: 1 });
  return countMisses(runs, () => {
    const log = greedyLog(rng, { reward, rounds, ...falling });
    return {
      "adaptively weighted AIPW": armMiss(log, falling.decay),
      "uniform AIPW": armMiss(log, "uniform"),
      "plain mean": plainMiss(log),
    };
  });
}

function greedyLog(
  rng: Rng,
  { reward, rounds, floor, decay }: FallingFloor & { readonly reward: Draw; readonly rounds: number },
): AdaptiveLog {
  const [sums, counts] = [new Float64Array(ARMS), new Float64Array(ARMS)];
  const arms: number[] = [];
  const rewards: number[] = [];
  const propensities: (readonly number[])[] = [];
  const predictions: (readonly number[])[] = [];
  for (let t = 1; t <= rounds; t++) {
    const means = Array.from(sums, (sum, a) => sum / Math.max(1, counts[a] ?? 0));
    const best = means.indexOf(Math.max(...means));
    const floored = additiveFloor(
      means.map((_, a) => (a === best ? 1 : 0)),
      floor * t ** -decay,
    );
    if (floored.kind === "refused") throw new Error(floored.message);
    const u = rng.next();
    let [arm, reached] = [0, floored.probabilities[0] ?? 0];
    while (arm < ARMS - 1 && u >= reached) reached += floored.probabilities[++arm] ?? 0;
    const y = reward();
    arms.push(arm);
    rewards.push(y);
    propensities.push(floored.probabilities);
    predictions.push(means);
    sums[arm] = (sums[arm] ?? 0) + y;
    counts[arm] = (counts[arm] ?? 0) + 1;
  }
  return { arms, rewards, propensities, predictions };
}

/** The first arm stands for all three: they are alike, and one a run keeps the runs independent. */
function armMiss(log: AdaptiveLog, decay: number | "uniform"): Miss {
  const values = adaptivelyWeightedAipw(log, { decay });
  const [first] = values.kind === "refused" ? [] : values.arms;
  return first === undefined ? null : misses95({ ...first, truth: 1 });
}

function plainMiss({ arms, rewards }: AdaptiveLog): Miss {
  const own = rewards.filter((_, t) => arms[t] === 0);
  const mean = own.reduce((t, y) => t + y, 0) / own.length;
  const variance = own.reduce((t, y) => t + (y - mean) ** 2, 0) / (own.length - 1);
  return own.length < 2
    ? null
    : misses95({ estimate: mean, standardError: Math.sqrt(variance / own.length), truth: 1 });
}
