import { asymptoticMargin, mixingVariance } from "./asymptotic-confidence-sequence.ts";
import { bisect } from "../numerics/bisect.ts";
import { refuse, type Refused } from "../refused.ts";

/** How noisy one unit is, and how narrow the interval shall become. */
export interface UnitsQuestion {
  /** Standard error × √n: the standard deviation that one unit adds to the estimate, > 0. */
  readonly standardDeviationPerUnit: number;
  /** Half-width to be reached, in units of the estimate, > 0. */
  readonly effect: number;
  readonly alpha: number;
  /** Total units at which the sequence is tightest, as given to `asymptoticConfidenceSequence`. */
  readonly tunedFor: number;
}

/** More units than anybody will wait for; beyond it the answer is a refusal. */
const UNITS_MAX = 1e12;

/**
 * Total units at which the two-sided asymptotic confidence sequence is no wider than ± `effect`, should the noise stay as it is.
 *
 * The answer to "how long until we know?": an effect of at least this size shows by then with probability at least 1/2.
 *
 * @formula the n with σ·√(2(nρ² + 1)/(n²ρ²)·ln(√(nρ² + 1)/α)) = effect
 * @assumes noise per unit that stays as it is
 * @returns the smallest such n, not rounded; `out-of-reach` beyond 10¹² units, `invalid-input` for anything not positive and finite
 * @see Waudby-Smith et al. (2024), "Time-uniform central limit theory and asymptotic confidence sequences", eq. 9, solved for n.
 * @example
 * unitsUntilConfidenceSequence({ standardDeviationPerUnit: 1, effect: 0.1, alpha: 0.05, tunedFor: 1000 }) // => { n: 921.502 }
 */
export function unitsUntilConfidenceSequence({
  standardDeviationPerUnit,
  effect,
  alpha,
  tunedFor,
}: UnitsQuestion): { readonly kind: "estimate"; readonly n: number } | Refused<"out-of-reach" | "invalid-input"> {
  const inputs = [standardDeviationPerUnit, effect, alpha, tunedFor];
  if (inputs.some((x) => !(x > 0 && Number.isFinite(x))) || alpha >= 1) {
    return refuse(
      "invalid-input",
      `deviation, effect, alpha and tunedFor must be positive and finite, got ${inputs.join(", ")}`,
    );
  }
  const rhoSquared = mixingVariance({ alpha, tunedFor, tuning: "exact" });
  const excess = (logN: number): number =>
    standardDeviationPerUnit * asymptoticMargin({ n: Math.exp(logN), rhoSquared, alpha, sided: "two" }) - effect;
  if (excess(Math.log(UNITS_MAX)) > 0) {
    return refuse("out-of-reach", `no number of units below ${UNITS_MAX} narrows the interval to ±${effect}`);
  }
  if (excess(0) <= 0) return { kind: "estimate", n: 1 };
  return { kind: "estimate", n: Math.exp(bisect(excess, 0, Math.log(UNITS_MAX))) };
}
