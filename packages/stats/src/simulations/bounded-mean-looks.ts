import {
  betaBinomialMixture,
  bernoulliConfidenceSequence,
  empiricalBernsteinSequence,
  hedgedLogCapital,
  hoeffdingSequence,
  mersenneRng,
  type Interval,
} from "../index.ts";
import { watch, type FirstAlarms, type Raise } from "./first-alarms.ts";
import { leavesOut } from "./miss-count.ts";

export const BOUNDED_METHODS = ["Hoeffding", "empirical Bernstein", "betting, hedged capital"] as const;
export const RATE_METHOD = "beta-binomial mixture";

const ALPHA = 0.05;
const MEAN = 0.25;

/**
 * Looks at which confidence sequences for the mean of outcomes in [0, 1] first left out the truth. Outcomes are U³, skewed, mean ¼. The
 * betting sequence holds the mean as long as the capital against it stays below 1/alpha, so the true mean's capital is all it takes.
 */
export function boundedMeanLooks({
  seed,
  runs,
  looks,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
}): FirstAlarms {
  const rng = mersenneRng(seed);
  return watch(runs, BOUNDED_METHODS, (raise) => {
    const xs = Array.from({ length: looks }, () => rng.next() ** 3);
    for (const [method, sequence] of [
      ["Hoeffding", hoeffdingSequence(xs, { alpha: ALPHA })],
      ["empirical Bernstein", empiricalBernsteinSequence(xs, { alpha: ALPHA })],
    ] as const) {
      if (sequence.kind === "refused") throw new Error(sequence.message);
      raiseFirst(sequence.intervals, { method, raise });
    }
    const capital = hedgedLogCapital(xs, MEAN, { alpha: ALPHA });
    if ("kind" in capital) throw new Error(capital.message);
    const ruined = capital.findIndex((logCapital) => logCapital >= -Math.log(ALPHA));
    if (ruined >= 0) raise("betting, hedged capital", ruined + 1);
  });
}

function raiseFirst(
  intervals: readonly Interval[],
  { method, raise }: { readonly method: string; readonly raise: Raise },
): void {
  const first = intervals.findIndex((interval) => leavesOut(interval, MEAN));
  if (first >= 0) raise(method, first + 1);
}

/**
 * The same for a conversion rate and the exact beta-binomial sequence. The interval leaves the true rate out exactly when the mixture at
 * it has reached 1/alpha, which is looked at every time; the interval itself, with its bisections, at every 1,000th look.
 */
export function rateLooks({
  seed,
  runs,
  looks,
  rate,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
  readonly rate: number;
}): FirstAlarms {
  const rng = mersenneRng(seed);
  const tunedFor = 1000;
  const variance = rate * (1 - rate);
  const mixture = betaBinomialMixture({
    vOpt: tunedFor * variance,
    alphaOpt: ALPHA,
    g: rate,
    h: 1 - rate,
    side: "two",
  });
  return watch(runs, [RATE_METHOD], (raise) => {
    let conversions = 0;
    for (let n = 1; n <= looks; n++) {
      if (rng.next() < rate) conversions++;
      // A sequence is wider than the interval of one look, here cut at |z| = 1.9.
      const sum = conversions - n * rate;
      const near = sum * sum < 1.9 ** 2 * n * variance;
      if (!near && mixture.logValue(sum, n * variance) >= -Math.log(ALPHA)) raise(RATE_METHOD, n);
      if (n % 1000 !== 0) continue;
      const interval = bernoulliConfidenceSequence({ n, conversions }, { alpha: ALPHA, tunedFor });
      if (interval.kind === "refused") throw new Error(interval.message);
      if (leavesOut(interval, rate)) raise(RATE_METHOD, n);
    }
  });
}
