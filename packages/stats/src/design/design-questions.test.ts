import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asymptoticConfidenceSequence } from "../anytime/asymptotic-confidence-sequence.ts";
import { clusteredArm } from "../cohorts/clustered-arm.ts";
import { clusteredMean } from "../cohorts/clustered-mean.ts";
import { differenceOfMeans } from "../cohorts/arm-mean.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { clustersNeeded, designEffect } from "./cluster-design.ts";
import { daysToDetect, unitsAfter } from "./days-to-detect.ts";
import { holdoutShare, mostPreciseShare } from "./holdout-share.ts";
import { minimumDetectableEffect, minimumDetectableMean, minimumDetectableRate } from "./minimum-detectable-effect.ts";
import { standardisedPower, twoMeansPower, twoMeansSize, twoProportionsPower, twoProportionsSize } from "./power.ts";
import { deviationPerUnit, sequentialDetectableEffect, sequentialUnits } from "./sequential-design.ts";

const setting = fc.record({
  alpha: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
  power: fc.double({ min: 0.3, max: 0.99, noNaN: true }),
});
const sizes = fc.record({ control: fc.integer({ min: 200, max: 1e6 }), treatment: fc.integer({ min: 200, max: 1e6 }) });

describe("minimum detectable effects", () => {
  it("of a rate give the wanted power back, up and down", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        sizes,
        setting,
        fc.constantFrom("increase" as const, "decrease" as const),
        (baseline, n, question, direction) => {
          const answer = minimumDetectableRate(baseline, { sizes: n, direction, ...question });
          if (answer.kind === "refused") return;
          const { treatment, absolute } = answer;
          expect(twoProportionsPower({ control: baseline, treatment, alpha: question.alpha }, n)).toBeCloseTo(
            question.power,
            7,
          );
          expect(Math.sign(absolute)).toBe(direction === "increase" ? 1 : -1);
        },
      ),
    );
  });

  it("of a mean give the wanted power back, and the normal formula in large samples", () => {
    fc.assert(
      fc.property(sizes, setting, (n, question) => {
        const answer = minimumDetectableMean(3, { sizes: n, ...question });
        if (answer.kind === "refused") throw new Error(answer.message);
        const means = { delta: answer.absolute, standardDeviation: 3, alpha: question.alpha };
        expect(twoMeansPower(means, n)).toBeCloseTo(question.power, 8);
        const plain = minimumDetectableEffect(3 * Math.sqrt(1 / n.control + 1 / n.treatment), question);
        if (plain.kind === "refused") throw new Error(plain.message);
        expect(answer.absolute / plain.absolute).toBeCloseTo(1, 1);
      }),
      { numRuns: 30 },
    );
  });

  it("are refused where no rate would do, and for what is no design", () => {
    const question = { alpha: 0.05, power: 0.8 };
    expect(minimumDetectableRate(0.5, { sizes: { control: 3, treatment: 3 }, ...question })).toMatchObject({
      reason: "out-of-reach",
    });
    expect(minimumDetectableRate(0, { sizes: { control: 30, treatment: 30 }, ...question })).toMatchObject({
      reason: "invalid-input",
    });
    expect(minimumDetectableEffect(0, question)).toMatchObject({ reason: "invalid-input" });
    expect(minimumDetectableEffect(1, { alpha: 0.05, power: 0.01 })).toMatchObject({ reason: "invalid-input" });
  });
});

it("sizes of unequal arms give the wanted power back", () => {
  fc.assert(
    fc.property(setting, fc.double({ min: 0.1, max: 10, noNaN: true }), (question, ratio) => {
      const rates = { control: 0.1, treatment: 0.15, alpha: question.alpha };
      const n = twoProportionsSize(rates, { power: question.power, ratio });
      if ("kind" in n) throw new Error(n.message);
      expect(twoProportionsPower(rates, n)).toBeCloseTo(question.power, 9);
      const means = { delta: 0.2, standardDeviation: 1, alpha: question.alpha };
      const control = twoMeansSize(means, { power: question.power, ratio });
      if (typeof control !== "number") throw new Error(control.message);
      expect(twoMeansPower(means, { control, treatment: ratio * control })).toBeCloseTo(question.power, 8);
    }),
    { numRuns: 8 },
  );
});

