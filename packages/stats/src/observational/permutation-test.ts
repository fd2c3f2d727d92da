import type { Alternative } from "../cohorts/welch.ts";
import type { Rng } from "../numerics/random.ts";
import { refuse, type Refused } from "../refused.ts";

/** Units of a comparison. Labels are any numbers. */
export interface PermutationInput {
  readonly outcomes: readonly number[];
  /** 1 = treated, 0 = not. */
  readonly treated: readonly number[];
  /** Units were assigned within these groups, so labels are exchanged within them only. */
  readonly strata?: readonly number[];
  /** Units of a cluster were assigned together (accounts), so whole clusters are exchanged. */
  readonly clusters?: readonly number[];
}

/** `draws` random assignments (9,999) where there are more than `exactMax` (20,000) to go through them all. */
export interface PermutationOptions {
  readonly rng: Rng;
  readonly alternative?: Alternative;
  readonly draws?: number;
  readonly exactMax?: number;
}

/** Difference of means, and how often chance alone gives one as extreme. */
export interface PermutationTest {
  readonly kind: "estimate";
  readonly estimate: number;
  readonly pValue: number;
  /** True when all assignments were gone through; then p is exact, and its least value is 1/assignments. */
  readonly exact: boolean;
  /** Assignments looked at, the observed one included. */
  readonly assignments: number;
}

/**
 * Permutation test of a difference of means: was it likely if treatment did nothing to anybody?
 *
 * Exact for any outcome and any number of units. With strata the difference is that of each stratum weighted by its units; with
 * clusters, whole clusters change sides.
 *
 * @formula p = (b + 1)/(m + 1): b of m random assignments at least as extreme; exact: b/m over all assignments, the observed included
 * @assumes units (or clusters) could have been assigned otherwise, within their strata, with equal chance; no effect on any unit
 * @returns `one-arm` when no stratum holds both arms, `zero-variance` when all outcomes are alike, `too-few`, `invalid-input` (also
 * for a cluster in both arms or in two strata).
 * @see Fisher (1935), "The design of experiments", chapter 3; Phipson & Smyth (2010), "Permutation p-values should never be zero"
 * @example
 * const test = permutationTest({ outcomes: [1, 2, 3, 7, 8, 9], treated: [0, 0, 0, 1, 1, 1] }, { rng: mersenneRng(1) });
 * test.estimate // => 6
 * test.pValue // => 0.1
 */
export function permutationTest(
  input: PermutationInput,
  { rng, alternative = "two-sided", draws = 9999, exactMax = 20_000 }: PermutationOptions,
): PermutationTest | Refused<"invalid-input" | "too-few" | "one-arm" | "zero-variance"> {
  const { outcomes } = input;
  if (!(Number.isInteger(draws) && draws >= 1))
    return refuse("invalid-input", `needs a whole number of draws, got ${draws}`);
  const blocks = blocksOf(input);
  if ("kind" in blocks) return blocks;
  if (outcomes.every((y) => y === outcomes[0])) return refuse("zero-variance", "all outcomes are alike");
  const useful = blocks.filter(({ arms }) => arms.includes(0) && arms.includes(1));
  if (useful.length === 0) return refuse("one-arm", "no stratum holds both arms");
  const estimate = differenceOf(
    useful,
    useful.map((b) => b.arms),
  );
  // Sums in another order differ in the last digits: what is this close counts as equal.
  const slack = 1e-9 * outcomes.reduce((m, y) => Math.max(m, Math.abs(y)), 0);
  const extreme = (d: number): boolean => {
    if (alternative === "greater") return d >= estimate - slack;
    if (alternative === "less") return d <= estimate + slack;
    return Math.abs(d) >= Math.abs(estimate) - slack;
  };
  if (!Number.isFinite(estimate)) return refuse("invalid-input", "outcomes are too large to be summed; rescale them");
  const all = useful.reduce((t, { arms }) => t * choose(arms.length, arms.filter((a) => a === 1).length), 1);
  const [exact, assignments] = [all <= exactMax, all <= exactMax ? all : draws + 1];
  let hits = exact ? 0 : 1;
  if (exact) everyAssignment(useful, (arms) => (hits += Number(extreme(differenceOf(useful, arms)))));
  else {
    const arms = useful.map((b) => [...b.arms]);
    for (let draw = 0; draw < draws; draw++) {
      for (const labels of arms) shuffle(labels, rng);
      hits += Number(extreme(differenceOf(useful, arms)));
    }
  }
  return { kind: "estimate", estimate, pValue: hits / assignments, exact, assignments };
}

