import { aipw, type AipwEffect } from "./aipw.ts";
import { linearRegression } from "../cohorts/linear-regression.ts";
import { logisticProbability, logisticRegression } from "../prediction/logistic-regression.ts";
import type { ObservationalRefusal, OverlapLimits } from "./overlap.ts";
import type { Rng } from "../numerics/random.ts";
import { refuse, type Refused } from "../refused.ts";
import { median } from "../cohorts/robust-location.ts";

/** Units with covariates; `binary` outcomes get a logistic model, others a linear one. */
export interface CrossFittedInput {
  readonly rows: readonly (readonly number[])[];
  readonly treated: readonly number[];
  readonly outcomes: readonly number[];
}

/** `folds` ≥ 2 (5 by default), `repeats` of the split (5); `penalty` of the logistic models (1). */
export interface CrossFittedOptions {
  readonly rng: Rng;
  readonly folds?: number;
  readonly repeats?: number;
  readonly penalty?: number;
  readonly limits?: OverlapLimits;
}

/**
 * AIPW with cross-fitted models: each unit is predicted by models that have not seen its fold. Linear outcome models (logistic for
 * outcomes of 0 and 1) in each arm, a ridge logistic propensity. Repeated over random splits; medians, with the spread between
 * splits added to the variance.
 *
 * @param input.rows - covariates known before treatment, without an intercept column.
 * @returns refusals as `aipw`; `too-few` when a fold leaves a model too little to learn from.
 * @see Chernozhukov et al. (2018), "Double/debiased machine learning", definitions 3.2 and 3.3.
 */
export function crossFittedAipw(
  input: CrossFittedInput,
  { rng, folds = 5, repeats = 5, penalty = 1, limits }: CrossFittedOptions,
): AipwEffect | Refused<ObservationalRefusal> {
  const { rows, treated, outcomes } = input;
  if (rows.length !== outcomes.length || treated.length !== outcomes.length || !(folds >= 2) || !(repeats >= 1))
    return refuse("invalid-input", "rows, arms and outcomes must be equally many; at least 2 folds and 1 repeat");
  if (!treated.every((w) => w === 0 || w === 1)) return refuse("invalid-input", "arms must be 0 or 1");
  const found: AipwEffect[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const nuisances = crossFit(input, { fold: randomFolds(outcomes.length, folds, rng), folds, penalty });
    if ("kind" in nuisances) return nuisances;
    const effect = aipw({ outcomes, treated, ...nuisances }, limits === undefined ? {} : { limits });
    if (effect.kind === "refused") return effect;
    found.push(effect);
  }
  const estimate = median(found.map((f) => f.estimate));
  const middle = found.reduce((best, f) =>
    Math.abs(f.estimate - estimate) < Math.abs(best.estimate - estimate) ? f : best,
  );
  return {
    ...middle,
    estimate,
    standardError: Math.sqrt(median(found.map((f) => f.standardError ** 2 + (f.estimate - estimate) ** 2))),
  };
}

interface Nuisances {
  readonly propensities: readonly number[];
  readonly ifTreated: readonly number[];
  readonly ifControl: readonly number[];
}

function crossFit(
  { rows, treated, outcomes }: CrossFittedInput,
  { fold, folds, penalty }: { readonly fold: Uint32Array; readonly folds: number; readonly penalty: number },
): Nuisances | Refused<"too-few"> {
  const empty = (): number[] => Array.from({ length: rows.length }, () => NaN);
  const [propensities, ifTreated, ifControl] = [empty(), empty(), empty()];
  const binary = outcomes.every((y) => y === 0 || y === 1);
  for (let k = 0; k < folds; k++) {
    const train = rows.map((_, i) => i).filter((i) => fold[i] !== k);
    const pick = <T>(xs: readonly T[], members: readonly number[]): T[] => {
      const chosen = new Set(members);
      return xs.filter((_, i) => chosen.has(i));
    };
    const propensity = logisticRegression({ rows: pick(rows, train), outcomes: pick(treated, train) }, { penalty });
    const arm = (which: 0 | 1): ((row: readonly number[]) => number) | null => {
      const members = train.filter((i) => treated[i] === which);
      return outcomeModel(pick(rows, members), pick(outcomes, members), { binary, penalty });
    };
    const [one, zero] = [arm(1), arm(0)];
    if (propensity.kind === "refused" || one === null || zero === null)
      return refuse("too-few", "a fold leaves too few units of an arm to fit a model; use fewer folds or columns");
    rows.forEach((row, i) => {
      if (fold[i] !== k) return;
      propensities[i] = logisticProbability(propensity, row);
      ifTreated[i] = one(row);
      ifControl[i] = zero(row);
    });
  }
  return { propensities, ifTreated, ifControl };
}

function outcomeModel(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
  { binary, penalty }: { readonly binary: boolean; readonly penalty: number },
): ((row: readonly number[]) => number) | null {
  if (binary) {
    const fit = logisticRegression({ rows, outcomes }, { penalty });
    if (fit.kind === "estimate") return (row) => logisticProbability(fit, row);
    if (fit.reason !== "one-class") return null;
    return () => outcomes[0] ?? NaN;
  }
  const fit = linearRegression(
    rows.map((row) => [1, ...row]),
    outcomes,
  );
  if (fit.kind === "refused") return null;
  const [intercept = 0, ...slopes] = fit.coefficients;
  return (row) => row.reduce((t, x, k) => t + x * (slopes[k] ?? 0), intercept);
}

/** Equal folds in random order (Fisher-Yates). */
function randomFolds(n: number, folds: number, rng: Rng): Uint32Array {
  const fold = Uint32Array.from({ length: n }, (_, i) => i % folds);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(rng.next() * (i + 1));
    const [a, b] = [fold[i] ?? 0, fold[j] ?? 0];
    fold[i] = b;
    fold[j] = a;
  }
  return fold;
}
