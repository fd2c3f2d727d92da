import {
  benjaminiHochberg,
  benjaminiYekutieli,
  eBenjaminiHochberg,
  hochberg,
  holm,
  hommel,
  mersenneRng,
  normalDraw,
  normalSf,
  type Draw,
  type Refused,
} from "../index.ts";

/** Sums over runs of the share of false discoveries among all (0 without any), and of the share of true effects found. */
export interface DiscoveryRate {
  readonly runs: number;
  readonly falseShares: number;
  readonly foundShares: number;
  /** Runs with at least one false discovery. */
  readonly anyFalse: number;
}

/** Method → its discoveries. */
export type DiscoveryRates = Readonly<Record<string, DiscoveryRate>>;

/** Metrics of one experiment: how many tests, how many of them with an effect, and the correlation that a shared control brings. */
export interface Family {
  readonly tests: number;
  readonly effects: number;
  readonly correlation: number;
}

const [Q, SHIFT] = [0.1, 3];

/**
 * False discoveries among the metrics of one experiment at q = 0.1: z-scores with a shift of 3 where there is an effect, one-sided
 * p-values, and e-values of the likelihood ratio against that shift.
 *
 * Half of the scores are turned around before they share their noise, so that dependence is negative as often as positive.
 */
export function batchDiscoveryRate({
  seed,
  runs,
  ...family
}: Family & { readonly seed: number; readonly runs: number }): DiscoveryRates {
  const draw = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: 1 });
  const isEffect = Array.from({ length: family.tests }, (_, i) => i < family.effects);
  let rates: DiscoveryRates = {};
  for (let run = 0; run < runs; run++) {
    const z = scores(draw, family);
    const p = z.map(normalSf);
    const e = z.map((x) => Math.exp(SHIFT * x - SHIFT ** 2 / 2));
    const found: Readonly<Record<string, readonly boolean[]>> = {
      "Benjamini-Hochberg": upTo(Q, benjaminiHochberg(p)),
      "Benjamini-Yekutieli": upTo(Q, benjaminiYekutieli(p)),
      "e-BH": checked(eBenjaminiHochberg(e, Q)),
      Holm: upTo(Q, holm(p)),
      Hochberg: upTo(Q, hochberg(p)),
      Hommel: upTo(Q, hommel(p)),
    };
    rates = Object.fromEntries(
      Object.entries(found).map(([method, chosen]) => [method, counted(rates[method], chosen, isEffect)]),
    );
  }
  return rates;
}

function scores(draw: Draw, { tests, effects, correlation }: Family): readonly number[] {
  const shared = Math.sqrt(correlation) * draw();
  return Array.from({ length: tests }, (_, i) => {
    const sign = i % 2 === 0 ? 1 : -1;
    return (i < effects ? SHIFT : 0) + sign * shared + Math.sqrt(1 - correlation) * draw();
  });
}

function upTo(level: number, adjusted: readonly number[] | Refused): readonly boolean[] {
  return checked(adjusted).map((p) => p <= level);
}

function checked<T>(answer: readonly T[] | Refused): readonly T[] {
  if ("kind" in answer) throw new Error(answer.message);
  return answer;
}

/** The sums after one more run. */
export function counted(
  before: DiscoveryRate | undefined,
  rejected: readonly boolean[],
  isEffect: readonly boolean[],
): DiscoveryRate {
  const found = rejected.filter((chosen, i) => chosen && isEffect[i] === true).length;
  const mistaken = rejected.filter((chosen, i) => chosen && isEffect[i] !== true).length;
  const effects = isEffect.filter(Boolean).length;
  return {
    runs: (before?.runs ?? 0) + 1,
    falseShares: (before?.falseShares ?? 0) + mistaken / Math.max(1, mistaken + found),
    foundShares: (before?.foundShares ?? 0) + (effects === 0 ? 0 : found / effects),
    anyFalse: (before?.anyFalse ?? 0) + (mistaken > 0 ? 1 : 0),
  };
}
