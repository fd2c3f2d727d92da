import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Refused } from "../refused.ts";
import { allFinite } from "./dense-rows.ts";
import { packedNumbers } from "./logistic-data.ts";

/** A rising step-and-slope function: `x` strictly increasing, `y` not decreasing, equally many. */
export interface IsotonicFit {
  readonly kind: "estimate";
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Least-squares fit of a function that never falls (isotonic regression), for calibrating scores from about 1,000 positives on.
 *
 * Outcomes at equal scores are averaged first, by weight. O(n log n); the pooling itself is linear.
 *
 * @param scores - any finite numbers; `outcomes` likewise (0 or 1 for calibration).
 * @returns `too-few` without units of positive weight; `invalid-input` for unequal lengths, anything not finite or a negative weight.
 * @formula minimise Σ wᵢ(yᵢ − f(xᵢ))² over f that never falls
 * @assumes the chance of the outcome does not fall as the score rises
 * @see Barlow, Bartholomew, Bremner & Brunk (1972); pool adjacent violators as in Best & Chakravarti (1990), section 2;
 * Zadrozny & Elkan (2002), "Transforming classifier scores into accurate multiclass probability estimates", section 3.
 * @example
 * isotonicRegression([1, 2, 3, 4], [0, 1, 0, 1]).y // => [0, 0.5, 0.5, 1]
 */
export function isotonicRegression(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): IsotonicFit | Refused<"invalid-input" | "too-few"> {
  const n = scores.length;
  if (outcomes.length !== n || (weights ?? scores).length !== n)
    return refuse("invalid-input", "scores, outcomes and weights must be equally many");
  const units = {
    scores: packedNumbers(scores),
    outcomes: packedNumbers(outcomes),
    weights: weights === undefined ? new Float64Array(n).fill(1) : packedNumbers(weights),
  };
  if (!allFinite(units.scores) || !allFinite(units.outcomes) || !allFinite(units.weights))
    return refuse("invalid-input", "scores, outcomes and weights must be finite");
  if (weights !== undefined && units.weights.some((w) => w < 0))
    return refuse("invalid-input", "weights must not be negative");
  const points = tiesAveraged(units);
  if (points.size === 0) return refuse("too-few", "no unit has a positive weight");
  return { kind: "estimate", x: listed(points.x, points.size), y: pooled(points) };
}

/**
 * Value at a score: linear between neighbouring scores seen, constant beyond the outermost.
 *
 * @part isotonicRegression
 * @example
 * isotonicValue({ kind: "estimate", x: [1, 2], y: [0, 1] }, 1.5) // => 0.5
 */
export function isotonicValue({ x, y }: IsotonicFit, score: number): number {
  let [low, high] = [0, x.length - 1];
  if (!(score > (x[low] ?? NaN))) return Number.isNaN(score) ? NaN : (y[low] ?? NaN);
  if (score >= (x[high] ?? NaN)) return y[high] ?? NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? NaN) <= score) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [x[low] ?? NaN, x[high] ?? NaN, y[low] ?? NaN, y[high] ?? NaN];
  return y0 === y1 ? y0 : y0 + ((y1 - y0) * (score - x0)) / (x1 - x0);
}

interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly w: Float64Array;
  readonly size: number;
}

interface Units {
  readonly scores: Float64Array;
  readonly outcomes: Float64Array;
  readonly weights: Float64Array;
}

function tiesAveraged({ scores, outcomes, weights }: Units): Points {
  const n = scores.length;
  const order = ascendingOrder(scores);
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  const w = new Float64Array(n);
  let size = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k] ?? 0;
    const weight = weights[i] ?? 0;
    if (weight === 0) continue;
    const score = scores[i] ?? 0;
    if (size > 0 && x[size - 1] === score) {
      const at = size - 1;
      const mass = (w[at] ?? 0) + weight;
      const mean = y[at] ?? 0;
      y[at] = mean + (((outcomes[i] ?? 0) - mean) * weight) / mass;
      w[at] = mass;
      continue;
    }
    x[size] = score;
    y[size] = outcomes[i] ?? 0;
    w[size] = weight;
    size++;
  }
  return { x, y, w, size };
}

/** Pool adjacent violators: a stack of blocks, merged backwards while the last is not above the one before. */
function pooled({ y, w, size }: Points): readonly number[] {
  const level = new Float64Array(size);
  const weight = new Float64Array(size);
  const end = new Uint32Array(size);
  let blocks = 0;
  for (let i = 0; i < size; i++) {
    let value = y[i] ?? 0;
    let mass = w[i] ?? 0;
    while (blocks > 0 && (level[blocks - 1] ?? 0) >= value) {
      blocks--;
      const other = weight[blocks] ?? 0;
      value = (value * mass + (level[blocks] ?? 0) * other) / (mass + other);
      mass += other;
    }
    level[blocks] = value;
    weight[blocks] = mass;
    end[blocks] = i + 1;
    blocks++;
  }
  const fitted: number[] = [];
  for (let b = 0; b < blocks; b++) {
    const value = level[b] ?? 0;
    const last = end[b] ?? size;
    while (fitted.length < last) fitted.push(value);
  }
  return fitted;
}

/** The first numbers as a list, in a plain loop: an iterator over as many would cost as much as their order. */
function listed(numbers: Float64Array, size: number): readonly number[] {
  const list: number[] = [];
  for (let i = 0; i < size; i++) list.push(numbers[i] ?? NaN);
  return list;
}
