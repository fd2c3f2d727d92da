import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Refused } from "../refused.ts";

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
 * @see Barlow, Bartholomew, Bremner & Brunk (1972); pool adjacent violators as in Best & Chakravarti (1990), section 2;
 * Zadrozny & Elkan (2002), "Transforming classifier scores into accurate multiclass probability estimates", section 3.
 */
export function isotonicRegression(
  scores: readonly number[],
  outcomes: readonly number[],
  weights?: readonly number[],
): IsotonicFit | Refused<"invalid-input" | "too-few"> {
  const n = scores.length;
  if (outcomes.length !== n || (weights ?? scores).length !== n || !scores.every(Number.isFinite))
    return refuse("invalid-input", "scores, outcomes and weights must be equally many and finite");
  if (!outcomes.every(Number.isFinite) || weights?.every((w) => w >= 0 && w < Infinity) === false)
    return refuse("invalid-input", "outcomes must be finite, weights finite and not negative");
  const points = tiesAveraged(scores, outcomes, weights);
  if (points.size === 0) return refuse("too-few", "no unit has a positive weight");
  const y = pooled(points);
  return { kind: "estimate", x: [...points.x.subarray(0, points.size)], y: [...y] };
}

/** Value at a score: linear between neighbouring scores seen, constant beyond the outermost. */
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

function tiesAveraged(
  scores: readonly number[],
  outcomes: readonly number[],
  weights: readonly number[] | undefined,
): Points {
  const n = scores.length;
  const order = ascendingOrder(scores);
  const [x, y, w] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let size = 0;
  for (const i of order) {
    const weight = weights?.[i] ?? 1;
    if (weight === 0) continue;
    const score = scores[i] ?? 0;
    if (size === 0 || x[size - 1] !== score) {
      x[size] = score;
      size++;
    }
    const k = size - 1;
    w[k] = (w[k] ?? 0) + weight;
    y[k] = (y[k] ?? 0) + (((outcomes[i] ?? 0) - (y[k] ?? 0)) * weight) / (w[k] ?? 1);
  }
  return { x, y, w, size };
}

/** Pool adjacent violators: a stack of blocks, merged backwards while the last is not above the one before. */
function pooled({ y, w, size }: Points): Float64Array {
  const [level, weight, end] = [new Float64Array(size), new Float64Array(size), new Uint32Array(size)];
  let blocks = 0;
  for (let i = 0; i < size; i++) {
    let [value, mass] = [y[i] ?? 0, w[i] ?? 0];
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
  const fitted = new Float64Array(size);
  for (let b = 0, start = 0; b < blocks; b++) {
    fitted.fill(level[b] ?? 0, start, end[b]);
    start = end[b] ?? size;
  }
  return fitted;
}
