import {
  groupSequentialBounds,
  mersenneRng,
  normalDraw,
  wangTsiatisBounds,
  type ErrorSpending,
  type Refused,
  type SequentialDesign,
  type SequentialPlan,
} from "../index.ts";
import { countMisses, type MissCounts } from "./miss-count.ts";

const SPENDING: Readonly<Record<string, ErrorSpending>> = {
  "O'Brien-Fleming spending": { kind: "obrien-fleming" },
  "Pocock spending": { kind: "pocock" },
  "power spending": { kind: "power", exponent: 2 },
  "exponential spending": { kind: "exponential", rate: 1 },
};
const SHAPES: Readonly<Record<string, number>> = {
  "O'Brien-Fleming shape": 0,
  "Wang-Tsiatis ¼": 0.25,
  "Pocock shape": 0.5,
};

export const GROUP_SEQUENTIAL_METHODS: readonly string[] = [...Object.keys(SPENDING), ...Object.keys(SHAPES)];

/** Runs of a test without any effect that cross a group-sequential bound at some planned look; looks at uneven shares. */
export function groupSequentialError({
  seed,
  runs,
  sides,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly sides: 1 | 2;
}): MissCounts {
  const plan: SequentialPlan = { informationShares: [0.15, 0.3, 0.5, 0.75, 1], alpha: 0.05, sides };
  const designs = [
    ...Object.entries(SPENDING).map(([name, spending]) => [name, groupSequentialBounds(plan, spending)] as const),
    ...Object.entries(SHAPES).map(([name, delta]) => [name, wangTsiatisBounds(plan, delta)] as const),
  ].map(([name, design]) => ({ name, bounds: boundsOf(design) }));
  const step = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: 1 });
  return countMisses(runs, () => {
    let [score, before] = [0, 0];
    const zs = plan.informationShares.map((share) => {
      score += Math.sqrt(share - before) * step();
      before = share;
      const z = score / Math.sqrt(share);
      return sides === 2 ? Math.abs(z) : z;
    });
    return Object.fromEntries(
      designs.map(({ name, bounds }) => [name, zs.some((z, look) => z >= (bounds[look] ?? Infinity))]),
    );
  });
}

function boundsOf(design: SequentialDesign | Refused): readonly number[] {
  if (design.kind === "refused") throw new Error(design.message);
  return design.bounds.map(({ criticalValue }) => criticalValue);
}
