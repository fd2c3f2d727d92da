import { err, ok, type Result } from "@ratchet/stats";
import type { Brand, BrandError } from "./brand.ts";

/**
 * An amount in millionths of its unit (a currency's, or of a plain count), as a whole number.
 *
 * Whole numbers add up exactly in any order, so a sum is the same to the byte on every store. Up to 9e9 units.
 */
export type Micros = Brand<number, "micros">;

export const MICROS_PER_UNIT = 1_000_000;

/** From whole micros. */
function parseMicros(micros: number): Result<Micros, BrandError> {
  if (!Number.isSafeInteger(micros)) {
    const units = micros / MICROS_PER_UNIT;
    return err({
      code: "amount.out_of_range",
      message: `an amount must lie within ±9,007,199,254 units, got ${units}`,
    });
  }
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the one cast of this brand
  return ok((micros === 0 ? 0 : micros) as Micros);
}

/** From an amount in units, rounded to the nearest millionth. */
export function parseAmount(amount: number): Result<Micros, BrandError> {
  return parseMicros(Math.round(amount * MICROS_PER_UNIT));
}

/** An amount from whole micros that our own stores hold: throws where it is not a safe integer. */
export function microsOf(value: number): Micros {
  const parsed = parseMicros(value);
  if (parsed.kind === "err") throw new RangeError(`not whole micros: ${value}`);
  return parsed.value;
}
