/**
 * Lower branch W₋₁ of Lambert's function: the w ≤ −1 with w·e^w = x.
 *
 * Solved in logarithms, ln(−w) + w = ln(−x), by Newton steps from the asymptotic series, so tiny |x| lose nothing.
 *
 * @param x - in [−1/e, 0).
 * @returns NaN outside, where no real value exists.
 * @see Corless et al. (1996), "On the Lambert W function", section 4.
 * @formula w·e^w = x, w ≤ −1
 * @assumes x in [−1/e, 0)
 * @example
 * lambertWm1(-0.1) // => -3.5772
 */
export function lambertWm1(x: number): number {
  const edge = 1 + Math.E * x;
  if (!(x < 0) || edge < -1e-15) return NaN;
  if (edge <= 0) return -1;
  return lambertWm1OfLog(Math.log(-x));
}

/** W₋₁(−e^logMinusX) for logMinusX ≤ −1; for arguments that would underflow. */
export function lambertWm1OfLog(logMinusX: number): number {
  let w = firstGuess(logMinusX);
  for (let i = 0; i < 50; i++) {
    const gap = w + Math.log(-w) - logMinusX;
    // Halley on w + ln(−w): quadratic at worst near the branch point, where Newton alone would crawl.
    const slope = 1 + 1 / w;
    const step = gap / (slope + gap / (2 * w * w * slope));
    const next = Math.min(w - step, -1);
    if (Math.abs(next - w) <= 4e-16 * Math.abs(next)) return next;
    w = next;
  }
  return w;
}

function firstGuess(logMinusX: number): number {
  const beyond = -1 - logMinusX;
  if (beyond < 0.5) {
    const p = Math.sqrt(2 * beyond);
    return -1 - p - (p * p) / 3;
  }
  const l2 = Math.log(-logMinusX);
  return logMinusX - l2 + l2 / logMinusX;
}
