// Scored units and designs of logistic models.
import { column, draws } from "./draws.mjs";

/** Standard normal columns, coefficients of sd 0.2, about a quarter converting. `x` row by row. */
export function logisticDesign({ n, columns }, seed = 201) {
  const { uniform, normal } = draws(seed);
  const beta = column(columns, () => 0.2 * normal());
  const x = column(n * columns, normal);
  const y = column(n, (i) => {
    let logOdds = -1;
    for (let k = 0; k < columns; k++) logOdds += beta[k] * x[i * columns + k];
    return uniform() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });
  return { x, y };
}

/** Scores of sd 1, converters one sd higher; every tenth unit converts. */
export function scoredUnits({ n }, seed = 202) {
  const { uniform, normal } = draws(seed);
  const outcomes = column(n, () => (uniform() < 0.1 ? 1 : 0));
  return { scores: column(n, (i) => outcomes[i] + normal()), outcomes };
}

/** Scores in [0, 1] that are also the chance of converting, so that calibration has much to pool. */
export function calibrationUnits({ n }, seed = 203) {
  const { uniform } = draws(seed);
  const scores = column(n, uniform);
  return { scores, outcomes: column(n, (i) => (uniform() < scores[i] ** 2 ? 1 : 0)) };
}
