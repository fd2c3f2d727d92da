// Units followed until they convert or are last seen.
import { column, draws } from "./draws.mjs";

/**
 * Two groups (hazards 1 and 0.8) and three standard normal covariates; about 30 % censored. `x` row by row. Times are
 * whole millionths: R takes times that are closer than 1.5e-8 as one.
 */
export function followedUnits({ n }, seed = 401) {
  const { uniform, normal, exponential } = draws(seed);
  const x = column(3 * n, normal);
  const groups = column(n, () => (uniform() < 0.5 ? 0 : 1));
  const logHazard = (i) => 0.3 * x[3 * i] - 0.2 * x[3 * i + 1] + (groups[i] === 1 ? Math.log(0.8) : 0);
  const event = column(n, (i) => exponential(Math.exp(-logHazard(i))));
  const censoring = column(n, () => exponential(2));
  return {
    times: column(n, (i) => Math.ceil(1e6 * Math.min(event[i], censoring[i])) / 1e6),
    events: column(n, (i) => (event[i] <= censoring[i] ? 1 : 0)),
    groups,
    x,
  };
}
