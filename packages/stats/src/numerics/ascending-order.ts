/** Bits of a digit: 2,048 counters stay in a processor's first cache. */
const BITS = 11;
const RADIX = 2 ** BITS;
const MASK = RADIX - 1;
/** Below this many keys counting digits costs more than comparing. */
const COMPARE_BELOW = 512;
/** What three more digits would cost. */
const MOVES_A_KEY = 2;

/** Indices from the lowest key to the highest, ties in their order of appearance. No NaN. Linear for many keys (radix sort). */
export function ascendingOrder(keys: ArrayLike<number>): Uint32Array {
  const n = keys.length;
  const values = new Float64Array(keys);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  if (n < COMPARE_BELOW) return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const { low, high } = risingBits(values);
  // Keys travel with their indices: looking them up by index would miss the cache at every step.
  let from: Keyed = { order, low, high };
  let to: Keyed = { order: new Uint32Array(n), low: new Uint32Array(n), high: new Uint32Array(n) };
  const sortBy = (half: "low" | "high"): void => {
    for (let shift = 0; shift < 32; shift += BITS)
      if (distribute(from, to, { digits: from[half], shift })) [from, to] = [to, from];
  };
  // Few keys agree in their high halves, as a rule: the low halves are then cheaper put right than sorted by.
  sortBy("high");
  if (isPutRight(from, MOVES_A_KEY * n)) return from.order;
  sortBy("low");
  sortBy("high");
  return from.order;
}

/** Insertion sort of keys that are in order of their high halves; false when that takes too many moves. Ties stay as they were. */
function isPutRight({ order, low, high }: Keyed, movesMax: number): boolean {
  let moves = 0;
  for (let i = 1; i < order.length; i++) {
    const [top, bottom] = [high[i] ?? 0, low[i] ?? 0];
    if (high[i - 1] !== top || (low[i - 1] ?? 0) <= bottom) continue;
    const index = order[i] ?? 0;
    let slot = i;
    for (; slot > 0 && high[slot - 1] === top && (low[slot - 1] ?? 0) > bottom; slot--) {
      order[slot] = order[slot - 1] ?? 0;
      low[slot] = low[slot - 1] ?? 0;
    }
    order[slot] = index;
    low[slot] = bottom;
    moves += i - slot;
    if (moves > movesMax) return false;
  }
  return true;
}

interface Keyed {
  readonly order: Uint32Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

/** A double's bits rise with its value once the sign bit is set, or all bits are turned for a negative one. */
function risingBits(values: Float64Array): { readonly low: Uint32Array; readonly high: Uint32Array } {
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  const halves = new Uint32Array(values.buffer);
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) values[i] = 0; // −0 and 0 are one key
    const top = halves[2 * i + 1] ?? 0;
    const bottom = halves[2 * i] ?? 0;
    const negative = top >>> 31 === 1;
    low[i] = negative ? ~bottom : bottom;
    high[i] = negative ? ~top : top | 0x8000_0000;
  }
  return { low, high };
}

/** Moves all keys into the order of one digit, ties as they were; false, and nothing moved, when the digit is one for all. */
function distribute(
  from: Keyed,
  to: Keyed,
  { digits, shift }: { readonly digits: Uint32Array; readonly shift: number },
): boolean {
  const n = digits.length;
  const starts = new Uint32Array(RADIX);
  for (let i = 0; i < n; i++) {
    const digit = ((digits[i] ?? 0) >>> shift) & MASK;
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  if (starts[((digits[0] ?? 0) >>> shift) & MASK] === n) return false;
  for (let digit = 0, next = 0; digit < RADIX; digit++) {
    const count = starts[digit] ?? 0;
    starts[digit] = next;
    next += count;
  }
  for (let i = 0; i < n; i++) {
    const digit = ((digits[i] ?? 0) >>> shift) & MASK;
    const slot = starts[digit] ?? 0;
    starts[digit] = slot + 1;
    to.order[slot] = from.order[i] ?? 0;
    to.low[slot] = from.low[i] ?? 0;
    to.high[slot] = from.high[i] ?? 0;
  }
  return true;
}
