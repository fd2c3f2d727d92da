import { integrate } from "./quadrature.ts";

/** e^−45 of a tail is below the last digit of a double. */
const NEGLIGIBLE = -45;
const PANELS = 8;
/** The end is found within 45 scales; far more steps than that takes. */
const STEPS_MAX = 60;

/**
 * ∫ from 0 to `limit` of e^h(u) du, where h falls from h(0) = 0 and is concave or nearly so: the tail of a density as a multiple of the
 * density where the tail begins. Sixteen nodes in each of eight panels, whatever the parameters of h are, where series and continued
 * fractions need as many terms as the square root of them.
 *
 * @param scale - the u over which h falls by about 1.
 */
export function tailIntegral(
  h: (u: number) => number,
  { scale, limit = Infinity }: { readonly scale: number; readonly limit?: number },
): number {
  if (!(scale > 0)) return 0; // the tail is shorter than the smallest double
  let end = Math.min(scale, limit);
  for (let i = 0; i < STEPS_MAX && end < limit && h(end) > NEGLIGIBLE; i++) end = Math.min(limit, end * 1.3);
  return integrate(
    (u) => Math.exp(h(u)),
    Array.from({ length: PANELS + 1 }, (_, i) => (end * i) / PANELS),
  );
}
