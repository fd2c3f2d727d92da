import {
  anytimeCoefficient,
  asymptoticConfidenceSequence,
  initialTwoByTwo,
  mersenneRng,
  multiplyEValues,
  narrowestG,
  pooledZ,
  stepTwoByTwo,
  type AsymptoticInput,
  type Conversions,
  type TwoByTwoState,
} from "../index.ts";
import { watch, type FirstAlarms, type Raise } from "./first-alarms.ts";

export const PEEKING = "z-test at every look";
export const SEQUENTIAL = [
  "asymptotic sequence",
  "asymptotic sequence, GrowthBook's tuning",
  "asymptotic sequence, one-sided",
  "anytime-valid linear model",
  "2×2 e-process",
  "2×2 e-processes of two strata, multiplied",
] as const;

const [ALPHA, CONVERSIONS_MIN, TUNED_FOR] = [0.05, 25, 5000];
const LOG_THRESHOLD = -Math.log(ALPHA);

/**
 * A/A runs of two arms with the same conversion rate, one unit an arm and look, looked at every time: the first look at which each
 * method claims a difference at a level of 5 %. Asymptotic methods look from 25 conversions an arm on, as Ratchet does.
 */
export function peeking({
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
  const linear = narrowestG({ n: TUNED_FOR, coefficients: 2, alpha: ALPHA });
  const g = linear.kind === "refused" ? NaN : linear.g;
  return watch(runs, [PEEKING, ...SEQUENTIAL], (raise) => {
    let [a, b] = [0, 0];
    let whole = initialTwoByTwo;
    const strata = [initialTwoByTwo, initialTwoByTwo];
    for (let look = 1; look <= looks; look++) {
      const [x, y] = [rng.next() < rate ? 1 : 0, rng.next() < rate ? 1 : 0];
      a += x;
      b += y;
      whole = after(whole, x, y);
      strata[look % 2] = after(strata[look % 2] ?? initialTwoByTwo, x, y);
      if (whole.logEValue >= LOG_THRESHOLD) raise("2×2 e-process", look);
      if (multiplyEValues(strata.map(({ logEValue }) => logEValue)) >= LOG_THRESHOLD)
        raise("2×2 e-processes of two strata, multiplied", look);
      if (Math.min(a, b) >= CONVERSIONS_MIN)
        lookAt({ n: look, conversions: a }, { n: look, conversions: b }, { raise, g });
    }
  });
}

function after(state: TwoByTwoState, x: number, y: number): TwoByTwoState {
  const next = stepTwoByTwo(state, { control: { n: 1, conversions: x }, treatment: { n: 1, conversions: y } });
  if ("kind" in next) throw new Error(next.message);
  return next;
}

function lookAt(
  control: Conversions,
  treatment: Conversions,
  { raise, g }: { readonly raise: Raise; readonly g: number },
): void {
  const peeked = pooledZ(control, treatment);
  if (peeked.kind === "refused") return;
  if (peeked.pValue <= ALPHA) raise(PEEKING, control.n);
  // Every sequence is wider than the interval of one look: below |z| = 1.6 (one-sided 5 %) none can alarm.
  if (Math.abs(peeked.z) < 1.6) return;
  const { n } = control;
  const [p, q] = [control.conversions / n, treatment.conversions / n];
  const estimate = q - p;
  // Welch's error, which with equal arms is also that of the regression on the arm.
  const standardError = Math.sqrt((p * (1 - p) + q * (1 - q)) / (n - 1));
  const alarm = (method: string, more: Partial<AsymptoticInput>): void => {
    const given = { estimate, standardError, n: 2 * n, alpha: ALPHA, tunedFor: TUNED_FOR, ...more };
    const sequence = asymptoticConfidenceSequence(given);
    if (sequence.kind === "estimate" && (sequence.lower > 0 || sequence.upper < 0)) raise(method, n);
  };
  alarm("asymptotic sequence", {});
  alarm("asymptotic sequence, GrowthBook's tuning", { tuning: "approximate" });
  alarm("asymptotic sequence, one-sided", { sides: "lower" });
  const coefficient = anytimeCoefficient({
    estimate,
    standardError,
    n: 2 * n,
    degreesOfFreedom: 2 * n - 2,
    g,
    alpha: ALPHA,
  });
  if (coefficient.kind === "estimate" && coefficient.pValue <= ALPHA) raise("anytime-valid linear model", n);
}
