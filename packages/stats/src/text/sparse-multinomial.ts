import { mersenneRng, type Rng } from "../numerics/random.ts";
import { refuse, type Refused } from "../refused.ts";
import type { SparseRow, SparseRows } from "./sparse-rows.ts";

/** Units with one of several outcomes, numbered 0, 1, … below `classes`. */
export interface SparseMultinomialInput {
  readonly rows: SparseRows;
  readonly outcomes: ArrayLike<number>;
  readonly classes: number;
}

/** `penalty` λ > 0 as in `multinomialRegression` (scikit-learn's 1/C); it holds the intercepts too. */
export interface SparseMultinomialOptions {
  readonly penalty: number;
  /** Seed of the order in which units are visited. */
  readonly seed: number;
  /** Mean gap (see `gap`) at which to stop; default 0.001. */
  readonly tolerance?: number;
  /** Passes over the units at most; default 50. */
  readonly passesMax?: number;
}

/** log P(outcome) = intercept + Σ coefficient·column, less what makes the probabilities sum to 1. */
export interface SparseMultinomialFit {
  readonly kind: "estimate";
  /** One an outcome. */
  readonly intercepts: Float64Array;
  /** `coefficients[column·classes + outcome]`. */
  readonly coefficients: Float64Array;
  readonly classes: number;
  /** What the penalised loss, per unit, can be above its least: a proof, not a guess (duality gap, taken during the last pass). */
  readonly gap: number;
  readonly passes: number;
}

const CLASSES_MAX = 1000;
/** Strong convexity of the negative entropy in Euclidean length, for differences that sum to 0 (Pinsker's inequality). */
const CONVEXITY = 2;

/**
 * Multinomial (softmax) logistic regression with a ridge penalty on sparse rows, by stochastic dual coordinate ascent.
 *
 * The dual of a unit is a distribution over outcomes that moves from its own outcome towards what the model says; the divergence
 * between the two, summed over units, bounds what is left to gain. No step size, no learning rate: the same seed gives the same bytes.
 *
 * @returns `one-class` unless two outcomes are seen; `too-few` without units; `invalid-input` for unequal lengths, an outcome that is no
 * index below `classes`, a penalty not above 0, a tolerance below 0, no pass at all, or rows
 * too long to be squared; `not-converged` where numbers overflow on the way. Passes that ran out are no refusal: `gap` says so.
 * @formula minimise −Σ log pᵢ(yᵢ) + λ/2·Σ(a_c² + ‖b_c‖²),  p_c ∝ exp(a_c + x·b_c);  gap = 1/n·Σ KL(πᵢ‖pᵢ)
 * @assumes log-odds between any two outcomes linear in the columns; independent units
 * @see Shalev-Shwartz & Zhang (2013), "Stochastic dual coordinate ascent methods for regularized loss minimization", section 6 (option
 * III); Yu, Huang & Lin (2011), "Dual coordinate descent methods for logistic regression and maximum entropy models", section 4.
 * @example
 * const rows = sparseRows([0, 0, 1, 1].map((k) => ({ columns: Uint32Array.of(k), values: Float64Array.of(1) })), 2);
 * const fit = sparseMultinomial({ rows, outcomes: [0, 0, 1, 1], classes: 2 }, { penalty: 1, seed: 1, tolerance: 1e-12, passesMax: 500 });
 * sparseProbabilities(fit, { columns: Uint32Array.of(1), values: Float64Array.of(1) })[1] // => 0.73935
 */
export function sparseMultinomial(
  { rows, outcomes, classes }: SparseMultinomialInput,
  { penalty, seed, tolerance = 1e-3, passesMax = 50 }: SparseMultinomialOptions,
): SparseMultinomialFit | Refused<"invalid-input" | "too-few" | "one-class" | "not-converged"> {
  const fault = inputFault({ rows, outcomes, classes }) ?? optionsFault({ penalty, seed, tolerance, passesMax });
  if (fault !== null) return fault;
  const ascent = startOf({ rows, outcomes, classes }, penalty);
  if (!ascent.lengths.every(Number.isFinite))
    return refuse("invalid-input", "the columns are too large to be squared; scale the rows to length 1");
  const rng = mersenneRng(seed);
  const order = Uint32Array.from(outcomes, (_, i) => i);
  let gap = Infinity;
  let passes = 0;
  while (passes < passesMax && gap > tolerance) {
    shuffle(order, rng);
    gap = 0;
    for (const i of order) gap += visit(ascent, i) / order.length;
    passes++;
  }
  if (!Number.isFinite(gap)) return refuse("not-converged", "the columns are too large; scale the rows to length 1");
  const { intercepts, coefficients } = ascent;
  return { kind: "estimate", intercepts, coefficients, classes, gap: Math.max(0, gap), passes };
}