/** What is exchanged within one stratum: a sum, a count and an arm a cluster. */
interface Block {
  readonly sums: readonly number[];
  readonly counts: readonly number[];
  readonly arms: readonly number[];
  readonly units: number;
}

function blocksOf({
  outcomes,
  treated,
  strata,
  clusters,
}: PermutationInput): readonly Block[] | Refused<"invalid-input" | "too-few"> {
  const n = outcomes.length;
  if (treated.length !== n || (strata ?? outcomes).length !== n || (clusters ?? outcomes).length !== n)
    return refuse("invalid-input", "outcomes, arms, strata and clusters must be equally many");
  if (n < 2) return refuse("too-few", `needs at least 2 units, got ${n}`);
  if (!outcomes.every(Number.isFinite)) return refuse("invalid-input", "outcomes must be finite");
  if (!treated.every((w) => w === 0 || w === 1)) return refuse("invalid-input", "arms must be 0 or 1");
  const groups = new Map<number, { stratum: number; arm: number; sum: number; count: number }>();
  for (let i = 0; i < n; i++) {
    const [key, stratum, arm] = [clusters?.[i] ?? i, strata?.[i] ?? 0, treated[i] ?? NaN];
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { stratum, arm, sum: outcomes[i] ?? NaN, count: 1 });
    else if (group.arm !== arm || group.stratum !== stratum)
      return refuse("invalid-input", `cluster ${key} is in two arms or strata: it was not assigned as one`);
    else {
      group.sum += outcomes[i] ?? NaN;
      group.count++;
    }
  }
  const byStratum = grouped(groups.values());
  return [...byStratum.values()].map((members) => ({
    sums: members.map((g) => g.sum),
    counts: members.map((g) => g.count),
    arms: members.map((g) => g.arm),
    units: members.reduce((t, g) => t + g.count, 0),
  }));
}

function grouped<T extends { readonly stratum: number }>(items: Iterable<T>): ReadonlyMap<number, readonly T[]> {
  const found = new Map<number, T[]>();
  for (const item of items) {
    const members = found.get(item.stratum);
    if (members === undefined) found.set(item.stratum, [item]);
    else members.push(item);
  }
  return found;
}

/** Differences of the strata, weighted by their units. */
function differenceOf(blocks: readonly Block[], arms: readonly (readonly number[])[]): number {
  let [weighted, units] = [0, 0];
  blocks.forEach((block, b) => {
    let [s1, n1, s0, n0] = [0, 0, 0, 0];
    const labels = arms[b] ?? [];
    for (let k = 0; k < labels.length; k++) {
      const [sum, count] = [block.sums[k] ?? 0, block.counts[k] ?? 0];
      if (labels[k] === 1) {
        s1 += sum;
        n1 += count;
      } else {
        s0 += sum;
        n0 += count;
      }
    }
    weighted += block.units * (s1 / n1 - s0 / n0);
    units += block.units;
  });
  return weighted / units;
}

/** All ways to choose k of n; Infinity rather than a rounded number where there are too many to count. */
function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = (ways * (n - Math.min(k, n - k) + i)) / i;
  return Math.round(ways);
}

/** Visits each assignment of all strata together once; places the rarer arm, so that it nests no deeper than it must. */
function everyAssignment(blocks: readonly Block[], visit: (arms: readonly (readonly number[])[]) => void): void {
  const plans = blocks.map(({ arms }) => {
    const ones = arms.filter((a) => a === 1).length;
    const rare = 2 * ones <= arms.length ? 1 : 0;
    return { labels: arms.map(() => 1 - rare), rare, count: rare === 1 ? ones : arms.length - ones };
  });
  const arms = plans.map((plan) => plan.labels);
  const walk = (b: number, from: number, left: number): void => {
    const plan = plans[b];
    if (plan === undefined) return visit(arms);
    if (left === 0) return walk(b + 1, 0, plans[b + 1]?.count ?? 0);
    for (let k = from; k <= plan.labels.length - left; k++) {
      plan.labels[k] = plan.rare;
      walk(b, k + 1, left - 1);
      plan.labels[k] = 1 - plan.rare;
    }
  };
  walk(0, 0, plans[0]?.count ?? 0);
}

/** Fisher-Yates, in place. */
function shuffle(xs: number[], rng: Rng): void {
  for (let i = xs.length - 1; i > 0; i--) {
    const j = Math.floor(rng.next() * (i + 1));
    const [a, b] = [xs[i] ?? 0, xs[j] ?? 0];
    xs[i] = b;
    xs[j] = a;
  }
}
