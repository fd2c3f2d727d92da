import { Matrix } from "ml-matrix";
import { logGamma } from "../numerics/special-functions.ts";

/** Up to this size the body of the distribution is exact, by powers of a matrix of at most 50 rows. */
const FEW = 140;
/** n·d² from which twice the one-sided probability is exact to seven digits or more: earlier for many observations. */
const TAIL_FROM = { few: 4, many: 2.2 };
/** n·d^1.5 below which the matrix is small for many observations as well, and the expansion is not yet good. */
const MATRIX_BELOW = 1.4;

/**
 * P(D ≥ d) of the one-sample Kolmogorov-Smirnov statistic of n observations: exact in the tail, and in the body of up to 140
 * observations; beyond, by an expansion good to 1e-5 at 141 and better with more.
 *
 * @see Simard & L'Ecuyer (2011), "Computing the two-sided Kolmogorov-Smirnov distribution", section 4, for which method where.
 */
export function oneSampleKolmogorovSf(d: number, n: number): number {
  // A step function of n steps is nowhere nearer to a line than half a step.
  if (!(n * d > 0.5) || n < 1) return 1;
  if (d >= 1) return 0;
  const excess = n * d * d;
  if (excess >= 370) return 0;
  if (excess >= (n <= FEW ? TAIL_FROM.few : TAIL_FROM.many) || d >= 0.5) return Math.min(1, 2 * oneSidedSf(d, n));
  const isSmall = n <= FEW || (n <= 100_000 && n * d ** 1.5 <= MATRIX_BELOW);
  const cdf = isSmall ? matrixCdf(d, n) : expansionCdf(d, n);
  return Math.min(1, Math.max(0, 1 - cdf));
}

/**
 * P(D⁺ ≥ d) = d·Σ C(n, j)·(d + j/n)^(j−1)·(1 − d − j/n)^(n−j).
 *
 * @see Birnbaum & Tingey (1951), "One-sided confidence contours for probability distribution functions".
 */
function oneSidedSf(d: number, n: number): number {
  let sum = 0;
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    const rest = 1 - d - j / n;
    if (rest <= 0) continue;
    const logChoose = logGamma(n + 1) - logGamma(j + 1) - logGamma(n - j + 1);
    sum += Math.exp(logChoose + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log(rest));
  }
  return d * sum;
}

/**
 * P(D < d), exact.
 *
 * @see Marsaglia, Tsang & Wang (2003), "Evaluating Kolmogorov's distribution".
 */
function matrixCdf(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const step = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      if (i - j + 1 < 0) continue;
      let entry = 1;
      if (j === 0) entry -= h ** (i + 1);
      if (i === size - 1) entry -= h ** (size - j);
      if (i === size - 1 && j === 0) entry += Math.max(0, 2 * h - 1) ** size;
      step.set(i, j, entry / Math.exp(logGamma(i - j + 2)));
    }
  // Powers grow like eⁿ: their size is kept apart as a logarithm.
  let [power, powerLog] = [Matrix.eye(size), 0];
  let [square, squareLog] = [step, 0];
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      power = power.mmul(square);
      powerLog += squareLog + rescale(power);
    }
    square = square.mmul(square);
    squareLog = 2 * squareLog + rescale(square);
  }
  return Math.exp(Math.log(power.get(k - 1, k - 1)) + powerLog + logGamma(n + 1) - n * Math.log(n));
}

/** Divides a matrix by its largest entry, in place; ln of that entry. */
function rescale(matrix: Matrix): number {
  const largest = matrix.max();
  matrix.div(largest);
  return Math.log(largest);
}

/**
 * P(D < d) for many observations: Kolmogorov's limit with the terms of n^−½, n^−1 and n^−3/2, as theta functions for moderate z.
 *
 * @see Pelz & Good (1976), "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic", eq. 6-10.
 */
function expansionCdf(d: number, n: number): number {
  const z = d * Math.sqrt(n);
  const [z2, z4, z6] = [z ** 2, z ** 4, z ** 6];
  const half = Math.sqrt(Math.PI / 2);
  /** Sum over all k of a polynomial in s = π²(k + shift)², times e^(−s/2z²). */
  const sum = (polynomial: (s: number) => number, shift: 0 | 0.5): number => {
    let total = 0;
    for (let k = -SUM_HALF; k < SUM_HALF; k++) {
      const s = (Math.PI * (k + shift)) ** 2;
      total += polynomial(s) * Math.exp(-s / (2 * z2));
    }
    return half * total;
  };
  const terms = [
    sum(() => 1, 0.5) / z,
    sum((s) => s - z2, 0.5) / (6 * z4),
    sum((s) => 6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * s + (1 - 2 * z2) * s * s, 0.5) / (72 * z ** 7) -
      sum((s) => s, 0) / (36 * z ** 3),
    sum(
      (s) => -30 * z6 - 90 * z ** 8 + (135 * z4 - 96 * z6) * s + (212 * z4 - 60 * z2) * s ** 2 + (5 - 30 * z2) * s ** 3,
      0.5,
    ) /
      (6480 * z ** 10) +
      sum((s) => (3 * z2 - s) * s, 0) / (216 * z6),
  ];
  return terms.reduce((t, term, power) => t + term / n ** (power / 2), 0);
}

/** Terms on either side of 0: for z below √2.2, which is all that comes here, twenty reach the last digit. */
const SUM_HALF = 20;
