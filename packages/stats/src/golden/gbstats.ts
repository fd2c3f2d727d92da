import { momentsFromSums, type Moments } from "../cohorts/moments.ts";
import { num, str, type JsonObject } from "./json.ts";

/**
 * gbstats' statistic of one arm as moments. It takes p(1 − p) (divided by n) as the variance of a proportion and the sample
 * variance (divided by n − 1) of a mean, so a proportion's sum of squared deviations is scaled to give back the former.
 */
export function gbstatsMoments(arm: JsonObject): Moments {
  const n = num(arm, "n");
  const sum = num(arm, "sum");
  if (str(arm, "type") !== "proportion") return momentsFromSums({ n, sum, sumSquares: num(arm, "sum_squares") });
  const p = sum / n;
  return { n, mean: p, m2: p * (1 - p) * (n - 1) };
}