describe("sequentialUnits", () => {
  const test = { deviationPerUnit: 2, tunedFor: 4000, alpha: 0.05, power: 0.8 };

  it("and the detectable effect undo each other", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1, noNaN: true }), (effect) => {
        const answer = sequentialUnits(effect, test);
        if (answer.kind === "refused") throw new Error(answer.message);
        const back = sequentialDetectableEffect(answer.units, test);
        expect(back.kind === "estimate" && back.absolute / effect).toBeCloseTo(1, 9);
      }),
    );
  });

  // The look at the end alone has power 0.8, so looks on the way bring it to 0.8 or more: at least 0.8 less four standard errors of 800
  // runs. It stays below 0.9, or the size would be too generous to be called the one needed.
  it("are enough in a simulation of a watched test", () => {
    const effect = 0.15;
    const answer = sequentialUnits(effect, test);
    if (answer.kind === "refused") throw new Error(answer.message);
    const normal = normalDraw(mersenneRng(8), { mean: 0, standardDeviation: 1 });
    const n = Math.ceil(answer.units / 2);
    let found = 0;
    for (let run = 0; run < 800; run++) {
      let [a, b] = [0, 0];
      let seen = false;
      for (let i = 1; i <= n && !seen; i++) {
        [a, b] = [a + normal(), b + normal() + effect];
        if (i % 50 !== 0 && i !== n) continue;
        const look = asymptoticConfidenceSequence({
          estimate: (b - a) / i,
          standardError: Math.sqrt(2 / i),
          n: 2 * i,
          alpha: test.alpha,
          tunedFor: test.tunedFor,
        });
        seen = look.kind === "estimate" && look.lower > 0;
      }
      if (seen) found++;
    }
    expect(found / 800).toBeGreaterThan(0.8 - 4 * Math.sqrt((0.8 * 0.2) / 800));
    expect(found / 800).toBeLessThan(0.9);
  });

  it("are more than one look needs, and refuse no effect and one too small to wait for", () => {
    const answer = sequentialUnits(0.1, test);
    const oneLook = ((2 * (1.96 + 0.8416)) / 0.1) ** 2;
    expect(answer.kind === "estimate" && answer.units).toBeGreaterThan(oneLook);
    expect(sequentialUnits(0, test)).toMatchObject({ reason: "no-effect" });
    expect(sequentialUnits(1e-9, test)).toMatchObject({ reason: "out-of-reach" });
    expect(sequentialUnits(0.1, { ...test, deviationPerUnit: NaN })).toMatchObject({ reason: "invalid-input" });
    expect(deviationPerUnit({ control: 1, treatment: 1, treatmentShare: 1 })).toBeNaN();
  });
});

describe("clustersNeeded", () => {
  it("is the plain size for single units, and a cluster a unit where all of a cluster are the same", () => {
    const n = { control: 400, treatment: 800 };
    expect(clustersNeeded(n, { meanSize: 1, correlation: 0.5 })).toMatchObject({ clusters: n });
    expect(clustersNeeded(n, { meanSize: 7, correlation: 1 })).toMatchObject({ clusters: n, factor: 7 });
    expect(designEffect({ meanSize: 10, correlation: 0.05, sizeVariation: 1 })).toMatchObject({
      factor: expect.closeTo(1.95, 12),
    });
    expect(designEffect({ meanSize: 0.5, correlation: 0.05 })).toMatchObject({ reason: "invalid-input" });
  });

  // Effect 0.25, correlation 0.1, clusters of 8: 600 runs; four standard errors of 0.8 are 6.5 %, and the t distribution costs some 2 %.
  it("has the promised power in a simulation of the clustered comparison", () => {
    const one = twoMeansSize({ delta: 0.25, standardDeviation: 1, alpha: 0.05 }, { power: 0.8 });
    if (typeof one !== "number") throw new Error(one.message);
    const design = clustersNeeded({ control: one, treatment: one }, { meanSize: 8, correlation: 0.1 });
    if (design.kind === "refused") throw new Error(design.message);
    const normal = normalDraw(mersenneRng(61), { mean: 0, standardDeviation: 1 });
    const draw = (count: number, mean: number) =>
      clusteredMean(
        clusteredArm(
          Array.from({ length: count }, (_, i) => {
            const total = 8 * (mean + Math.sqrt(0.1) * normal()) + Math.sqrt(0.9 * 8) * normal();
            return { cluster: `${i}`, size: 8, total };
          }),
        ),
      );
    let found = 0;
    for (let run = 0; run < 600; run++) {
      const [a, b] = [draw(design.clusters.control, 0), draw(design.clusters.treatment, 0.25)];
      if (a.kind === "refused" || b.kind === "refused") throw new Error("no refusal expected");
      const answer = differenceOfMeans(a, b, { confidence: 0.95 });
      if (answer.kind === "estimate" && answer.pValue < 0.05) found++;
    }
    expect(Math.abs(found / 600 - 0.8)).toBeLessThan(0.065 + 0.02);
  });
});

