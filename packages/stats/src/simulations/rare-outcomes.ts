import {
  asymptoticConfidenceSequence,
  initialTwoByTwo,
  liftMoments,
  mersenneRng,
  momentsFromConversions,
  pooledZ,
  sampleVariance,
  stepTwoByTwo,
  type Conversions,
  type Draw,
} from "../index.ts";
import { binomialDraw } from "./draws.ts";
import { everAlarmed, watch, type Raise } from "./first-alarms.ts";
import type { MissCounts } from "./miss-count.ts";

/** The methods that Ratchet decides by, and those that it must not decide by. */
export const DECIDING = [
  "absolute, from 25 conversions",
  "log-ratio, from 25 conversions",
  "exact 2×2 e-process",
] as const;
const SHOWING = ["absolute", "relative, delta method", "relative, from 25 conversions", "peeking z-test"] as const;

const [ALPHA, TUNED_FOR, UNITS_PER_LOOK, CONVERSIONS_MIN] = [0.05, 5000, 100, 25];

/**
 * Runs of an A/A on conversions that ever raised a false alarm, looked at every 100 units an arm up to 20,000. Asymptotic sequences are
 * GrowthBook's (closed-form tuning for 5,000 units in all), on the absolute, relative or log-ratio scale.
 */
export function rareOutcomes({
  seed,
  runs,
  rate,
  unitsPerArm = 20_000,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly rate: number;
  readonly unitsPerArm?: number;
}): MissCounts {
  const draw: Draw = binomialDraw(mersenneRng(seed), { n: UNITS_PER_LOOK, rate });
  const alarms = watch(runs, [...DECIDING, ...SHOWING], (raise) => {
    let [a, b, process] = [0, 0, initialTwoByTwo];
    for (let n = UNITS_PER_LOOK; n <= unitsPerArm; n += UNITS_PER_LOOK) {
      const [x, y] = [draw(), draw()];
      const next = stepTwoByTwo(process, {
        control: { n: UNITS_PER_LOOK, conversions: x },
        treatment: { n: UNITS_PER_LOOK, conversions: y },
      });
      if ("kind" in next) throw new Error(next.message);
      [a, b, process] = [a + x, b + y, next];
      if (process.logEValue >= -Math.log(ALPHA)) raise("exact 2×2 e-process", n);
      lookAt({ n, conversions: a }, { n, conversions: b }, raise);
    }
  });
  return everAlarmed(alarms);
}

function lookAt(control: Conversions, treatment: Conversions, raise: Raise): void {
  const { n } = control;
  const z = pooledZ(control, treatment);
  if (z.kind === "estimate" && z.pValue <= ALPHA) raise("peeking z-test", n);
  const enough = Math.min(control.conversions, treatment.conversions) >= CONVERSIONS_MIN;
  const [a, b] = [momentsFromConversions(control), momentsFromConversions(treatment)];
  const [va, vb] = [sampleVariance(a) ?? NaN, sampleVariance(b) ?? NaN];
  if (isOutside({ estimate: b.mean - a.mean, standardError: Math.sqrt((va + vb) / n), n })) {
    raise("absolute", n);
    if (enough) raise("absolute, from 25 conversions", n);
  }
  const lift = liftMoments(a, b);
  if (lift.kind === "lift" && isOutside({ ...lift, n })) {
    raise("relative, delta method", n);
    if (enough) raise("relative, from 25 conversions", n);
  }
  if (!enough) return;
  // Katz's variance of ln(rate ratio), as `ratioInterval` has it.
  const variance = 1 / treatment.conversions + 1 / control.conversions - 2 / n;
  const logRatio = Math.log(treatment.conversions / control.conversions);
  if (isOutside({ estimate: logRatio, standardError: Math.sqrt(variance), n }))
    raise("log-ratio, from 25 conversions", n);
}

function isOutside({
  estimate,
  standardError,
  n,
}: {
  readonly estimate: number;
  readonly standardError: number;
  readonly n: number;
}): boolean {
  const found = asymptoticConfidenceSequence({
    estimate,
    standardError,
    n: 2 * n,
    alpha: ALPHA,
    tunedFor: TUNED_FOR,
    tuning: "approximate",
  });
  return found.kind === "estimate" && (found.lower > 0 || found.upper < 0);
}
