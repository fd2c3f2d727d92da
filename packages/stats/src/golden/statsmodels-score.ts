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
  const [p0, p1] = [control.conversions / control.n, treatment.conversions / treatment.n];
  const estimate = p1 - p0;
  const wald = z * Math.sqrt((p0 * (1 - p0)) / control.n + (p1 * (1 - p1)) / treatment.n);
  // It looks for roots between the estimate and these bounds only.
  const low = estimate - wald - 0.25 * Math.abs(estimate - wald);
  const high = Math.min(0.99999, estimate + wald + 0.5 * Math.abs(estimate + wald));
  const excess = (delta: number): number => Math.abs(slippedScore(control, treatment, delta)) - z;
  if (!(excess(low) > 0 && excess(high) > 0 && excess(estimate) < 0)) return null; // the reference finds no root here either
  return [bisect(excess, low, estimate), bisect(excess, estimate, high)];
}

/** Its score statistic for rate(treatment) − rate(control) = delta, with that slip; its rates may leave [0, 1]. */
export function slippedScore(control: Conversions, treatment: Conversions, delta: number): number {
  const [n0, x0, n1, x1] = [control.n, control.conversions, treatment.n, treatment.conversions];
  const n = n0 + n1;
  const rate0 = delta === 0 ? (x0 + x1) / n : slippedRate(control, treatment, delta);
  const rate1 = rate0 + delta;
  return (
    (x1 / n1 - x0 / n0 - delta) / Math.sqrt(((rate1 * (1 - rate1)) / n1 + (rate0 * (1 - rate0)) / n0) * (n / (n - 1)))
  );
}

function slippedRate(control: Conversions, treatment: Conversions, delta: number): number {
  const [n0, x0, n1, x1] = [control.n, control.conversions, treatment.n, treatment.conversions];
  const n = n0 + n1;
  const c2 = (n1 + 2 * n0) * delta - n - x0 - x1;
  const c1 = (x0 * delta - n - 2 * x0) * delta + x0 + x1;
  const c0 = x0 * delta * (1 - delta);
  const q = (c2 / (3 * n)) ** 3 - (c1 * c2) / (6 * n * n) + c0 / (2 * n);
  const p = Math.sign(q) * Math.sqrt((c2 / (3 * n)) ** 2 - c1 / (3 * n));
  return 2 * p * Math.cos((Math.PI + Math.acos(q / p ** 3)) / 3) - c2 / (3 * n);
}
