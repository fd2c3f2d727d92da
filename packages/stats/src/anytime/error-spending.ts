import { normalQuantile, normalSf } from "../numerics/special-functions.ts";

/**
 * How fast the error of a group-sequential test is spent. O'Brien-Fleming keeps nearly all of it for the end (the default where
 * early stops should be rare), Pocock spends evenly; `power` (Kim-DeMets, exponent > 0) and `exponential` (Hwang-Shih-DeCani, rate
 * in [−700, 700]; negative is late) lie between and beyond.
 */
export type ErrorSpending =
  | { readonly kind: "obrien-fleming" }
  | { readonly kind: "pocock" }
  | { readonly kind: "power"; readonly exponent: number }
  | { readonly kind: "exponential"; readonly rate: number };

/** Beyond it everything is spent at the first or at the last look, and e^rate overflows. */
const RATE_MAX = 700;

/**
 * One-sided error spent by a share of the final information; 0 at 0, alpha at 1.
 *
 * @param share - in [0, 1]. @param alpha - in (0, 1).
 * @part groupSequentialBounds
 * @formula O'Brien-Fleming 2 − 2Φ(z_{1−α/2}/√t); Pocock α·ln(1 + (e − 1)t); power α·t^exponent; exponential α(1 − e^{−rt})/(1 − e^{−r})
 * @returns NaN for a share, alpha, exponent (> 0) or rate out of range
 * @see Lan & DeMets (1983), "Discrete sequential boundaries for clinical trials"; Kim & DeMets (1987); Hwang, Shih & DeCani (1990).
 */
export function spentError(spending: ErrorSpending, share: number, alpha: number): number {
  if (!(share >= 0 && share <= 1 && alpha > 0 && alpha < 1)) return NaN;
  switch (spending.kind) {
    case "obrien-fleming":
      return 2 * normalSf(-normalQuantile(alpha / 2) / Math.sqrt(share));
    case "pocock":
      return alpha * Math.log1p((Math.E - 1) * share);
    case "power":
      return spending.exponent > 0 && spending.exponent < Infinity ? alpha * share ** spending.exponent : NaN;
    case "exponential":
      if (!(Math.abs(spending.rate) <= RATE_MAX)) return NaN;
      return spending.rate === 0
        ? alpha * share
        : (alpha * Math.expm1(-spending.rate * share)) / Math.expm1(-spending.rate);
  }
}
