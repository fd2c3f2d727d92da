import { normalQuantile, normalSf } from "../numerics/special-functions.ts";

/**
 * How fast the error of a group-sequential test is spent. O'Brien-Fleming keeps nearly all of it for the end (the default where
 * early stops should be rare), Pocock spends evenly; `power` (Kim-DeMets, exponent > 0) and `exponential` (Hwang-Shih-DeCani, any
 * rate; negative is late) lie between and beyond.
 */
export type ErrorSpending =
  | { readonly kind: "obrien-fleming" }
  | { readonly kind: "pocock" }
  | { readonly kind: "power"; readonly exponent: number }
  | { readonly kind: "exponential"; readonly rate: number };

/**
 * One-sided error spent by a share of the final information; 0 at 0, alpha at 1.
 *
 * @see Lan & DeMets (1983), "Discrete sequential boundaries for clinical trials"; Kim & DeMets (1987); Hwang, Shih & DeCani (1990).
 */
export function spentError(spending: ErrorSpending, share: number, alpha: number): number {
  switch (spending.kind) {
    case "obrien-fleming":
      return 2 * normalSf(-normalQuantile(alpha / 2) / Math.sqrt(share));
    case "pocock":
      return alpha * Math.log1p((Math.E - 1) * share);
    case "power":
      return alpha * share ** spending.exponent;
    case "exponential":
      return spending.rate === 0
        ? alpha * share
        : (alpha * Math.expm1(-spending.rate * share)) / Math.expm1(-spending.rate);
  }
}
