import type { PairedMoments } from "./ratio-metric.ts";
import { refuse, type Refused } from "../refused.ts";

/** Sums over units of numerator and denominator after and before exposure, in that order, and of their products. */
export interface RatioSums {
  readonly n: number;
  readonly sums: readonly [number, number, number, number];
  /** Σ of products of each pair, symmetric. */
  readonly products: readonly (readonly number[])[];
}

/** Both arms of a ratio metric as moments for `cuped`. */
export interface LinearisedArms {
  readonly kind: "linearised";
  readonly control: PairedMoments;
  readonly treatment: PairedMoments;
}

/**
 * CUPED for a ratio metric: linearises the ratio after and before exposure, so that `cuped` can take the one out of the other.
 *
 * @returns `zero-baseline` when a denominator sums to 0, `too-few` below two units an arm, `invalid-input` for sums not finite.
 * @see Deng, Xu, Kohavi & Walker (2013), appendix B; Deng, Knoblich & Lu (2018), section 2.2.
 * @part cuped
 */
export function linearisedRatios(
  control: RatioSums,
  treatment: RatioSums,
): LinearisedArms | Refused<"invalid-input" | "too-few" | "zero-baseline"> {
  for (const { n, sums, products } of [control, treatment]) {
    if (
      ![...sums, ...products.flat()].every(Number.isFinite) ||
      products.length !== 4 ||
      products.some((r) => r.length !== 4)
    )
      return refuse("invalid-input", "needs four finite sums and their sixteen products");
    if (!(n >= 2)) return refuse("too-few", `each arm needs at least 2 units, got ${n}`);
    if (sums[1] === 0 || sums[3] === 0) return refuse("zero-baseline", "the denominators sum to 0");
  }
  return { kind: "linearised", control: linearised(control), treatment: linearised(treatment) };
}

/** Ratio ≈ ratio of means + (M − ratio·D)/mean D: first after, second before exposure. */
function linearised({ n, sums, products }: RatioSums): PairedMoments {
  const means = sums.map((s) => s / n);
  const [mAfter = NaN, dAfter = NaN, mBefore = NaN, dBefore = NaN] = means;
  const after = [1 / dAfter, -mAfter / dAfter ** 2, 0, 0];
  const before = [0, 0, 1 / dBefore, -mBefore / dBefore ** 2];
  const coMoment = (a: readonly number[], b: readonly number[]): number =>
    a.reduce(
      (t, x, i) =>
        t +
        b.reduce((s, y, j) => s + x * y * ((products[i]?.[j] ?? NaN) - n * (means[i] ?? NaN) * (means[j] ?? NaN)), 0),
      0,
    );
  return {
    first: { n, mean: mAfter / dAfter, m2: Math.max(0, coMoment(after, after)) },
    second: { n, mean: mBefore / dBefore, m2: Math.max(0, coMoment(before, before)) },
    coMoment: coMoment(after, before),
  };
}