/**
 * Log-odds of each outcome of one unit under a fit, up to a constant; columns that the fit has not are left out.
 *
 * @part sparseMultinomial
 * @example
 * sparseScores({ intercepts: Float64Array.of(0, 0), coefficients: Float64Array.of(1, -1), classes: 2 }, { columns: Uint32Array.of(0), values: Float64Array.of(2) }) // => [2, -2]
 */
export function sparseScores(
  { intercepts, coefficients, classes }: SparseWeights,
  { columns, values }: SparseRow,
): Float64Array {
  const scores = Float64Array.from(intercepts);
  for (let k = 0; k < columns.length; k++) {
    const base = (columns[k] ?? 0) * classes;
    const value = values[k] ?? 0;
    if (base + classes > coefficients.length) continue;
    for (let c = 0; c < classes; c++) scores[c] = (scores[c] ?? 0) + value * (coefficients[base + c] ?? 0);
  }
  return scores;
}

/**
 * P(each outcome) of one unit under a fit; they sum to 1.
 *
 * @part sparseMultinomial
 * @example
 * sparseProbabilities({ intercepts: Float64Array.of(0, 0), coefficients: Float64Array.of(1, -1), classes: 2 }, { columns: Uint32Array.of(), values: Float64Array.of() }) // => [0.5, 0.5]
 */
export function sparseProbabilities(fit: SparseWeights, row: SparseRow): Float64Array {
  return softmax(sparseScores(fit, row), 1);
}

/** What a prediction needs of a fit; single precision will do. */
export interface SparseWeights {
  readonly intercepts: ArrayLike<number> & Iterable<number>;
  readonly coefficients: ArrayLike<number>;
  readonly classes: number;
}

/** exp(score/temperature), scaled to sum to 1. */
export function softmax(scores: Float64Array, temperature: number): Float64Array {
  return logSoftmax(scores, temperature).map(Math.exp);
}

/** Logarithms of `softmax`: finite however small the probability. */
export function logSoftmax(scores: Float64Array, temperature: number): Float64Array {
  let largest = -Infinity;
  for (const score of scores) largest = Math.max(largest, score);
  let total = 0;
  for (const score of scores) total += Math.exp((score - largest) / temperature);
  return scores.map((score) => (score - largest) / temperature - Math.log(total));
}

interface Ascent {
  readonly rows: SparseRows;
  readonly classes: number;
  readonly penalty: number;
  /** Squared length of each row, its constant 1 for the intercept included. */
  readonly lengths: Float64Array;
  readonly intercepts: Float64Array;
  readonly coefficients: Float64Array;
  /** `duals[i·classes + c]`: unit i's distribution over outcomes. */
  readonly duals: Float64Array;
  /** Scratch for the unit being visited: log-odds, odds, and how far each outcome moves. */
  readonly scores: Float64Array;
  readonly odds: Float64Array;
  readonly moves: Float64Array;
}

function startOf({ rows, outcomes, classes }: SparseMultinomialInput, penalty: number): Ascent {
  const duals = new Float64Array(outcomes.length * classes);
  const lengths = new Float64Array(outcomes.length);
  for (let i = 0; i < outcomes.length; i++) {
    duals[i * classes + (outcomes[i] ?? 0)] = 1;
    let square = 1;
    for (let k = rows.starts[i] ?? 0; k < (rows.starts[i + 1] ?? 0); k++) square += (rows.values[k] ?? 0) ** 2;
    lengths[i] = square;
  }
  return {
    rows,
    classes,
    penalty,
    lengths,
    intercepts: new Float64Array(classes),
    coefficients: new Float64Array(rows.width * classes),
    duals,
    scores: new Float64Array(classes),
    odds: new Float64Array(classes),
    moves: new Float64Array(classes),
  };
}

/** Moves one unit's distribution as far towards the model's as the dual is sure to gain, and the model with it. Answers the divergence. */
function visit(ascent: Ascent, i: number): number {
  const { classes, scores, odds, duals, penalty, lengths, moves } = ascent;
  scoreInto(ascent, i);
  let largest = -Infinity;
  for (let c = 0; c < classes; c++) largest = Math.max(largest, scores[c] ?? 0);
  let total = 0;
  for (let c = 0; c < classes; c++) {
    const odd = Math.exp((scores[c] ?? 0) - largest);
    odds[c] = odd;
    total += odd;
  }
  const logTotal = largest + Math.log(total);
  let divergence = 0;
  let square = 0;
  for (let c = 0; c < classes; c++) {
    const logP = (scores[c] ?? 0) - logTotal;
    const dual = duals[i * classes + c] ?? 0;
    if (dual > 0) divergence += dual * (Math.log(dual) - logP);
    const move = (odds[c] ?? 0) / total - dual;
    moves[c] = move;
    square += move * move;
  }
  if (square === 0) return 0;
  const gain = (divergence + (CONVEXITY / 2) * square) / (square * (CONVEXITY + (lengths[i] ?? 0) / penalty));
  moveInto(ascent, i, Math.min(1, gain));
  return divergence;
}

