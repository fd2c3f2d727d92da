/**
 * The answer of a parser: a value, or every fault that was found.
 *
 * Used where input comes from outside and may be wrong; expected answers of estimators are `Refused` instead.
 */
export type Result<T, E> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "err"; readonly error: E };

/** A successful `Result`. */
export function ok<T>(value: T): { readonly kind: "ok"; readonly value: T } {
  return { kind: "ok", value };
}

/** A failed `Result`. */
export function err<E>(error: E): { readonly kind: "err"; readonly error: E } {
  return { kind: "err", error };
}
