declare const brandName: unique symbol;

/** A value that was checked once, at the edge, and may not be confused with another of the same shape. */
export type Brand<Base, Name extends string> = Base & { readonly [brandName]: Name };

/** Why a text or number is not a value of the brand it was parsed for. */
export interface BrandError {
  /** Stable code, `area.reason`. */
  readonly code: string;
  readonly message: string;
}
