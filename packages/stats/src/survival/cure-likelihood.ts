import { Matrix } from "ml-matrix";
import { logistic } from "../prediction/logistic-likelihood.ts";

/** The mixture cure likelihood at one point. */
export interface CurePoint {
  /** Log-odds of ever converting, log shape, log scale. */
  readonly parameters: readonly [number, number, number];
  readonly logLikelihood: number;
  readonly gradient: Float64Array;
  /** Negative second derivative. */
  readonly information: Matrix;
}

/**
 * Value, slope and curvature of Σ d·log(π·f(t)) + (1 − d)·log(1 − π + π·S(t)) for Weibull delays.
 *
 * With u = shape·log(t/scale) and z = e^u: log f = log shape + u − log t − z and log S = −z. An unconverted unit is a future
 * converter with probability q = πS/(1 − π + πS), which carries all its derivatives.
 */
export function cureLikelihood(
  { times, events }: { readonly times: readonly number[]; readonly events: readonly number[] },
  parameters: readonly [number, number, number],
): CurePoint {
  const [logOdds, logShape, logScale] = parameters;
  const [share, shape] = [logistic(logOdds), Math.exp(logShape)];
  // Log-odds below 0 and above 0 alike keep their digits.
  const [logShare, logRest] = [-Math.log1p(Math.exp(-logOdds)), -Math.log1p(Math.exp(logOdds))];
  const spread = share * logistic(-logOdds);
  const gradient = new Float64Array(3);
  const [oo, os, oc, ss, sc, cc] = [0, 1, 2, 3, 4, 5];
  const h = new Float64Array(6);
  let logLikelihood = 0;
  for (let i = 0; i < times.length; i++) {
    const log = Math.log(times[i] ?? 0);
    const u = shape * (log - logScale);
    const z = Math.exp(u);
    let [bySplit, bySplitTwice, splitByU, byU, byUTwice] = [1 - share, -spread, 0, 1 - z, -z];
    if (events[i] === 1) {
      logLikelihood += logShare + logShape + u - log - z;
      gradient[1] = (gradient[1] ?? 0) + 1;
    } else {
      const [converts, never] = [logShare - z, logRest];
      const top = Math.max(converts, never);
      logLikelihood += top + Math.log(Math.exp(converts - top) + Math.exp(never - top));
      const q = logistic(converts - never);
      bySplit = q - share;
      bySplitTwice = q * (1 - q) - spread;
      // q·z is 0 in the limit of a huge z, where q underflows first.
      const qz = q === 0 ? 0 : q * z;
      splitByU = -(1 - q) * qz;
      byU = -qz;
      byUTwice = (1 - q) * (q === 0 ? 0 : qz * z) - qz;
    }
    // u changes with log shape by u, with log scale by −shape; these by u, −shape and 0 again.
    gradient[0] = (gradient[0] ?? 0) + bySplit;
    gradient[1] = (gradient[1] ?? 0) + byU * u;
    gradient[2] = (gradient[2] ?? 0) - byU * shape;
    h[oo] = (h[oo] ?? 0) + bySplitTwice;
    h[os] = (h[os] ?? 0) + splitByU * u;
    h[oc] = (h[oc] ?? 0) - splitByU * shape;
    h[ss] = (h[ss] ?? 0) + byUTwice * u * u + byU * u;
    h[sc] = (h[sc] ?? 0) - byUTwice * u * shape - byU * shape;
    h[cc] = (h[cc] ?? 0) + byUTwice * shape * shape;
  }
  const at = (k: number): number => -(h[k] ?? 0);
  const information = new Matrix([
    [at(oo), at(os), at(oc)],
    [at(os), at(ss), at(sc)],
    [at(oc), at(sc), at(cc)],
  ]);
  return { parameters, logLikelihood, gradient, information };
}
