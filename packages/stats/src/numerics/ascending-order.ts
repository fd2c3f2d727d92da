const DIGITS = 4;
const RADIX = 65_536;
/** Below this many keys counting digits costs more than comparing. */
const COMPARE_BELOW = 4096;

/** Indices from the lowest key to the highest, ties in their order of appearance. No NaN. Linear for many keys (radix sort). */
export function ascendingOrder(keys: ArrayLike<number>): Uint32Array {
  const values = Float64Array.from(keys);
  const order = Uint32Array.from(values, (_, i) => i);
  if (values.length < COMPARE_BELOW) return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  for (let i = 0; i < values.length; i++) if (values[i] === 0) values[i] = 0; // −0 and 0 are one key
  const halves = new Uint32Array(values.buffer);
  // A double's bits rise with its value once the sign bit is set, or all bits are turned for a negative one.
  for (let i = 0; i < halves.length; i += 2) {
    const high = halves[i + 1] ?? 0;
    const turn = high >>> 31 === 1;
    halves[i] = turn ? ~(halves[i] ?? 0) : (halves[i] ?? 0);
    halves[i + 1] = turn ? ~high : high | 0x8000_0000;
  }
  const digits = new Uint16Array(values.buffer);
  let [from, to]: [Uint32Array, Uint32Array] = [order, new Uint32Array(order.length)];
  for (let digit = 0; digit < DIGITS; digit++) {
    const starts = new Uint32Array(RADIX + 1);
    for (let i = digit; i < digits.length; i += DIGITS) {
      const next = (digits[i] ?? 0) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let d = 0; d < RADIX; d++) starts[d + 1] = (starts[d + 1] ?? 0) + (starts[d] ?? 0);
    for (const i of from) {
      const d = digits[i * DIGITS + digit] ?? 0;
      const slot = starts[d] ?? 0;
      to[slot] = i;
      starts[d] = slot + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
