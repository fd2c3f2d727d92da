import { err, ok, type Result } from "./result.ts";

declare const probabilityBrand: unique symbol;
declare const propensityBrand: unique symbol;

/** A number in [0, 1]. */
export type Probability = number & { readonly [probabilityBrand]: true };

/** A number in (0, 1]: the probability with which the action taken was chosen, so never zero. */
export type Propensity = number & { readonly [propensityBrand]: true };

/** Why a number is no probability or propensity; `code` is stable. */
export interface OutOfRange {
  readonly code: "probability.out_of_range" | "propensity.out_of_range";
  readonly message: string;
}

/** Accepts [0, 1]; refuses NaN, infinities and everything outside. */
export function parseProbability(x: number): Result<Probability, OutOfRange> {
  return x >= 0 && x <= 1
    ? // oxlint-disable-next-line typescript/consistent-type-assertions -- the one place where the brand is given
      ok(x as Probability)
    : err({ code: "probability.out_of_range", message: `a probability must be in [0, 1], got ${x}` });
}

/** Accepts (0, 1]: an action that was taken cannot have had probability zero. */
export function parsePropensity(x: number): Result<Propensity, OutOfRange> {
  return x > 0 && x <= 1
    ? // oxlint-disable-next-line typescript/consistent-type-assertions -- the one place where the brand is given
      ok(x as Propensity)
    : err({ code: "propensity.out_of_range", message: `a propensity must be in (0, 1], got ${x}` });
}

/**
 * For literals and our own arithmetic, where a value outside [0, 1] is a bug.
 *
 * @throws RangeError
 */
export function probability(x: number): Probability {
  const parsed = parseProbability(x);
  if (parsed.kind === "err") throw new RangeError(parsed.error.message);
  return parsed.value;
}

/**
 * For literals and our own arithmetic, where a value outside (0, 1] is a bug.
 *
 * @throws RangeError
 */
export function propensity(x: number): Propensity {
  const parsed = parsePropensity(x);
  if (parsed.kind === "err") throw new RangeError(parsed.error.message);
  return parsed.value;
}
