import { median } from "../cohorts/robust-location.ts";
import type { Rng } from "../numerics/random.ts";
import { refuse, type Refused } from "../refused.ts";
import type { ObservationalRefusal } from "./overlap.ts";
import { crossValidatedPenalty, ridgeModel, type Predictor } from "./ridge-model.ts";

/** Units with covariates known before treatment (no intercept column). Outcomes of 0 and 1 get a logistic model, others a linear one. */
export interface CrossFittedInput {
  readonly rows: readonly (readonly number[])[];
  readonly treated: readonly number[];
  readonly outcomes: readonly number[];
}

/**
 * `folds` ≥ 2 (5 by default), `repeats` of the split (5); `penalty` of the ridge on standardised columns, by default the one of 1 … 100
 * that predicts best, for each model by itself.
 */
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
  { rng, folds = 5, repeats = 5, penalty }: CrossFittedOptions,
  estimate: (nuisances: Nuisances) => E | Refused<ObservationalRefusal>,
): E | Refused<ObservationalRefusal> {
  const fault = crossFittingFault(input, { folds, repeats, penalty });
  if (fault !== null) return fault;
  const standardised = { ...input, rows: standardise(input.rows) };
  const penalties =
    penalty === undefined
      ? bestPenalties(standardised, { fold: foldsByArm(input.treated, folds, rng), folds })
      : { propensity: penalty, treated: penalty, control: penalty };
  let middle: E | undefined;
  const found: E[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const nuisances = crossFit(standardised, { fold: foldsByArm(input.treated, folds, rng), folds, penalties });
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
  {
    folds,
    repeats,
    penalty,
  }: { readonly folds: number; readonly repeats: number; readonly penalty: number | undefined },
): Refused<"invalid-input" | "too-few"> | null {
  if (!Number.isInteger(folds) || folds < 2 || !Number.isInteger(repeats) || repeats < 1 || !((penalty ?? 0) >= 0))
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

/** Ridge penalties of the three models. */
interface Penalties {
  readonly propensity: number;
  readonly treated: number;
  readonly control: number;
}

interface Folded {
  readonly fold: Uint32Array;
  readonly folds: number;
}

function isBinary(outcomes: readonly number[]): boolean {
  return outcomes.every((y) => y === 0 || y === 1);
}

function bestPenalties({ rows, treated, outcomes }: CrossFittedInput, { fold, folds }: Folded): Penalties {
  const binary = isBinary(outcomes);
  const ofArm = (arm: 0 | 1): number => {
    const own = (_: unknown, i: number): boolean => treated[i] === arm;
    const within = [...fold].filter(own);
    return crossValidatedPenalty(rows.filter(own), outcomes.filter(own), { fold: within, folds, binary });
  };
  return {
    propensity: crossValidatedPenalty(rows, treated, { fold, folds, binary: true }),
    treated: ofArm(1),
    control: ofArm(0),
  };
}

function crossFit(
  { rows, treated, outcomes }: CrossFittedInput,
  { fold, folds, penalties }: Folded & { readonly penalties: Penalties },
): Nuisances | Refused<"too-few"> {
  const empty = (): number[] => Array.from({ length: rows.length }, () => NaN);
  const [propensities, ifTreated, ifControl] = [empty(), empty(), empty()];
  const binary = isBinary(outcomes);
  for (let k = 0; k < folds; k++) {
    const inside = (_: unknown, i: number): boolean => fold[i] !== k;
    const propensity = ridgeModel(rows.filter(inside), treated.filter(inside), {
      binary: true,
      penalty: penalties.propensity,
    });
    const ofArm = (arm: 0 | 1): Predictor | null => {
      const own = (_: unknown, i: number): boolean => fold[i] !== k && treated[i] === arm;
      const penalty = arm === 1 ? penalties.treated : penalties.control;
      return ridgeModel(rows.filter(own), outcomes.filter(own), { binary, penalty });
    };
    const [one, zero] = [ofArm(1), ofArm(0)];
    if (propensity === null || one === null || zero === null)
      return refuse("too-few", "a fold leaves too few units of an arm to fit a model; use fewer folds or columns");
    rows.forEach((row, i) => {
      if (fold[i] !== k) return;
      propensities[i] = propensity(row);
      ifTreated[i] = one(row);
      ifControl[i] = zero(row);
    });
  }
  return { propensities, ifTreated, ifControl };
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
