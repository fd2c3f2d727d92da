import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng, type Rng } from "../numerics/random.ts";
import { asymptoticConfidenceSequence } from "./asymptotic-confidence-sequence.ts";
import { rateDifferenceSequence, rateRatioSequence, type RateInput } from "./rate-sequences.ts";
import { initialTwoByTwo, stepTwoByTwo } from "./two-by-two-e-process.ts";

const TUNING = { alpha: 0.05, tunedFor: 5000 };
const METHODS = { rateDifferenceSequence, rateRatioSequence };

describe.each(Object.entries(METHODS))("%s", (_, method) => {
  it("waits for 25 conversions and, where nearly all convert, for 25 non-conversions in each arm", () => {
    const arms = (a: number, b: number, n = 1000): RateInput => ({
      control: { n, conversions: a },
      treatment: { n, conversions: b },
      ...TUNING,
    });
    for (const early of [arms(24, 400), arms(400, 24), arms(976, 500), arms(500, 976), arms(0, 0), arms(1000, 1000)])
      expect(method(early)).toMatchObject({ kind: "refused", reason: "burn-in" });
    for (const ripe of [arms(25, 25), arms(975, 975)]) expect(method(ripe)).toMatchObject({ kind: "estimate" });
    expect(method({ ...arms(10, 10), burnIn: 10 })).toMatchObject({ kind: "estimate" });
  });

  it("has an interval around its estimate that leaves out no effect exactly when p ≤ alpha, and turns round with the arms", () => {
    fc.assert(
      fc.property(fc.integer({ min: 25, max: 975 }), fc.integer({ min: 25, max: 975 }), (a, b) => {
        const [control, treatment] = [
          { n: 1000, conversions: a },
          { n: 1000, conversions: b },
        ];
        const there = method({ control, treatment, ...TUNING });
        const back = method({ control: treatment, treatment: control, ...TUNING });
        if (there.kind === "refused" || back.kind === "refused") throw new Error("burn-in is over");
        expect(there.lower).toBeLessThan(there.estimate);
        expect(there.upper).toBeGreaterThan(there.estimate);
        expect(there.lower > 0 || there.upper < 0).toBe(there.pValue <= 0.05);
        expect(back.lower).toBeCloseTo(-there.upper, 9);
        expect(back.logEValue).toBeCloseTo(there.logEValue, 9);
      }),
    );
  });

  it("refuses counts and options that cannot be", () => {
    const fine = { control: { n: 1000, conversions: 100 }, treatment: { n: 1000, conversions: 100 }, ...TUNING };
    for (const bad of [
      { ...fine, control: { n: 1000, conversions: 1001 } },
      { ...fine, control: { n: NaN, conversions: 100 } },
      { ...fine, control: { n: Infinity, conversions: 100 } },
      { ...fine, alpha: 0 },
      { ...fine, tunedFor: NaN },
      { ...fine, burnIn: 0 },
    ])
      expect(method(bad)).toMatchObject({ kind: "refused", reason: "invalid-input" });
  });
});

/** Conversions of each 100 units of an arm: gaps between conversions are geometric. */
function perLook(rng: Rng, rate: number, looks: number): readonly number[] {
  const counts = Array.from({ length: looks }, () => 0);
  for (let unit = -1; ;) {
    unit += 1 + Math.floor(Math.log1p(-rng.next()) / Math.log1p(-rate));
    const look = Math.floor(unit / 100);
    if (look >= looks) return counts;
    counts[look] = (counts[look] ?? 0) + 1;
  }
}

/** Relative difference by the delta method, judged as soon as both arms have a conversion. */
function relativePValue({ control, treatment, alpha, tunedFor }: RateInput): number {
  const [a, b] = [control.conversions / control.n, treatment.conversions / treatment.n];
  if (a === 0 || b === 0) return 1;
  const variance = ((b * (1 - b)) / treatment.n + ((b / a) ** 2 * a * (1 - a)) / control.n) / a ** 2;
  const n = control.n + treatment.n;
  const answer = asymptoticConfidenceSequence({
    estimate: b / a - 1,
    standardError: Math.sqrt(variance),
    n,
    alpha,
    tunedFor,
  });
  return answer.kind === "refused" ? 1 : answer.pValue;
}

function pValueOf(answer: ReturnType<typeof rateDifferenceSequence>): number {
  return answer.kind === "refused" ? 1 : answer.pValue;
}

describe.each([0.002, 0.01])("an A/A test at a base rate of %d, looked at 200 times", (rate) => {
  it("is called different in no more than 5 % of runs, where a relative difference without burn-in is in more than 10 %", () => {
    // 300 runs; four standard errors of a share of 5 % are 4·√(0.05·0.95/300) = 0.05, of 15 % 0.082. More runs: see the table in the source.
    const runs = 300;
    const rng = mersenneRng(73);
    const alarms = { difference: 0, ratio: 0, exact: 0, relative: 0 };
    for (let run = 0; run < runs; run++) {
      const [a, b] = [perLook(rng, rate, 200), perLook(rng, rate, 200)];
      let state = initialTwoByTwo;
      const least = { difference: 1, ratio: 1, relative: 1 };
      for (let look = 0; look < 200; look++) {
        const next = stepTwoByTwo(state, {
          control: { n: 100, conversions: a[look] ?? 0 },
          treatment: { n: 100, conversions: b[look] ?? 0 },
        });
        if ("kind" in next) throw new Error(next.message);
        state = next;
        const arms = { control: state.control, treatment: state.treatment, ...TUNING };
        least.difference = Math.min(least.difference, pValueOf(rateDifferenceSequence(arms)));
        least.ratio = Math.min(least.ratio, pValueOf(rateRatioSequence(arms)));
        least.relative = Math.min(least.relative, relativePValue(arms));
      }
      if (least.difference <= 0.05) alarms.difference++;
      if (least.ratio <= 0.05) alarms.ratio++;
      if (least.relative <= 0.05) alarms.relative++;
      if (state.logEValueMax >= Math.log(20)) alarms.exact++;
    }
    for (const method of ["difference", "ratio", "exact"] as const)
      expect(alarms[method] / runs).toBeLessThan(0.05 + 0.05);
    expect(alarms.relative / runs).toBeGreaterThan(0.15 - 0.082);
  });
});
