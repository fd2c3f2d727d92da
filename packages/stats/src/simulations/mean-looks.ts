import {
  addObservation,
  anytimeCoefficient,
  asymptoticConfidenceSequence,
  emptyMoments,
  mersenneRng,
  narrowestG,
  normalDraw,
  sampleVariance,
  type Sides,
} from "../index.ts";
import { exponentialDraw } from "./draws.ts";
import { watch, type FirstAlarms } from "./first-alarms.ts";

const ALPHA = 0.05;
const TUNED_FOR = 1000;
const SIDES: Readonly<Record<string, Sides>> = {
  "asymptotic sequence, two-sided": "two",
  "asymptotic sequence, lower end": "lower",
  "asymptotic sequence, upper end": "upper",
};
export const ASYMPTOTIC_METHODS: readonly string[] = Object.keys(SIDES);
export const LINEAR_METHOD = "anytime-valid linear model";

/**
 * Looks at which the asymptotic confidence sequence of the mean of exponential outcomes (mean 1) first left it out.
 *
 * @param options.burnIn - units before the first look: before, the variance of such skewed outcomes is not yet known well enough.
 */
export function asymptoticLooks({
  seed,
  runs,
  looks,
  burnIn,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
  readonly burnIn: number;
}): FirstAlarms {
  const draw = exponentialDraw(mersenneRng(seed), 1);
  return watch(runs, ASYMPTOTIC_METHODS, (raise) => {
    let moments = emptyMoments;
    for (let n = 1; n < burnIn + looks; n++) {
      moments = addObservation(moments, draw());
      const variance = sampleVariance(moments);
      if (n < burnIn || variance === null) continue;
      const [estimate, standardError] = [moments.mean - 1, Math.sqrt(variance / n)];
      // No sequence is as narrow as the one-sided interval of one look.
      if (Math.abs(estimate) < 1.6 * standardError) continue;
      for (const [method, sides] of Object.entries(SIDES)) {
        const found = asymptoticConfidenceSequence({
          estimate,
          standardError,
          n,
          alpha: ALPHA,
          tunedFor: TUNED_FOR,
          sides,
        });
        if (found.kind === "estimate" && (found.lower > 0 || found.upper < 0)) raise(method, n);
      }
    }
  });
}

/** The same for a difference of two arms of normal outcomes in the anytime-valid linear model, exact there: from 2 units an arm on. */
export function linearModelLooks({
  seed,
  runs,
  looks,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly looks: number;
}): FirstAlarms {
  const draw = normalDraw(mersenneRng(seed), { mean: 5, standardDeviation: 2 });
  const tuned = narrowestG({ n: TUNED_FOR, coefficients: 2, alpha: ALPHA });
  if (tuned.kind === "refused") throw new Error(tuned.message);
  return watch(runs, [LINEAR_METHOD], (raise) => {
    let [control, treatment] = [emptyMoments, emptyMoments];
    for (let n = 1; n <= looks; n++) {
      control = addObservation(control, draw());
      treatment = addObservation(treatment, draw());
      const gap = treatment.mean - control.mean;
      // |t| below 1.9 excludes nothing at any number of units.
      if (n < 2 || gap * gap * n * (n - 1) < 1.9 ** 2 * (control.m2 + treatment.m2)) continue;
      const found = anytimeCoefficient({
        estimate: gap,
        standardError: Math.sqrt((control.m2 + treatment.m2) / (n * (n - 1))),
        n: 2 * n,
        degreesOfFreedom: 2 * n - 2,
        g: tuned.g,
        alpha: ALPHA,
      });
      if (found.kind === "estimate" && found.pValue <= ALPHA) raise(LINEAR_METHOD, n);
    }
  });
}
