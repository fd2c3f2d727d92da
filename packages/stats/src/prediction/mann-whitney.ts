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
 * @returns `too-few` with an empty arm, `zero-variance` when all values are equal.
 * @see Mann & Whitney (1947); normal approximation as in R's `wilcox.test(exact = FALSE)`.
 */
export function mannWhitney(
  control: readonly number[],
  treatment: readonly number[],
  { correct }: { readonly correct: boolean },
): MannWhitney | Refused<"too-few" | "zero-variance"> {
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
