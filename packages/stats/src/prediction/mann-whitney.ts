import { refuse, type Refused } from "../refused.ts";
import { normalSf } from "../numerics/special-functions.ts";

/** U statistic of the treatment (pairs it wins, ties half) and the two-sided p-value of its normal approximation. */
export interface MannWhitney {
  readonly kind: "estimate";
  readonly u: number;
  readonly pValue: number;
}

/**
 * Rank test that treatment outcomes tend to be larger or smaller than control outcomes; ties corrected. O(N log N).
 *
 * @returns `too-few` with an empty arm, `zero-variance` when all values are equal, `invalid-input` for anything not finite.
 * @formula U = R_t − n_t(n_t + 1)/2; z = (|U − n_c·n_t/2| − ½ if corrected)/√(n_c·n_t/12·(N + 1 − Σ(t³ − t)/(N(N − 1))))
 * @assumes independent units; arms large enough for the normal approximation, about ten units each
 * @see Mann & Whitney (1947), "On a test of whether one of two random variables is stochastically larger than the other"; normal
 * approximation as in R's `wilcox.test(exact = FALSE)`.
 * @example
 * mannWhitney([1, 2, 3], [4, 5, 6], { correct: false }).u // => 9
 */
export function mannWhitney(
  control: readonly number[],
  treatment: readonly number[],
  { correct }: { readonly correct: boolean },
): MannWhitney | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (!control.every(Number.isFinite) || !treatment.every(Number.isFinite))
    return refuse("invalid-input", "values must be finite");
  if (control.length === 0 || treatment.length === 0) return refuse("too-few", "an arm has no units yet");
  const all = [
    ...control.map((x) => ({ x, treated: false })),
    ...treatment.map((x) => ({ x, treated: true })),
  ].toSorted((a, b) => a.x - b.x);
  const n = all.length;
  let rankSum = 0;
  let ties = 0;
  for (let start = 0; start < n;) {
    let end = start;
    let treated = 0;
    for (; end < n && all[end]?.x === all[start]?.x; end++) if (all[end]?.treated === true) treated++;
    const size = end - start;
    rankSum += treated * (start + (size + 1) / 2);
    ties += size * (size * size - 1);
    start = end;
  }
  const [nControl, nTreatment] = [control.length, treatment.length];
  const u = rankSum - (nTreatment * (nTreatment + 1)) / 2;
  const variance = ((nControl * nTreatment) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return refuse("zero-variance", "all values are equal");
  const gap = u - (nControl * nTreatment) / 2;
  const corrected = Math.max(0, Math.abs(gap) - (correct ? 0.5 : 0));
  return { kind: "estimate", u, pValue: Math.min(1, 2 * normalSf(corrected / Math.sqrt(variance))) };
}