describe("holdoutShare", () => {
  it("is the smallest share with the wanted power", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.integer({ min: 1000, max: 1e6 }),
        setting,
        (control, treatment, units, question) => {
          const effect = 0.4;
          const answer = holdoutShare({ control, treatment }, { units, effect, ...question });
          if (answer.kind === "refused") return;
          const power = (share: number): number =>
            standardisedPower(effect, {
              control: (units * share) / control ** 2,
              treatment: (units * (1 - share)) / treatment ** 2,
              alpha: question.alpha,
            });
          // Both tails count there, so it may be a little more.
          expect(power(answer.share)).toBeGreaterThan(question.power - 1e-9);
          expect(power(answer.share)).toBeLessThan(question.power + question.alpha / 2);
          expect(power(answer.share * 0.9)).toBeLessThan(power(answer.share));
        },
      ),
    );
  });

  it("refuses with the units that would do", () => {
    const question = { units: 100, effect: 0.01, alpha: 0.05, power: 0.8 };
    expect(holdoutShare({ control: 1, treatment: 1 }, question)).toMatchObject({
      reason: "out-of-reach",
      message: expect.stringContaining("313956"),
    });
    expect(holdoutShare({ control: 1, treatment: 1 }, { ...question, effect: 0 })).toMatchObject({
      reason: "no-effect",
    });
    expect(mostPreciseShare({ control: 0, treatment: 1 })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("daysToDetect", () => {
  const traffic = { unitsPerDay: 100, shares: { control: 0.1, treatment: 0.9 }, maturityDays: 14 };

  it("waits for the smaller arm, then for its last outcomes", () => {
    expect(daysToDetect({ control: 205, treatment: 100 }, traffic)).toEqual({
      kind: "estimate",
      days: 35,
      enrolmentDays: 21,
      units: { control: 210, treatment: 1890 },
    });
    expect(daysToDetect({ control: 215, treatment: 100 }, { ...traffic, wholeWeeks: true })).toMatchObject({
      enrolmentDays: 28,
    });
  });

  it("ends on a day when the units are there, and not on the day before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20000 }), fc.integer({ min: 1, max: 20000 }), (control, treatment) => {
        const answer = daysToDetect({ control, treatment }, traffic);
        if (answer.kind === "refused") throw new Error(answer.message);
        const [then, before] = [unitsAfter(answer.days, traffic), unitsAfter(answer.days - 1, traffic)];
        const enough = (x: typeof then): boolean =>
          x.kind === "estimate" && x.units.control >= control - 1e-6 && x.units.treatment >= treatment - 1e-6;
        expect([enough(then), enough(before)]).toEqual([true, false]);
      }),
    );
  });

  it("refuses a century, no traffic, shares above 1 and outcomes that have not matured", () => {
    expect(daysToDetect({ control: 1e9, treatment: 1 }, traffic)).toMatchObject({ reason: "out-of-reach" });
    expect(daysToDetect({ control: 1, treatment: 1 }, { ...traffic, unitsPerDay: 0 })).toMatchObject({
      reason: "invalid-input",
    });
    expect(
      daysToDetect({ control: 1, treatment: 1 }, { ...traffic, shares: { control: 0.6, treatment: 0.6 } }),
    ).toMatchObject({ reason: "invalid-input" });
    expect(unitsAfter(14, traffic)).toMatchObject({ reason: "too-early" });
  });
});
