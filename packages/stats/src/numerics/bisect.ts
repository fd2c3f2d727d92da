/**
 * The x between two points where a continuous function changes sign, by bisection to the last digits of a double.
 *
 * Slower than Brent's method but cannot miss; the functions here cost microseconds.
 *
 * @throws RangeError when the signs at both ends agree: the caller's bracket was wrong.
 */
export function bisect(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  const fa = f(a);
  const fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (!(fa < 0 !== fb < 0) || Number.isNaN(fa) || Number.isNaN(fb)) {
    throw new RangeError(`no change of sign between ${low} (${fa}) and ${high} (${fb})`);
  }
  for (let i = 0; i < 2000; i++) {
    const middle = (a + b) / 2;
    if (middle === a || middle === b) break;
    const fm = f(middle);
    if (fm === 0) return middle;
    if (fm < 0 === fa < 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}
