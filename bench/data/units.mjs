// n units with everything that any estimator asks for, to see how time grows with n.
import { column, draws } from "./draws.mjs";

/** Plain lists, as a caller has them; two arms, scores, outcomes, times, clusters of five, four periods a panel unit. */
export function unitsOf(n, seed = 601) {
  const { uniform, normal, exponential } = draws(seed);
  const list = (value) => Array.from(column(n, value));
  const treated = list(() => (uniform() < 0.5 ? 1 : 0));
  const x = Array.from({ length: n }, () => [normal(), normal(), normal()]);
  const propensities = list((i) => 1 / (1 + Math.exp(-0.3 * x[i][0])));
  const forecasts = list((i) => 1 / (1 + Math.exp(1 - x[i][0] - 0.5 * normal())));
  const converted = list((i) => (uniform() < forecasts[i] ? 1 : 0));
  const values = list((i) => 2 + 0.5 * treated[i] + x[i][0] + normal());
  return {
    treated,
    x,
    propensities,
    forecasts,
    converted,
    values,
    shares: list(uniform),
    weights: list(() => 0.5 + uniform()),
    times: list(() => exponential(1)),
    events: list(() => (uniform() < 0.7 ? 1 : 0)),
    clusters: list((i) => Math.floor(i / 5)),
    panelUnits: list((i) => Math.floor(i / 4)),
    periods: list((i) => i % 4),
    arms: [values.filter((_, i) => treated[i] === 0), values.filter((_, i) => treated[i] === 1)],
  };
}
