import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { armMean, differenceOfMeans } from "./arm-mean.ts";
import { clusteredArm, clusterMoments, mergeClusteredArms, type ClusterPart } from "./clustered-arm.ts";
import { clusteredMean } from "./clustered-mean.ts";
import { intraclassCorrelation } from "./intraclass-correlation.ts";
import { momentsOf } from "./moments.ts";
import { ratioMean } from "./ratio-metric.ts";

const UNEVEN = [[1, 3, 2], [5, 4], [0, 1, 1, 2, 0, 3], [2], [6, 5, 7, 6]];

function units(clusters: readonly (readonly number[])[]): readonly ClusterPart[] {
  return clusters.flatMap((ys, i) => ys.map((y) => ({ cluster: `c${i}`, size: 1, total: y })));
}

describe("clusteredMean", () => {
  it("is CR2 with Bell and McCaffrey's degrees of freedom, as computed with dense matrices in NumPy", () => {
    const answer = clusteredMean(clusteredArm(units(UNEVEN)));
    expect(answer).toMatchObject({ kind: "mean", mean: 3, clusters: 5, size: 16 });
    if (answer.kind === "refused") return;
    expect(answer.standardError).toBeCloseTo(1.2624834529071933, 12);
    expect(answer.degreesOfFreedom).toBeCloseTo(2.9618110805728337, 12);
    const first = clusteredMean(clusteredArm(units(UNEVEN)), { correction: "CR1" });
    expect(first).toMatchObject({ degreesOfFreedom: 4, standardError: expect.closeTo(1.1775902300885484, 12) });
  });

  it("is the mean of single units where every cluster has one", () => {
    const ys = [1, 4, 2, 8, 5];
    expect(clusteredMean(clusteredArm(units(ys.map((y) => [y]))))).toMatchObject({
      mean: 4,
      standardError: expect.closeTo(Math.sqrt(momentsOf(ys).m2 / 4 / 5), 12),
      degreesOfFreedom: expect.closeTo(4, 9),
    });
  });

  it("is the ratio metric of totals over sizes under CR1", () => {
    const arm = clusteredArm(units(UNEVEN));
    const [mean, ratio] = [clusteredMean(arm, { correction: "CR1" }), ratioMean(clusterMoments(arm))];
    if ("kind" in ratio || mean.kind === "refused") throw new Error("no refusal expected");
    expect(mean.standardError).toBeCloseTo(Math.sqrt(ratio.variancePerUnit / ratio.n), 12);
  });

  it("refuses one cluster, all units in one, no spread and broken totals, each with its reason", () => {
    const reasons = [
      [],
      [{ cluster: "a", size: 3, total: 2 }],
      [
        { cluster: "a", size: 3, total: 2 },
        { cluster: "b", size: 0, total: 1 },
      ],
    ].map((parts) => clusteredMean(clusteredArm(parts)));
    expect(reasons).toMatchObject([{ reason: "too-few" }, { reason: "too-few" }, { reason: "too-few" }]);
    const same = [0, 1, 2].map((i) => ({ cluster: `${i}`, size: i + 1, total: (i + 1) * 0.1 }));
    expect(clusteredMean(clusteredArm(same))).toMatchObject({ reason: "zero-variance" });
    expect(clusteredMean(clusteredArm([{ cluster: "a", size: -1, total: 0 }]))).toMatchObject({
      reason: "invalid-input",
    });
  });

  // 95 % intervals of an A/A comparison, 12 unequal clusters an arm, intraclass correlation 0.3: with four standard errors of 2,000 runs
  // the share that leaves out 0 lies within 5 % ± 1.95 %. Taken as single units it is several times as large.
  it("covers with few unequal clusters, where counting units does not", () => {
    const normal = normalDraw(mersenneRng(311), { mean: 0, standardDeviation: 1 });
    const drawArm = (): readonly (readonly number[])[] =>
      Array.from({ length: 12 }, (_, i) => {
        const shared = normal() * Math.sqrt(0.3);
        return Array.from({ length: 2 + 3 * (i % 5) }, () => shared + normal() * Math.sqrt(0.7));
      });
    let [clustered, naive] = [0, 0];
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      const [a, b] = [drawArm(), drawArm()];
      const means = [clusteredMean(clusteredArm(units(a))), clusteredMean(clusteredArm(units(b)))] as const;
      const single = [armMean(momentsOf(a.flat())), armMean(momentsOf(b.flat()))] as const;
      if (significant(means)) clustered++;
      if (significant(single)) naive++;
    }
    expect(Math.abs(clustered / runs - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / runs));
    expect(naive / runs).toBeGreaterThan(0.2);
  });
});

function significant([a, b]: readonly [ReturnType<typeof armMean>, ReturnType<typeof armMean>]): boolean {
  if (a.kind === "refused" || b.kind === "refused") throw new Error("no refusal expected");
  const answer = differenceOfMeans(a, b, { confidence: 0.95 });
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer.pValue < 0.05;
}

const parts = fc.array(
  fc.record({
    cluster: fc.constantFrom("a", "b", "c", "d"),
    size: fc.integer({ min: 1, max: 9 }),
    total: fc.integer({ min: -50, max: 50 }),
  }),
  { maxLength: 20 },
);

describe("clusteredArm", () => {
  it("merges to what all parts at once give, in any grouping and order", () => {
    fc.assert(
      fc.property(parts, parts, parts, (x, y, z) => {
        const [a, b, c] = [clusteredArm(x), clusteredArm(y), clusteredArm(z)];
        const whole = clusteredArm([...z, ...y, ...x]);
        const sorted = (arm: typeof a) => [...arm].toSorted(([k], [l]) => k.localeCompare(l));
        expect(sorted(mergeClusteredArms(mergeClusteredArms(a, b), c))).toEqual(sorted(whole));
        expect(sorted(mergeClusteredArms(a, mergeClusteredArms(b, c)))).toEqual(sorted(whole));
      }),
    );
  });

  it("scales and shifts with the outcome", () => {
    const arm = clusteredMean(clusteredArm(units(UNEVEN)));
    const moved = clusteredMean(clusteredArm(units(UNEVEN.map((ys) => ys.map((y) => 10 + 3 * y)))));
    if (arm.kind === "refused" || moved.kind === "refused") throw new Error("no refusal expected");
    expect(moved.mean).toBeCloseTo(10 + 3 * arm.mean, 10);
    expect(moved.standardError).toBeCloseTo(3 * arm.standardError, 10);
  });
});

describe("intraclassCorrelation", () => {
  it("is 1 where units of a cluster are the same and clusters differ, and below 0 where clusters are more alike than chance", () => {
    expect(intraclassCorrelation([momentsOf([1, 1]), momentsOf([3, 3, 3])])).toMatchObject({ correlation: 1 });
    const mixed = intraclassCorrelation([momentsOf([0, 1]), momentsOf([0, 1])]);
    expect(mixed).toMatchObject({ kind: "estimate", correlation: -1, effectiveSize: 2 });
  });

  it("refuses where clusters cannot be told from units", () => {
    expect(intraclassCorrelation([momentsOf([1, 2])])).toMatchObject({ reason: "too-few" });
    expect(intraclassCorrelation([momentsOf([1]), momentsOf([2])])).toMatchObject({ reason: "too-few" });
    expect(intraclassCorrelation([momentsOf([2, 2]), momentsOf([2, 2])])).toMatchObject({ reason: "zero-variance" });
  });
});
