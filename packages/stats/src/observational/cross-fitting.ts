import { linearRegression } from "../cohorts/linear-regression.ts";
import { median } from "../cohorts/robust-location.ts";
import type { Rng } from "../numerics/random.ts";
import { logisticProbability, logisticRegression } from "../prediction/logistic-regression.ts";
import { refuse, type Refused } from "../refused.ts";
import type { ObservationalRefusal } from "./overlap.ts";

/** Units with covariates known before treatment (no intercept column). Outcomes of 0 and 1 get a logistic model, others a linear one. */
export interface CrossFittedInput {
  readonly rows: readonly (readonly number[])[];
  readonly treated: readonly number[];
  readonly outcomes: readonly number[];
}

/** `folds` ≥ 2 (5 by default), `repeats` of the split (5); `penalty` of the ridge on standardised columns (1). */
export interface CrossFittedOptions {
  readonly rng: Rng;
  readonly folds?: number;
  readonly repeats?: number;
  readonly penalty?: number;
}

/** What models that have not seen a unit say of it. */
export interface Nuisances {
  readonly propensities: readonly number[];
  readonly ifTreated: readonly number[];
  readonly ifControl: readonly number[];
}

interface Effect {
  readonly kind: "estimate";
  readonly estimate: number;
  readonly standardError: number;
}

/**
 * Repeats an estimator over random splits and takes the median, with the spread between splits added to the variance.
 *
 * @see Chernozhukov et al. (2018), "Double/debiased machine learning", definition 3.3
 */
export function overRandomSplits<E extends Effect>(
  input: CrossFittedInput,
  { rng, folds = 5, repeats = 5, penalty = 1 }: CrossFittedOptions,
  estimate: (nuisances: Nuisances) => E | Refused<ObservationalRefusal>,
): E | Refused<ObservationalRefusal> {
  const fault = crossFittingFault(input, { folds, repeats, penalty });
  if (fault !== null) return fault;
  const standardised = { ...input, rows: standardise(input.rows) };
  let middle: E | undefined;
  const found: E[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const nuisances = crossFit(standardised, { fold: foldsByArm(input.treated, folds, rng), folds, penalty });
    if ("kind" in nuisances) return nuisances;
    const effect = estimate(nuisances);
    if (effect.kind === "refused") return effect;
    found.push(effect);
  }
  const centre = median(found.map((f) => f.estimate));
  for (const f of found)
    if (middle === undefined || Math.abs(f.estimate - centre) < Math.abs(middle.estimate - centre)) middle = f;
  if (middle === undefined) return refuse("invalid-input", "at least 1 repeat");
  return {
    ...middle,
    estimate: centre,
    standardError: Math.sqrt(median(found.map((f) => f.standardError ** 2 + (f.estimate - centre) ** 2))),
  };
}

function crossFittingFault(
  { rows, treated, outcomes }: CrossFittedInput,
  { folds, repeats, penalty }: { readonly folds: number; readonly repeats: number; readonly penalty: number },
): Refused<"invalid-input" | "too-few"> | null {
  if (!Number.isInteger(folds) || folds < 2 || !Number.isInteger(repeats) || repeats < 1 || !(penalty >= 0))
    return refuse("invalid-input", "at least 2 folds, 1 repeat and a penalty of 0 or more");
  if (rows.length !== outcomes.length || treated.length !== outcomes.length)
    return refuse("invalid-input", "rows, arms and outcomes must be equally many");
  if (!treated.every((w) => w === 0 || w === 1)) return refuse("invalid-input", "arms must be 0 or 1");
  if (!outcomes.every(Number.isFinite)) return refuse("invalid-input", "outcomes must be finite");
  const columns = rows[0]?.length ?? 0;
  if (!rows.every((row) => row.length === columns && row.every(Number.isFinite)))
    return refuse("invalid-input", "every unit needs as many finite covariates as the others");
  const treatedCount = treated.filter((w) => w === 1).length;
  return columns > 0 && Math.min(treatedCount, treated.length - treatedCount) >= folds
    ? null
    : refuse("too-few", `needs a covariate and ${folds} units in each arm, one a fold`);
}

