import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asymptoticConfidenceSequence } from "../anytime/asymptotic-confidence-sequence.ts";
import { policyContrast } from "./policy-contrast.ts";
import type { ContrastStratum } from "./policy-strata.ts";
import { mersenneRng, type Rng } from "../numerics/random.ts";

const B = { a: 0, b: 1 };
const A = { a: 1, b: 0 };

function stratum(
  period: number,
  propensity: number,
  counts: { readonly a: readonly [number, number]; readonly b: readonly [number, number] },
  emphasis?: number,
): ContrastStratum {
  const cell = (action: string, p: number, [n, conversions]: readonly [number, number]) => ({
    action,
    propensity: p,
    n,
    sum: conversions,
    sumSquares: conversions,
  });
  return {
    period,
    cells: [cell("a", 1 - propensity, counts.a), cell("b", propensity, counts.b)],
    target: B,
    reference: A,
    ...(emphasis === undefined ? {} : { emphasis }),
  };
}

/** Weight that makes every stratum's scores about equally noisy: fixed by its propensities alone. */
function stabilising(propensity: number): number {
  return 1 / Math.sqrt(1 / propensity + 1 / (1 - propensity));
}

describe("emphasis of strata in policyContrast", () => {
  it("changes nothing when it is the same everywhere", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (emphasis, conversions) => {
          const counts = { a: [50, 7], b: [40, conversions] } as const;
          const even = policyContrast([stratum(1, 0.4, counts), stratum(2, 0.3, counts)]);
          const scaled = policyContrast([stratum(1, 0.4, counts, emphasis), stratum(2, 0.3, counts, emphasis)]);
          if (even.kind === "refused" || scaled.kind === "refused") throw new Error("both can be estimated");
          expect(scaled.estimate).toBeCloseTo(even.estimate, 10);
          // The weighted form divides by n where the even one divides by n − 1.
          expect(scaled.standardError / even.standardError).toBeCloseTo(Math.sqrt((even.n - 1) / even.n), 8);
        },
      ),
    );
  });

  it("keeps a cycle in which an action was hardly tried from drowning the cycles in which it was", () => {
    const explored = stratum(1, 0.5, { a: [1000, 100], b: [1000, 160] });
    const starved = stratum(2, 0.005, { a: [3980, 398], b: [20, 3] });
    const even = policyContrast([explored, starved]);
    const stabilised = policyContrast([
      { ...explored, emphasis: stabilising(0.5) },
      { ...starved, emphasis: stabilising(0.005) },
    ]);
    if (even.kind === "refused" || stabilised.kind === "refused") throw new Error("both can be estimated");
    expect(stabilised.standardError).toBeLessThan(even.standardError / 2);
  });

  it("refuses an emphasis of nothing", () => {
    expect(policyContrast([stratum(1, 0.5, { a: [10, 1], b: [10, 2] }, 0)])).toMatchObject({
      kind: "refused",
      reason: "invalid-input",
    });
  });

  it("keeps the confidence sequence honest under peeking, while propensities chase the leader", () => {
    // A/A: both actions convert at 15 %. 600 runs, each looked at after every one of 12 periods; alpha = 5 %. A sequence that holds rejects
    // in at most 5 % of runs; four standard errors of a share at 5 % over 600 runs are 3.6 points.
    const runs = 600;
    const rng = mersenneRng(20_261);
    let rejected = 0;
    for (let run = 0; run < runs; run++) if (rejectsEver(rng)) rejected += 1;
    expect(rejected / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs));
  }, 60_000);
});

function rejectsEver(rng: Rng): boolean {
  const strata: ContrastStratum[] = [];
  let propensity = 0.5;
  const total = { a: [0, 0], b: [0, 0] } satisfies Record<string, [number, number]>;
  for (let period = 1; period <= 12; period++) {
    const counts: { a: [number, number]; b: [number, number] } = { a: [0, 0], b: [0, 0] };
    for (let i = 0; i < 200; i++) {
      const arm = rng.next() < propensity ? counts.b : counts.a;
      arm[0] += 1;
      arm[1] += rng.next() < 0.15 ? 1 : 0;
    }
    strata.push({ ...stratum(period, propensity, counts), emphasis: stabilising(propensity) });
    for (const arm of ["a", "b"] as const)
      total[arm] = [total[arm][0] + counts[arm][0], total[arm][1] + counts[arm][1]];
    const leads = total.b[1] / Math.max(1, total.b[0]) > total.a[1] / Math.max(1, total.a[0]);
    propensity = leads ? 0.9 : 0.1;
    if (Math.min(total.a[1], total.b[1]) < 25) continue;
    const estimate = policyContrast(strata);
    if (estimate.kind === "refused") continue;
    const sequence = asymptoticConfidenceSequence({ ...estimate, alpha: 0.05, tunedFor: 1200 });
    if (sequence.kind === "estimate" && (sequence.lower > 0 || sequence.upper < 0)) return true;
  }
  return false;
}
