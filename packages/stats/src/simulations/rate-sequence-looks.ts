import {
  mersenneRng,
  rateDifferenceSequence,
  rateRatioSequence,
  twoByTwoDifference,
  type TwoByTwoBatch,
} from "../index.ts";
import { binomialDraw } from "./draws.ts";
import { watch, type FirstAlarms } from "./first-alarms.ts";
import { leavesOut } from "./miss-count.ts";

export const RATE_SEQUENCE_METHODS = ["difference of rates", "log-ratio of rates"] as const;
export const EXACT_METHOD = "2×2 difference";

const ALPHA = 0.05;
const [CONTROL_RATE, TREATMENT_RATE] = [0.04, 0.06];
const [DIFFERENCE, LOG_RATIO] = [TREATMENT_RATE - CONTROL_RATE, Math.log(TREATMENT_RATE / CONTROL_RATE)];

/** Looks, one unit an arm each, at which sequences for two conversion rates (4 % and 6 %) first left out the true effect. */
export function rateSequenceLooks({
  seed,
  runs,
  looks,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
}): FirstAlarms {
  const rng = mersenneRng(seed);
  return watch(runs, RATE_SEQUENCE_METHODS, (raise) => {
    let [a, b] = [0, 0];
    for (let n = 1; n <= looks; n++) {
      if (rng.next() < CONTROL_RATE) a++;
      if (rng.next() < TREATMENT_RATE) b++;
      if (isNear({ n, a, b })) continue;
      const arms = { control: { n, conversions: a }, treatment: { n, conversions: b }, alpha: ALPHA, tunedFor: 5000 };
      const absolute = rateDifferenceSequence(arms);
      if (absolute.kind === "estimate" && leavesOut(absolute, DIFFERENCE)) raise("difference of rates", n);
      const relative = rateRatioSequence(arms);
      if (relative.kind === "estimate" && leavesOut(relative, LOG_RATIO)) raise("log-ratio of rates", n);
    }
  });
}

/** Whether both estimates are within 1.9 standard errors of the truth, where no sequence can leave it out: it is wider than one look's interval. */
function isNear({ n, a, b }: { readonly n: number; readonly a: number; readonly b: number }): boolean {
  if (a === 0 || b === 0) return true; // no look before the burn-in
  const [p, q] = [a / n, b / n];
  const z = (q - p - DIFFERENCE) ** 2 * n < 1.9 ** 2 * (p * (1 - p) + q * (1 - q));
  return z && (Math.log(q / p) - LOG_RATIO) ** 2 * n < 1.9 ** 2 * ((1 - p) / p + (1 - q) / q);
}

/**
 * The same for the exact sequence of the difference. It is intersected over its looks, so what it has left out once is out at the end:
 * one question at the end asks about every look.
 *
 * @param options.looks - batches of ten units an arm.
 */
export function exactDifferenceLooks({
  seed,
  runs,
  looks,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
}): FirstAlarms {
  const rng = mersenneRng(seed);
  const drawControl = binomialDraw(rng, { n: 10, rate: CONTROL_RATE });
  const drawTreatment = binomialDraw(rng, { n: 10, rate: TREATMENT_RATE });
  return watch(runs, [EXACT_METHOD], (raise) => {
    const batches = Array.from({ length: looks }, (): TwoByTwoBatch => ({
      control: { n: 10, conversions: drawControl() },
      treatment: { n: 10, conversions: drawTreatment() },
    }));
    const left = twoByTwoDifference(batches, { alpha: ALPHA, grid: 40 });
    if (left.kind === "refused") {
      if (left.reason !== "none-left") throw new Error(left.message);
      raise(EXACT_METHOD, looks);
    } else if (leavesOut(left, DIFFERENCE)) raise(EXACT_METHOD, looks);
  });
}
