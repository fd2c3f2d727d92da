import { LuDecomposition, Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";

/** Donors' shares (not negative, sum 1) and how well their mix follows the treated unit before the treatment. */
export interface SyntheticControl {
  readonly kind: "estimate";
  readonly weights: readonly number[];
  /** Root mean squared difference over the periods, in units of the outcome. */
  readonly fitError: number;
}

/** Each step lowers the misfit strictly, so no set of donors comes twice; hundreds are the most that was seen. */
const STEPS_MAX = 10_000;

/**
 * Weights of the donors whose mix is closest to the treated unit before treatment: least squares on the simplex, by an active set.
 *
 * No standard error: judge an effect by giving the treatment to each donor in turn (placebo), and distrust a poor fit.
 *
 * @formula min over w ≥ 0, Σw = 1 of Σ_t (y_t − Σ_k w_k d_tk)²
 * @assumes the mix that follows the treated unit before would have followed it afterwards, had nothing been done
 * @param donors - one row a period, one column a donor.
 * @returns `too-few` without periods or donors, `not-converged` when the weights do not settle, `invalid-input` otherwise.
 * @see Abadie, Diamond & Hainmueller (2010), "Synthetic control methods for comparative case studies", eq. 6, with V the identity;
 * Wolfe (1976), "Finding the nearest point in a polytope", for the active set
 * @example
 * syntheticControl([1, 3], [[0, 4], [4, 0]]).weights // => [0.75, 0.25]
 */
export function syntheticControl(
  treated: readonly number[],
  donors: readonly (readonly number[])[],
): SyntheticControl | Refused<"invalid-input" | "too-few" | "not-converged"> {
  const count = donors[0]?.length ?? 0;
  if (treated.length === 0 || count === 0) return refuse("too-few", "needs a period and a donor");
  if (donors.length !== treated.length || !donors.every((row) => row.length === count && row.every(Number.isFinite)))
    return refuse("invalid-input", "every period needs a finite outcome of every donor");
  if (!treated.every(Number.isFinite)) return refuse("invalid-input", "outcomes must be finite");
  // Shares sum to 1, so each period may be counted from the treated outcome: the common level would only cost digits and steps.
  const x = new Matrix(donors.map((row, t) => row.map((d) => d - (treated[t] ?? NaN))));
  const weights = nearestMix(x.transpose().mmul(x).to2DArray());
  if (weights === null) return refuse("not-converged", `the weights did not settle in ${STEPS_MAX} steps`);
  const squares = treated.reduce((t, y, i) => {
    const mix = (donors[i] ?? []).reduce((s, d, k) => s + d * (weights[k] ?? 0), 0);
    return t + (y - mix) ** 2;
  }, 0);
  return { kind: "estimate", weights, fitError: Math.sqrt(squares / treated.length) };
}

/**
 * The point nearest to 0 in the hull of the donors' differences, w'Gw least: adds the donor that helps most, solves for the shares of
 * those in use without minding their sign, and drops who would be negative.
 */
function nearestMix(gram: readonly (readonly number[])[]): readonly number[] | null {
  const scale = gram.reduce((most, row, k) => Math.max(most, row[k] ?? 0), 0);
  if (scale === 0) return gram.map(() => 1 / gram.length);
  const slopes = (w: readonly number[]): number[] => gram.map((row) => row.reduce((t, g, l) => t + g * (w[l] ?? 0), 0));
  const best = gram.reduce((least, row, k) => ((row[k] ?? 0) < (gram[least]?.[least] ?? 0) ? k : least), 0);
  let weights: number[] = gram.map((_, k) => Number(k === best));
  let used = [best];
  for (let step = 0; step < STEPS_MAX; step++) {
    const slope = slopes(weights);
    const level = slope.reduce((t, s, k) => t + s * (weights[k] ?? 0), 0);
    const next = slope.reduce((least, s, k) => (s < (slope[least] ?? 0) ? k : least), 0);
    if (used.includes(next) || (slope[next] ?? 0) >= level - 1e-13 * scale) return weights;
    used.push(next);
    // Each pass but the last drops a donor, so there are no more of them than donors in use.
    for (let pass = used.length; pass >= 0; pass--) {
      const shares = affineShares(gram, used, scale);
      // Who cannot be told apart from a mix of the others improves nothing but rounding.
      if (shares === null) return weights;
      const reach = used.reduce((most, k, i) => {
        const [from, to] = [weights[k] ?? 0, shares[i] ?? 0];
        return to < 0 ? Math.min(most, from / (from - to)) : most;
      }, 1);
      weights = weights.map((w, k) => {
        const to = shares[used.indexOf(k)] ?? 0;
        return Math.max(0, w + reach * (to - w));
      });
      if (reach === 1) break;
      const kept = used.filter((k, i) => (shares[i] ?? 0) >= 0 || (weights[k] ?? 0) > 1e-15);
      weights = weights.map((w, k) => (kept.includes(k) ? w : 0));
      // Rounding must not keep all: the one that stopped the step leaves.
      used = kept.length < used.length ? kept : used.filter((k) => (weights[k] ?? 0) > 0);
    }
  }
  return null;
}

/** Shares (of any sign, sum 1) of the used donors that bring their mix nearest to 0; null when they cannot be told apart. */
function affineShares(
  gram: readonly (readonly number[])[],
  used: readonly number[],
  scale: number,
): readonly number[] | null {
  const system = new Matrix(used.map((k) => used.map((l) => (gram[k]?.[l] ?? 0) / scale + 1)));
  const lu = new LuDecomposition(system);
  if (lu.isSingular()) return null;
  const raw = lu.solve(Matrix.ones(used.length, 1)).to1DArray();
  const total = raw.reduce((t, z) => t + z, 0);
  return total > 0 ? raw.map((z) => z / total) : null;
}
