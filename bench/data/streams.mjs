// p-values, streams and points at which functions are evaluated.
import { column, draws } from "./draws.mjs";

/** p-values: nineteen in twenty uniform, one in twenty much smaller (the ninth power of a uniform number). */
export function pValues({ n }, seed = 501) {
  const { uniform } = draws(seed);
  return { pValues: column(n, () => (uniform() < 0.05 ? uniform() ** 9 : uniform())) };
}

/** 0 and 1: a fifth are 1 in the first half, three tenths in the second. */
export function changingStream({ n }, seed = 502) {
  const { uniform } = draws(seed);
  return { stream: column(n, (i) => (uniform() < (i < n / 2 ? 0.2 : 0.3) ? 1 : 0)) };
}

/** Effects of segments with sampling variances of about their own spread. */
export function segmentEffects({ n }, seed = 503) {
  const { uniform, normal } = draws(seed);
  const variances = column(n, () => 0.0002 + 0.002 * uniform());
  return { estimates: column(n, (i) => 0.02 + 0.03 * normal() + Math.sqrt(variances[i]) * normal()), variances };
}

/** Intrinsic times of a process, rising. */
export function intrinsicTimes({ n }) {
  return { v: column(n, (i) => i + 1) };
}

/** Summaries of two samples each: means, standard deviations and sizes. */
export function samplePairs({ n }, seed = 504) {
  const { uniform, normal } = draws(seed);
  return {
    meanA: column(n, () => 10 + 0.2 * normal()),
    meanB: column(n, () => 10.1 + 0.2 * normal()),
    sdA: column(n, () => 4 + uniform()),
    sdB: column(n, () => 4 + uniform()),
    nA: column(n, () => 500 + Math.floor(500 * uniform())),
    nB: column(n, () => 500 + Math.floor(500 * uniform())),
  };
}

/** Points of a cdf, probabilities of a quantile. */
export function functionPoints({ n }, seed = 505) {
  const { uniform, normal } = draws(seed);
  return { points: column(n, () => 2 * normal()), probabilities: column(n, () => 1e-6 + (1 - 2e-6) * uniform()) };
}

/** Nothing: the row has no data. */
export function noData() {
  return { none: [0] };
}
