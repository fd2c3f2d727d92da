// Seeded draws that the data of several rows share.
import { mersenneRng, normalDraw } from "@ratchet/stats";

/** One source of chance a row: uniform in [0, 1), normal and exponential numbers. */
export function draws(seed) {
  const rng = mersenneRng(seed);
  const normal = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  return {
    uniform: () => rng.next(),
    normal,
    exponential: (mean) => -mean * Math.log1p(-rng.next()),
  };
}

/** An array of n values. */
export function column(n, value) {
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = value(i);
  return values;
}
