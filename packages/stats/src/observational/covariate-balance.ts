import { refuse, type Refused } from "../refused.ts";

/** Standardised mean difference (treated − untreated) of one covariate, before and after weighting. */
export interface BalanceRow {
  readonly before: number;
  readonly after: number;
}

/** Balance of all covariates, in the order of the columns. */
export interface CovariateBalance {
  readonly kind: "estimate";
  readonly covariates: readonly BalanceRow[];
  /** Largest absolute difference before and after. Below 0.1 after weighting is the usual bar. */
  readonly largestBefore: number;
  readonly largestAfter: number;
}

/**
 * How far apart the groups' covariates are, in standard deviations, before and after weighting.
 *
 * Both are divided by the unweighted spread, so that weighting cannot look good by widening it. A covariate that is constant in both
 * groups differs by 0 when the constants are equal, and is refused otherwise.
 *
 * @formula d = (x̄_T − x̄_C)/√((s²_T + s²_C)/2), with weighted means after
 * @assumes nothing; it cannot see covariates that were not measured
 * @param rows - one row a unit; `weights` as of `balancingWeights`, 1 each when left out.
 * @returns `too-few` below two units in a group, `zero-variance` when a covariate separates the groups without any spread,
 * `thin-overlap` when a group has no weight, `invalid-input` otherwise.
 * @see Austin (2011), "An introduction to propensity score methods", section "Balance diagnostics"
 * @example
 * const balance = covariateBalance([[1], [3], [0], [2]], [1, 1, 0, 0], [1, 1, 0.5, 1.5]);
 * balance.covariates[0].before // => 0.7071
 * balance.covariates[0].after // => 0.3536
 */
export function covariateBalance(
  rows: readonly (readonly number[])[],
  treated: readonly number[],
  weights: readonly number[] = rows.map(() => 1),
): CovariateBalance | Refused<"invalid-input" | "too-few" | "zero-variance" | "thin-overlap"> {
  const columns = rows[0]?.length ?? 0;
  if (rows.length !== treated.length || rows.length !== weights.length || !treated.every((w) => w === 0 || w === 1))
    return refuse("invalid-input", "rows, arms (0 or 1) and weights must be equally many");
  if (!rows.every((row) => row.length === columns && row.every(Number.isFinite)))
    return refuse("invalid-input", "every unit needs as many finite covariates as the others");
  if (!weights.every((w) => w >= 0 && w < Infinity))
    return refuse("invalid-input", "weights must be finite and not negative");
  const counts = [0, 1].map((arm) => treated.filter((w) => w === arm).length);
  if (columns === 0 || counts.some((n) => n < 2))
    return refuse("too-few", "needs a covariate, and two units in either group");
  const totals = [0, 1].map((arm) => weights.reduce((t, w, i) => t + (treated[i] === arm ? w : 0), 0));
  if (!totals.every((t) => t > 0)) return refuse("thin-overlap", "a group has no weight");
  const covariates: BalanceRow[] = [];
  for (let k = 0; k < columns; k++) {
    const row = balanceOf(
      Float64Array.from(rows, (r) => r[k] ?? NaN),
      treated,
      weights,
    );
    if (row === null) return refuse("zero-variance", `covariate ${k} is constant in both groups, at different values`);
    covariates.push(row);
  }
  const largest = (key: keyof BalanceRow): number => covariates.reduce((m, c) => Math.max(m, Math.abs(c[key])), 0);
  return { kind: "estimate", covariates, largestBefore: largest("before"), largestAfter: largest("after") };
}

function balanceOf(xs: Float64Array, treated: readonly number[], weights: readonly number[]): BalanceRow | null {
  const group = (arm: 0 | 1): { readonly plain: number; readonly weighted: number; readonly variance: number } => {
    let [n, total, plain, weighted, m2] = [0, 0, 0, 0, 0];
    xs.forEach((x, i) => {
      if (treated[i] !== arm) return;
      const w = weights[i] ?? 0;
      n++;
      const step = x - plain;
      plain += step / n;
      m2 += step * (x - plain);
      total += w;
      if (w > 0) weighted += (w / total) * (x - weighted);
    });
    return { plain, weighted, variance: m2 / (n - 1) };
  };
  const [one, zero] = [group(1), group(0)];
  const spread = Math.sqrt((one.variance + zero.variance) / 2);
  if (spread > 0 && spread < Infinity)
    return { before: (one.plain - zero.plain) / spread, after: (one.weighted - zero.weighted) / spread };
  return one.plain === zero.plain ? { before: 0, after: 0 } : null;
}
