import { log1pMinus, stirlingCorrection } from "./incomplete-gamma.ts";
import { regularisedBeta } from "./stdlib.ts";
import { tailIntegral } from "./tail-integral.ts";

/** Above this sum of shapes @stdlib keeps eleven digits and fewer; below this smaller shape Stirling's formula does. */
const QUADRATURE_FROM = { sum: 1e5, smaller: 30 };

interface Shapes {
  readonly a: number;
  readonly b: number;
}

/**
 * P(X ≤ x) of Beta(a, b): the regularised incomplete beta function; a and b > 0.
 *
 * @formula I_x(a, b) = ∫₀ˣ t^(a−1) (1 − t)^(b−1) dt / B(a, b)
 * @assumes a, b > 0; NaN otherwise
 * @see DLMF 8.17 (https://dlmf.nist.gov/8.17)
 * @example
 * betaCdf(0.1, 3, 20) // => 0.37996
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (!needsQuadrature({ a, b })) return regularisedBeta(x, a, b);
  return x * b < (1 - x) * a ? lowerTail(x, 1 - x, { a, b }) : 1 - lowerTail(1 - x, x, { a: b, b: a });
}

/**
 * P(X > x) of Beta(a, b), computed directly.
 *
 * @formula 1 − I_x(a, b) = I_{1−x}(b, a)
 * @assumes a, b > 0; NaN otherwise
 * @see DLMF 8.17.4 (https://dlmf.nist.gov/8.17)
 * @example
 * betaSf(0.5, 3, 20) // => 0.00006056
 */
export function betaSf(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  if (x >= 1) return 0;
  if (!needsQuadrature({ a, b })) return regularisedBeta(x, a, b, true, true);
  return x * b < (1 - x) * a ? 1 - lowerTail(x, 1 - x, { a, b }) : lowerTail(1 - x, x, { a: b, b: a });
}

function needsQuadrature({ a, b }: Shapes): boolean {
  return a + b > QUADRATURE_FROM.sum && Math.min(a, b) >= QUADRATURE_FROM.smaller && a + b < Infinity;
}

/** ∫ of the density below x, which lies below the mean; y = 1 − x, given apart so that neither loses its digits. */
function lowerTail(x: number, y: number, { a, b }: Shapes): number {
  // Distance from the mean times (a + b); the logarithm of the density at x is free of large terms that cancel.
  const distance = x * b - y * a;
  const exponent =
    a * log1pMinus(distance / a) +
    b * log1pMinus(-distance / b) -
    (stirlingCorrection(a) + stirlingCorrection(b) - stirlingCorrection(a + b));
  const density = (Math.sqrt((a / (a + b)) * (b / (2 * Math.PI))) / (x * y)) * Math.exp(exponent);
  const slope = (x - y - distance) / (x * y);
  const h = (u: number): number => (a - 1) * log1pMinus(-u / x) + (b - 1) * log1pMinus(u / y) - u * slope;
  const spread = Math.sqrt((a - 1) / (x * x) + (b - 1) / (y * y));
  return density * tailIntegral(h, { scale: 1 / (Math.abs(slope) + spread), limit: x });
}
