// Rows of sufficient statistics as a warehouse gives them: one a metric, segment level and variation.
import { column, draws } from "./draws.mjs";

/**
 * Sums of an outcome (mean about 10, sd 5, lift 3 %) and of a covariate that correlates 0.6 with it, for 500 to 2,500 units an arm.
 *
 * Metric by metric, level by level, control before treatment.
 */
export function experimentRows({ metrics, levels }, seed = 101) {
  const { uniform, normal } = draws(seed);
  const rows = metrics * levels * 2;
  const sizes = column(rows / 2, () => 500 + 2000 * uniform());
  const n = column(rows, (i) => Math.round(sizes[i >> 1] + 0.7 * Math.sqrt(sizes[i >> 1]) * normal()));
  const outcome = column(rows, (i) => (i % 2 === 0 ? 10 : 10.3) + (5 * normal()) / Math.sqrt(n[i]));
  const covariate = column(rows, (i) => 8 + (4 * normal()) / Math.sqrt(n[i]));
  const outcomeM2 = column(rows, (i) => 25 * (n[i] - 1) * Math.exp(0.05 * normal()));
  const covariateM2 = column(rows, (i) => 16 * (n[i] - 1) * Math.exp(0.05 * normal()));
  return {
    levels: [levels],
    n,
    sum: column(rows, (i) => n[i] * outcome[i]),
    sumSquares: column(rows, (i) => outcomeM2[i] + n[i] * outcome[i] ** 2),
    covariateSum: column(rows, (i) => n[i] * covariate[i]),
    covariateSumSquares: column(rows, (i) => covariateM2[i] + n[i] * covariate[i] ** 2),
    sumProducts: column(rows, (i) => 0.6 * Math.sqrt(outcomeM2[i] * covariateM2[i]) + n[i] * outcome[i] * covariate[i]),
  };
}