function crossFit(
  input: CrossFittedInput,
  { fold, folds, penalty }: { readonly fold: Uint32Array; readonly folds: number; readonly penalty: number },
): Nuisances | Refused<"too-few"> {
  const { rows, treated, outcomes } = input;
  const empty = (): number[] => Array.from({ length: rows.length }, () => NaN);
  const [propensities, ifTreated, ifControl] = [empty(), empty(), empty()];
  const binary = outcomes.every((y) => y === 0 || y === 1);
  for (let k = 0; k < folds; k++) {
    const inside = (i: number): boolean => fold[i] !== k;
    const propensity = logisticRegression(
      { rows: rows.filter((_, i) => inside(i)), outcomes: treated.filter((_, i) => inside(i)) },
      { penalty },
    );
    const model = (arm: 0 | 1): Predictor | null => {
      const own = (_: unknown, i: number): boolean => inside(i) && treated[i] === arm;
      return outcomeModel(rows.filter(own), outcomes.filter(own), { binary, penalty });
    };
    const [one, zero] = [model(1), model(0)];
    if (propensity.kind === "refused" || one === null || zero === null)
      return refuse("too-few", "a fold leaves too few units of an arm to fit a model; use fewer folds or columns");
    rows.forEach((row, i) => {
      if (inside(i)) return;
      propensities[i] = logisticProbability(propensity, row);
      ifTreated[i] = one(row);
      ifControl[i] = zero(row);
    });
  }
  return { propensities, ifTreated, ifControl };
}

type Predictor = (row: readonly number[]) => number;

function outcomeModel(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
  { binary, penalty }: { readonly binary: boolean; readonly penalty: number },
): Predictor | null {
  if (binary) {
    const fit = logisticRegression({ rows, outcomes }, { penalty });
    if (fit.kind === "estimate") return (row) => logisticProbability(fit, row);
    return fit.reason === "one-class" ? () => outcomes[0] ?? NaN : null;
  }
  // A ridge is least squares with one more unit a column, of outcome 0 at √λ; so a column that is constant in an arm does no harm.
  const columns = rows[0]?.length ?? 0;
  const centre = outcomes.reduce((t, y) => t + y, 0) / outcomes.length;
  const extra = penalty === 0 ? [] : Array.from({ length: columns }, (_, k) => ridgeRow(columns, k, penalty));
  const fit = linearRegression(
    [...rows.map((row) => [1, ...row]), ...extra],
    [...outcomes.map((y) => y - centre), ...extra.map(() => 0)],
  );
  if (fit.kind === "refused") return null;
  const [intercept = 0, ...slopes] = fit.coefficients;
  return (row) => row.reduce((t, x, k) => t + x * (slopes[k] ?? 0), centre + intercept);
}

function ridgeRow(columns: number, k: number, penalty: number): readonly number[] {
  return Array.from({ length: columns + 1 }, (_, j) => (j === k + 1 ? Math.sqrt(penalty) : 0));
}

/** Mean 0 and deviation 1 a column, so that the penalty treats all alike whatever their units; a constant column becomes 0. */
function standardise(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const scales = (rows[0] ?? []).map((_, k) => {
    const mean = rows.reduce((t, row) => t + (row[k] ?? NaN) / rows.length, 0);
    const deviation = Math.sqrt(rows.reduce((t, row) => t + ((row[k] ?? NaN) - mean) ** 2 / rows.length, 0));
    return { mean, deviation };
  });
  return rows.map((row) =>
    row.map((x, k) => {
      const { mean, deviation } = scales[k] ?? { mean: 0, deviation: 1 };
      return deviation > 1e-12 * Math.abs(mean) ? (x - mean) / deviation : 0;
    }),
  );
}

/** Folds of equal size in random order, each arm spread over all of them. */
function foldsByArm(treated: readonly number[], folds: number, rng: Rng): Uint32Array {
  const fold = new Uint32Array(treated.length);
  for (const arm of [0, 1]) {
    const members = treated.flatMap((w, i) => (w === arm ? [i] : []));
    for (let i = members.length - 1; i > 0; i--) {
      const j = Math.floor(rng.next() * (i + 1));
      const [a, b] = [members[i] ?? 0, members[j] ?? 0];
      members[i] = b;
      members[j] = a;
    }
    members.forEach((unit, position) => (fold[unit] = position % folds));
  }
  return fold;
}
