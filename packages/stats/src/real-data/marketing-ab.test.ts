import { describe, expect, it } from "vitest";
import { chiSquaredSampleRatio } from "../anytime/sample-ratio-mismatch.ts";
import { initialTwoByTwo, stepTwoByTwo, twoByTwoEvidence } from "../anytime/two-by-two-e-process.ts";
import { pooledZ, twoProportionDifference } from "../cohorts/two-proportions.ts";
import { twoProportionsSize } from "../design/power.ts";
import { accepted } from "../golden/adapter.ts";
import { hasData, NEEDS_DATA, readRows } from "./public-data.fixture.ts";

const FILE = "marketing_ab_sample/marketing_AB_sample.csv";

describe.skipIf(!hasData(FILE))(`Advertisements against public service ones, a sample of 35,000 ${NEEDS_DATA}`, () => {
  const rows = hasData(FILE) ? readRows(FILE) : [];
  const arm = (group: string) => {
    const people = rows.filter((row) => row.text("test_group") === group);
    return { n: people.length, conversions: people.filter((row) => row.text("converted") === "True").length };
  };
  const [psa, ad] = [arm("psa"), arm("ad")];

  it("is not significant here, though the full file is: +0.55 points [-0.19, 1.29]", () => {
    expect(ad.conversions / ad.n).toBeCloseTo(0.025_05, 5);
    expect(psa.conversions / psa.n).toBeCloseTo(0.019_55, 5);
    const found = accepted(twoProportionDifference(psa, ad, { confidence: 0.95, method: "wald" }));
    // The catalogue prints hundredths of a point.
    expect(Math.abs(found.estimate - 0.0055)).toBeLessThanOrEqual(5e-5);
    expect(Math.abs(found.interval.lower - -0.0019)).toBeLessThanOrEqual(5e-5);
    expect(Math.abs(found.interval.upper - 0.0129)).toBeLessThanOrEqual(5e-5);
    expect(accepted(pooledZ(psa, ad)).pValue).toBeGreaterThan(0.05);
    // With 28 conversions Newcombe's interval, which keeps its level there, is shifted upwards; it holds 0 as well.
    const newcombe = accepted(twoProportionDifference(psa, ad, { confidence: 0.95 }));
    expect(newcombe.interval.lower).toBeLessThan(0);
    expect(newcombe.interval.upper).toBeGreaterThan(0);
  });

  it("is under-powered: the small arm has a quarter of the units that such a lift needs", () => {
    const rates = { control: psa.conversions / psa.n, treatment: ad.conversions / ad.n, alpha: 0.05 };
    const needed = accepted(twoProportionsSize(rates, { power: 0.8, ratio: ad.n / psa.n }));
    expect(needed.control / psa.n).toBeGreaterThan(3);
    expect(needed.control / psa.n).toBeLessThan(5);
  });

  it("is no evidence to an exact e-process either, whatever the order of its batches", () => {
    const batches = (size: number) => {
      const of = (group: string) => rows.filter((row) => row.text("test_group") === group);
      const [first, second] = [of("psa"), of("ad")];
      const slice = (people: typeof rows, k: number) => {
        const part = people.slice(Math.floor((k * people.length) / size), Math.floor(((k + 1) * people.length) / size));
        return { n: part.length, conversions: part.filter((row) => row.text("converted") === "True").length };
      };
      return Array.from({ length: size }, (_, k) => ({ control: slice(first, k), treatment: slice(second, k) }));
    };
    for (const size of [10, 50]) {
      let state = initialTwoByTwo;
      for (const batch of batches(size)) state = accepted(stepTwoByTwo(state, batch));
      expect(twoByTwoEvidence(state).pValue).toBeGreaterThan(0.05);
    }
  });

  it("has the 4 % of the full file in the small arm, by design: an even split would be a mismatch", () => {
    const counts = [psa.n, ad.n];
    expect(accepted(chiSquaredSampleRatio({ counts, expected: [0.04, 0.96] })).pValue).toBeGreaterThan(0.001);
    expect(accepted(chiSquaredSampleRatio({ counts, expected: [0.5, 0.5] })).pValue).toBeLessThan(1e-300);
  });
});
