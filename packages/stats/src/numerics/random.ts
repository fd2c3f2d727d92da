import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { mersenne } from "pure-rand/generator/mersenne";
import { betaDraws, gammaDraws, normalDraws } from "./stdlib.ts";

/** A source of uniform numbers in [0, 1) with 53 random bits. Passed in, never global, so that every run can be repeated. */
export interface Rng {
  next(): number;
}

/**
 * Mersenne Twister (MT19937), seeded; the same seed gives the same numbers on every machine.
 *
 * Mersenne and not xoroshiro128plus: the latter's first draw is 1 to four digits for the small seeds people type.
 *
 * @param seed - any integer; only its lower 32 bits count.
 * @see Matsumoto & Nishimura (1998), "Mersenne Twister".
 * @formula x_{k+n} = x_{k+m} ⊕ (upper bits of x_k, lower bits of x_{k+1})·A; 53 bits a draw
 * @assumes not for secrets
 * @example
 * mersenneRng(1).next() // => 0.68941
 */
export function mersenneRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be an integer, got ${seed}`);
  const generator = mersenne(seed);
  return { next: () => uniformFloat64(generator) };
}

/** A function that gives the next draw of one distribution. */
export type Draw = () => number;

/**
 * Draws from N(mean, standardDeviation²); standardDeviation > 0.
 *
 * @part mersenneRng
 * @example
 * normalDraw(mersenneRng(1), { mean: 0, standardDeviation: 1 })() // => -0.34058
 */
export function normalDraw(
  rng: Rng,
  { mean, standardDeviation }: { readonly mean: number; readonly standardDeviation: number },
): Draw {
  return normalDraws.factory(mean, standardDeviation, { prng: () => rng.next() });
}

/**
 * Draws from the gamma distribution with mean shape / rate; both > 0.
 *
 * @part mersenneRng
 * @example
 * gammaDraw(mersenneRng(1), { shape: 2, rate: 1 })() // => 1.2645
 */
export function gammaDraw(rng: Rng, { shape, rate }: { readonly shape: number; readonly rate: number }): Draw {
  return gammaDraws.factory(shape, rate, { prng: () => rng.next() });
}

/**
 * Draws from Beta(alpha, beta) in (0, 1); both > 0.
 *
 * @part mersenneRng
 * @example
 * betaDraw(mersenneRng(1), { alpha: 2, beta: 3 })() // => 0.23502
 */
export function betaDraw(rng: Rng, { alpha, beta }: { readonly alpha: number; readonly beta: number }): Draw {
  return betaDraws.factory(alpha, beta, { prng: () => rng.next() });
}
