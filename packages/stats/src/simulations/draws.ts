import { type Draw, logGamma, type Rng } from "../index.ts";

/** Draws from the exponential distribution with a given mean, by inversion. */
export function exponentialDraw(rng: Rng, mean: number): Draw {
  return () => -mean * Math.log1p(-rng.next());
}

/** Draws 1 with probability `rate`, else 0. */
export function bernoulliDraw(rng: Rng, rate: number): Draw {
  return () => (rng.next() < rate ? 1 : 0);
}

/** Draws conversions of n units by inversion of the distribution function: one uniform number a batch, exact to rounding. */
export function binomialDraw(rng: Rng, { n, rate }: { readonly n: number; readonly rate: number }): Draw {
  const cumulative = new Float64Array(n + 1);
  let total = 0;
  for (let k = 0; k <= n; k++) {
    const ways = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
    total += Math.exp(ways + k * Math.log(rate) + (n - k) * Math.log1p(-rate));
    cumulative[k] = total;
  }
  return () => {
    const u = rng.next() * total;
    let [low, high] = [0, n];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 1) > u) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** n values of f(0), f(1), … */
export function repeat(n: number, f: (index: number) => number): readonly number[] {
  return Array.from({ length: n }, (_, index) => f(index));
}
