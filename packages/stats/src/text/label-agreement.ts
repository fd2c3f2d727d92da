import { proportionInterval } from "../cohorts/one-proportion.ts";
import { refuse, type Refused } from "../refused.ts";

/** How far people agree on labels, beyond what chance would give. */
export interface LabelAgreement {
  readonly kind: "estimate";
  /** 1: always agreed; 0: as by chance; below 0: less than by chance. */
  readonly alpha: number;
  /** 95 %, of the disagreement seen (Wilson's); the chance part is taken as it was seen. */
  readonly lower: number;
  readonly upper: number;
  /** Units with two labels or more: the others say nothing of agreement. */
  readonly units: number;
  /** Share of pairs of labels of one unit that are equal, chance included. */
  readonly observed: number;
}

const CONFIDENCE = 0.95;
const LABELS_MAX = 1000;

/**
 * Krippendorff's alpha for labels without order: 1 less the ratio of the disagreement seen to the disagreement that chance would give.
 *
 * Any number of people, not all of them on every unit. With two people on every unit it is Cohen's kappa up to a correction for few units.
 *
 * @param units - a list of labels a unit, one a person, as indices from 0; who gave which does not matter.
 * @returns `too-few` with fewer than two units that have two labels; `one-class` where all labels are alike, so that chance agrees as
 * well; `invalid-input` for a label that is no index below 1,000.
 * @formula α = 1 − D_o/D_e;  D_o = 1/n·Σ_u Σ_{pairs} 1{c ≠ k}/(m_u − 1),  D_e = Σ_{c ≠ k} n_c·n_k/(n·(n − 1)),  over units with m_u ≥ 2
 * @assumes people label without seeing each other's labels; units independent
 * @see Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C; Wilson (1927) for the interval, on Kish's number of units
 * @example
 * krippendorffAlpha([[0, 0], [1, 1], [1, 0], [2, 2]]).alpha // => 0.66667
 */
export function krippendorffAlpha(
  units: readonly (readonly number[])[],
): LabelAgreement | Refused<"invalid-input" | "too-few" | "one-class"> {
  if (!units.flat().every((label) => Number.isSafeInteger(label) && label >= 0 && label < LABELS_MAX))
    return refuse("invalid-input", `labels must be indices from 0, below ${LABELS_MAX}`);
  const paired = units.filter((labels) => labels.length >= 2);
  if (paired.length < 2)
    return refuse("too-few", `${paired.length} units have two labels; agreement takes two such units`);
  const chance = expectedDisagreement(paired.flat());
  if (chance === 0) return refuse("one-class", "all labels are alike: chance would agree as well");
  const seen = observedDisagreement(paired);
  const range = proportionInterval(
    { n: kishUnits(paired), conversions: seen * kishUnits(paired) },
    { confidence: CONFIDENCE },
  );
  if (range.kind === "refused") throw new Error("a disagreement is a share of some units");
  return {
    kind: "estimate",
    alpha: 1 - seen / chance,
    lower: 1 - range.interval.upper / chance,
    upper: 1 - range.interval.lower / chance,
    units: paired.length,
    observed: 1 - seen,
  };
}

/** Share of unequal pairs, each unit weighing as many as it has labels. */
function observedDisagreement(units: readonly (readonly number[])[]): number {
  let [unequal, values] = [0, 0];
  for (const labels of units) {
    const m = labels.length;
    let pairs = m * (m - 1);
    for (const count of countsOf(labels)) pairs -= count * (count - 1);
    unequal += pairs / (m - 1);
    values += m;
  }
  return unequal / values;
}

/** How many equally weighted units these are worth. */
function kishUnits(units: readonly (readonly number[])[]): number {
  let [values, squares] = [0, 0];
  for (const { length } of units) {
    values += length;
    squares += length * length;
  }
  return (values * values) / squares;
}

function expectedDisagreement(labels: readonly number[]): number {
  const n = labels.length;
  let equal = 0;
  for (const count of countsOf(labels)) equal += count * (count - 1);
  return (n * (n - 1) - equal) / (n * (n - 1));
}

function countsOf(labels: readonly number[]): Iterable<number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts.values();
}
