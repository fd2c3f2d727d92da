import type { Moments } from "../cohorts/moments.ts";
import type { Column } from "./logged-rounds.ts";

/**
 * Moments of a column in two passes: no object an observation, and no digits lost to a large mean.
 *
 * Deviations are taken from the first value, so a constant column has a spread of exactly 0.
 */
export function momentsOfColumn(xs: Column): Moments {
  const n = xs.length;
  if (n === 0) return { n, mean: 0, m2: 0 };
  const first = xs[0] ?? NaN;
  let shift = 0;
  for (let i = 0; i < n; i++) shift += (xs[i] ?? NaN) - first;
  const mean = first + shift / n;
  let [m2, drift] = [0, 0];
  for (let i = 0; i < n; i++) {
    const deviation = (xs[i] ?? NaN) - mean;
    m2 += deviation * deviation;
    drift += deviation;
  }
  // What rounding left of the mean, taken out again (Chan, Golub & LeVeque 1983, eq. 1.7).
  return { n, mean, m2: Math.max(0, m2 - (drift * drift) / n) };
}
