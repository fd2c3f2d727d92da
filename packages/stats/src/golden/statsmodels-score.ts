import { bisect } from "../numerics/bisect.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";

/**
 * The score interval for a difference of rates as statsmodels 0.13.5 computes it, for comparison only.
 *
 * Its constrained likelihood equation has a slip: the linear coefficient of the cubic is (x0·δ − N − 2·x0)·δ + X where Miettinen &
 * Nurminen (1985, appendix) have (n0·δ − N − 2·x0)·δ + X, which setting the derivative of the likelihood to zero confirms. Its
 * interval therefore changes when the arms are swapped; ours (`differenceInterval`, "miettinen-nurminen") does not.
 */
export function statsmodelsScoreInterval(
  control: Conversions,
  treatment: Conversions,
  alpha: number,
): readonly number[] | null {
  const z = -normalQuantile(alpha / 2);
  const estimate = treatment.conversions / treatment.n - control.conversions / control.n;
  const edge = 1 - 1e-12;
  const above = (delta: number): number => slippedScore(control, treatment, delta) - z;
  const below = (delta: number): number => slippedScore(control, treatment, delta) + z;
  if (!(above(-edge) > 0 && below(edge) < 0)) return null; // the reference finds no root here either
  return [bisect(above, -edge, estimate), bisect(below, estimate, edge)];
}

/** Its score statistic for rate(treatment) − rate(control) = delta, with that slip. */
export function slippedScore(control: Conversions, treatment: Conversions, delta: number): number {
  const [n0, x0, n1, x1] = [control.n, control.conversions, treatment.n, treatment.conversions];
  const n = n0 + n1;
  const c2 = (n1 + 2 * n0) * delta - n - x0 - x1;
  const c1 = (x0 * delta - n - 2 * x0) * delta + x0 + x1;
  const c0 = x0 * delta * (1 - delta);
  const q = (c2 / (3 * n)) ** 3 - (c1 * c2) / (6 * n * n) + c0 / (2 * n);
  const p = Math.sign(q) * Math.sqrt(Math.max(0, (c2 / (3 * n)) ** 2 - c1 / (3 * n)));
  const angle = (Math.PI + Math.acos(Math.max(-1, Math.min(1, q / p ** 3)))) / 3;
  const rate0 = Math.min(1, Math.max(0, 2 * p * Math.cos(angle) - c2 / (3 * n)));
  const rate1 = Math.min(1, Math.max(0, rate0 + delta));
  const difference = x1 / n1 - x0 / n0 - delta;
  return difference === 0
    ? 0
    : difference / Math.sqrt(((rate1 * (1 - rate1)) / n1 + (rate0 * (1 - rate0)) / n0) * (n / (n - 1)));
}