function scoreInto({ rows, classes, intercepts, coefficients, scores }: Ascent, i: number): void {
  const { starts, columns, values } = rows;
  const end = starts[i + 1] ?? 0;
  for (let c = 0; c < classes; c++) scores[c] = intercepts[c] ?? 0;
  let k = starts[i] ?? 0;
  // Four columns at a time: the scores are read and written once for four of them.
  for (; k + 3 < end; k += 4) {
    const [a, b] = [(columns[k] ?? 0) * classes, (columns[k + 1] ?? 0) * classes];
    const [d, e] = [(columns[k + 2] ?? 0) * classes, (columns[k + 3] ?? 0) * classes];
    const [va, vb, vd, ve] = [values[k] ?? 0, values[k + 1] ?? 0, values[k + 2] ?? 0, values[k + 3] ?? 0];
    for (let c = 0; c < classes; c++)
      scores[c] =
        (scores[c] ?? 0) +
        (va * (coefficients[a + c] ?? 0) + vb * (coefficients[b + c] ?? 0)) +
        (vd * (coefficients[d + c] ?? 0) + ve * (coefficients[e + c] ?? 0));
  }
  for (; k < end; k++) {
    const base = (columns[k] ?? 0) * classes;
    const value = values[k] ?? 0;
    for (let c = 0; c < classes; c++) scores[c] = (scores[c] ?? 0) + value * (coefficients[base + c] ?? 0);
  }
}

function moveInto(ascent: Ascent, i: number, share: number): void {
  const { rows, classes, intercepts, coefficients, duals, moves, penalty } = ascent;
  const { starts, columns, values } = rows;
  for (let c = 0; c < classes; c++) {
    const move = share * (moves[c] ?? 0);
    const at = i * classes + c;
    duals[at] = Math.max(0, (duals[at] ?? 0) + move);
    moves[c] = move / penalty;
    intercepts[c] = (intercepts[c] ?? 0) - move / penalty;
  }
  const end = starts[i + 1] ?? 0;
  for (let k = starts[i] ?? 0; k < end; k++) {
    const base = (columns[k] ?? 0) * classes;
    const value = values[k] ?? 0;
    for (let c = 0; c < classes; c++) {
      const at = base + c;
      coefficients[at] = (coefficients[at] ?? 0) - value * (moves[c] ?? 0);
    }
  }
}

function shuffle(order: Uint32Array, rng: Rng): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(rng.next() * (i + 1));
    const held = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = held;
  }
}

function inputFault({
  rows,
  outcomes,
  classes,
}: SparseMultinomialInput): Refused<"invalid-input" | "too-few" | "one-class"> | null {
  const n = outcomes.length;
  if (!Number.isSafeInteger(classes) || classes < 1 || classes > CLASSES_MAX)
    return refuse("invalid-input", `classes must be a count up to ${CLASSES_MAX}, got ${classes}`);
  if (rows.starts.length !== n + 1) return refuse("invalid-input", "rows and outcomes must be equally many");
  if (n === 0) return refuse("too-few", "no units");
  const seen = new Set(Array.from(outcomes));
  if (![...seen].every((y) => Number.isSafeInteger(y) && y >= 0 && y < classes))
    return refuse("invalid-input", `outcomes must be indices from 0, below ${classes}`);
  return seen.size > 1 ? null : refuse("one-class", "all outcomes are alike; wait for one of another kind");
}

function optionsFault({
  penalty,
  seed,
  tolerance,
  passesMax,
}: Required<SparseMultinomialOptions>): Refused<"invalid-input"> | null {
  if (!(penalty > 0 && penalty < Infinity)) return refuse("invalid-input", `penalty must be above 0, got ${penalty}`);
  if (!Number.isSafeInteger(seed)) return refuse("invalid-input", `a seed must be an integer, got ${seed}`);
  if (!(tolerance >= 0)) return refuse("invalid-input", `tolerance must be 0 or more, got ${tolerance}`);
  return Number.isSafeInteger(passesMax) && passesMax > 0
    ? null
    : refuse("invalid-input", `passesMax must be a count, got ${passesMax}`);
}
