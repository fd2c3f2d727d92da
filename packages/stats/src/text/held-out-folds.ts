import { mersenneRng } from "../numerics/random.ts";
import { refuse, type Refused } from "../refused.ts";
import { logSoftmax, sparseMultinomial, sparseScores, type SparseMultinomialInput } from "./sparse-multinomial.ts";
import { chosenRows, rowAt } from "./sparse-rows.ts";
import { temperatureScaling } from "./temperature-scaling.ts";

/** How to deal units to folds, and the penalties to choose from. */
export interface FoldOptions {
  readonly folds: number;
  readonly penalties: readonly number[];
  readonly seed: number;
}

/** The penalty chosen, and the log-odds of every unit from the model of the folds that it is not in. */
export interface HeldOut {
  readonly kind: "estimate";
  readonly penalty: number;
  readonly temperature: number;
  readonly scores: readonly Float64Array[];
}

export type FitRefusal = "invalid-input" | "too-few" | "one-class" | "no-signal" | "not-converged";

/** Mean gap at which more passes change no answer. */
export const TOLERANCE = 3e-3;
/** Held-out units by which penalties can be told apart; many folds are tried only where units are few. */
const ENOUGH = 1000;

/**
 * Deals units to folds, chooses the penalty whose held-out log loss is least at its own best temperature, and gives the held-out scores.
 *
 * Penalties are compared on as many folds as hold out 1,000 units. Where that is not all of them, units are many, the loss is smooth in
 * the penalty, and the first that does worse than the one before ends the search.
 */
export function heldOutFolds(input: SparseMultinomialInput, options: FoldOptions): HeldOut | Refused<FitRefusal> {
  const fold = foldsOf(input.outcomes, options);
  const n = input.outcomes.length;
  const tried = Math.min(options.folds, Math.ceil((ENOUGH * options.folds) / n));
  const parts = Array.from({ length: options.folds }, (_, k) => unitsOf(fold, k));
  let best: { readonly penalty: number; readonly loss: number; readonly scores: Map<number, Float64Array> } | null =
    null;
  for (const penalty of options.penalties) {
    const scores = scoresOf(input, parts.slice(0, options.penalties.length > 1 ? tried : 0), { penalty, ...options });
    if (!(scores instanceof Map)) return scores;
    const loss = scores.size === 0 ? 0 : scaledLoss(scores, input.outcomes);
    if (best === null || loss < best.loss) best = { penalty, loss, scores };
    else if (tried < options.folds) break;
  }
  if (best === null) return refuse("invalid-input", "no penalty to choose from");
  const done = best.scores;
  const rest = scoresOf(
    input,
    parts.filter((part) => part.some((i) => !done.has(i))),
    { penalty: best.penalty, seed: options.seed },
  );
  if (!(rest instanceof Map)) return rest;
  const scores = Array.from(input.outcomes, (_, i) => done.get(i) ?? rest.get(i) ?? new Float64Array(input.classes));
  const scaled = temperatureScaling(scores, input.outcomes);
  return scaled.kind === "refused"
    ? scaled
    : { kind: "estimate", penalty: best.penalty, temperature: scaled.temperature, scores };
}

/** Log-odds of the units of some parts, each from a model of all units outside its part. */
function scoresOf(
  { rows, outcomes, classes }: SparseMultinomialInput,
  parts: readonly (readonly number[])[],
  { penalty, seed }: { readonly penalty: number; readonly seed: number },
): Map<number, Float64Array> | Refused<FitRefusal> {
  const scores = new Map<number, Float64Array>();
  for (const part of parts) {
    const left = new Set(part);
    const learned = Array.from(outcomes, (_, i) => i).filter((i) => !left.has(i));
    const fit = sparseMultinomial(
      { rows: chosenRows(rows, learned), outcomes: learned.map((i) => outcomes[i] ?? 0), classes },
      { penalty, seed, tolerance: TOLERANCE },
    );
    if (fit.kind === "refused") return fit;
    for (const i of part) scores.set(i, sparseScores(fit, rowAt(rows, i)));
  }
  return scores;
}

/** Mean log loss at the best temperature; Infinity where no temperature helps. */
function scaledLoss(scores: ReadonlyMap<number, Float64Array>, outcomes: ArrayLike<number>): number {
  const units = [...scores.keys()].map((i) => outcomes[i] ?? 0);
  const scaled = temperatureScaling([...scores.values()], units);
  if (scaled.kind === "refused") return Infinity;
  const losses = [...scores.values()].map((score, k) => -(logSoftmax(score, scaled.temperature)[units[k] ?? 0] ?? 0));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Deals each outcome's units to the folds in turn, shuffled: every fold has its share of every outcome. */
function foldsOf(outcomes: ArrayLike<number>, { folds, seed }: FoldOptions): Uint32Array {
  const rng = mersenneRng(seed);
  const units = Array.from(outcomes, (outcome, i) => ({ outcome, i, key: rng.next() }));
  const fold = new Uint32Array(outcomes.length);
  units.toSorted((a, b) => a.outcome - b.outcome || a.key - b.key).forEach(({ i }, place) => (fold[i] = place % folds));
  return fold;
}

function unitsOf(fold: Uint32Array, k: number): readonly number[] {
  return Array.from(fold, (_, i) => i).filter((i) => fold[i] === k);
}
