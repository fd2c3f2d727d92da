import { refuse, type Interval, type Refused } from "../refused.ts";
import { chiSquaredSf, normalQuantile } from "../numerics/special-functions.ts";

/** One stratum's 2×2 table: a = row 1 column 1, b = row 1 column 2, c = row 2 column 1, d = row 2 column 2. */
export interface TwoByTwoTable {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Common odds ratio over strata and the test that it is 1. */
export interface MantelHaenszel {
  readonly kind: "estimate";
  readonly chiSquared: number;
  readonly pValue: number;
  readonly oddsRatio: number;
  readonly interval: Interval;
}

/**
 * Test of association and common odds ratio over strata, so that strata of different sizes and base rates cannot fake an effect
 * (Simpson's paradox under a ramp).
 *
 * @returns `too-few` when no stratum has two units, `zero-variance` when no stratum can show an association.
 * @see Mantel & Haenszel (1959); Robins, Breslow & Greenland (1986) for the interval.
 * @formula χ² = (|Σ (a − E a)| − ½)² / Σ var a; common odds ratio Σ (ad/n) / Σ (bc/n)
 * @assumes independent units; the odds ratio is the same in all strata
 * @example
 * const strata = [{ a: 20, b: 80, c: 10, d: 90 }, { a: 30, b: 20, c: 25, d: 25 }];
 * cochranMantelHaenszel(strata, { confidence: 0.95, correct: false }) // => { oddsRatio: 1.8333, pValue: 0.035021 }
 */
export function cochranMantelHaenszel(
  strata: readonly TwoByTwoTable[],
  { confidence, correct }: { readonly confidence: number; readonly correct: boolean },
): MantelHaenszel | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (!strata.every((table) => Object.values(table).every((n: number) => n >= 0 && n < Infinity)))
    return refuse("invalid-input", "a table needs four counts that are finite and not negative");
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  let gap = 0;
  let variance = 0;
  let [concordant, discordant] = [0, 0];
  let [both, cross, neither] = [0, 0, 0];
  let used = 0;
  for (const { a, b, c, d } of strata) {
    const n = a + b + c + d;
    if (n < 2) continue;
    used++;
    gap += a - ((a + b) * (a + c)) / n;
    variance += ((a + b) * (c + d) * (a + c) * (b + d)) / (n * n * (n - 1));
    const [ad, bc, diagonal, offDiagonal] = [(a * d) / n, (b * c) / n, (a + d) / n, (b + c) / n];
    concordant += ad;
    discordant += bc;
    both += diagonal * ad;
    cross += diagonal * bc + offDiagonal * ad;
    neither += offDiagonal * bc;
  }
  if (used === 0) return refuse("too-few", "no stratum has at least 2 units");
  if (variance === 0) return refuse("zero-variance", "in every stratum one row or one column is empty");
  const distance = Math.abs(gap);
  const statistic = (distance - (correct && distance >= 0.5 ? 0.5 : 0)) ** 2 / variance;
  const oddsRatio = concordant / discordant;
  const logVariance =
    both / (2 * concordant ** 2) + cross / (2 * concordant * discordant) + neither / (2 * discordant ** 2);
  const half = -normalQuantile((1 - confidence) / 2) * Math.sqrt(logVariance);
  return {
    kind: "estimate",
    chiSquared: statistic,
    pValue: chiSquaredSf(statistic, 1),
    oddsRatio,
    interval: Number.isFinite(logVariance)
      ? { lower: oddsRatio * Math.exp(-half), upper: oddsRatio * Math.exp(half) }
      : { lower: 0, upper: Infinity },
  };
}
