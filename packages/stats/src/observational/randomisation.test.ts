import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { negativeControls } from "./negative-control.ts";
import { permutationTest } from "./permutation-test.ts";
import { placeboInSpace } from "./placebo-in-space.ts";
import { placeboInTime } from "./placebo-in-time.ts";

const rng = () => mersenneRng(1);

describe("permutationTest", () => {
  it("is exact where all assignments can be gone through, by hand", () => {
    // Of the 6 ways to treat two of four, two separate {1, 2} from {3, 4} (in either direction); one in the right direction.
    const data = { outcomes: [1, 2, 3, 4], treated: [0, 0, 1, 1] };
    expect(permutationTest(data, { rng: rng() })).toMatchObject({
      estimate: 2,
      pValue: 2 / 6,
      exact: true,
      assignments: 6,
    });
    expect(permutationTest(data, { rng: rng(), alternative: "greater" })).toMatchObject({ pValue: 1 / 6 });
    expect(permutationTest(data, { rng: rng(), alternative: "less" })).toMatchObject({ pValue: 1 });
  });

  it("draws by (b + 1)/(m + 1) where there are too many, near the exact value", () => {
    const draw = normalDraw(mersenneRng(7), { mean: 0, standardDeviation: 1 });
    const data = {
      outcomes: Array.from({ length: 14 }, (_, i) => draw() + (i % 2)),
      treated: Array.from({ length: 14 }, (_, i) => i % 2),
    };
    const exact = accepted(permutationTest(data, { rng: rng() }));
    const drawn = accepted(permutationTest(data, { rng: rng(), exactMax: 10, draws: 1999 }));
    expect(exact).toMatchObject({ exact: true, assignments: 3432 });
    expect(drawn).toMatchObject({ exact: false, assignments: 2000 });
    // Four standard errors of a share of 1,999 draws.
    expect(Math.abs(drawn.pValue - exact.pValue)).toBeLessThan(
      4 * Math.sqrt((exact.pValue * (1 - exact.pValue)) / 1999),
    );
    const far = { ...data, outcomes: data.treated.map((w, i) => 100 * w + i) };
    expect(accepted(permutationTest(far, { rng: rng(), exactMax: 10, draws: 99 })).pValue).toBeGreaterThanOrEqual(0.01);
  });

  it("errs in at most 5 % of 400 comparisons without effect, also of clustered units", () => {
    let [plain, clustered, ignored] = [0, 0, 0];
    for (let run = 0; run < 400; run++) {
      const draw = normalDraw(mersenneRng(run), { mean: 0, standardDeviation: 1 });
      const levels = Array.from({ length: 8 }, () => 3 * draw());
      const clusters = Array.from({ length: 32 }, (_, i) => i % 8);
      const treated = clusters.map((c) => c % 2);
      const outcomes = clusters.map((c) => (levels[c] ?? 0) + draw());
      const p = (input: Parameters<typeof permutationTest>[0]): number =>
        accepted(permutationTest(input, { rng: mersenneRng(run), draws: 199, exactMax: 100 })).pValue;
      plain += Number(p({ outcomes: outcomes.map(() => draw()), treated }) <= 0.05);
      clustered += Number(p({ outcomes, treated, clusters }) <= 0.05);
      ignored += Number(p({ outcomes, treated }) <= 0.05);
    }
    const limit = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / 400);
    expect(plain / 400).toBeLessThan(limit);
    expect(clustered / 400).toBeLessThan(limit);
    // Why clusters matter: shuffling their units errs many times as often.
    expect(ignored / 400).toBeGreaterThan(0.2);
  });

  it("exchanges labels within strata only, and so is not fooled by a difference between them", () => {
    // Stratum 1 lies 100 higher and is mostly treated; within the strata there is hardly an effect.
    const data = {
      outcomes: [1, 2, 3, 4, 101, 102, 103, 104],
      treated: [1, 0, 0, 0, 1, 1, 0, 1],
      strata: [0, 0, 0, 0, 1, 1, 1, 1],
    };
    const stratified = accepted(permutationTest(data, { rng: rng() }));
    expect(stratified).toMatchObject({ exact: true, assignments: 16 });
    expect(stratified.estimate).toBeCloseTo((1 - 3 + (307 / 3 - 103)) / 2, 12);
    expect(stratified.pValue).toBeGreaterThan(0.2);
    const { strata: _, ...flat } = data;
    expect(accepted(permutationTest(flat, { rng: rng() })).estimate).toBeGreaterThan(40);
  });

  it("does not mind order, shift or a positive scale", () => {
    const units = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 1 })), {
      minLength: 4,
      maxLength: 8,
    });
    fc.assert(
      fc.property(units, (rows) => {
        const test = (order: typeof rows, f: (y: number) => number) =>
          permutationTest({ outcomes: order.map(([y]) => f(y)), treated: order.map(([, w]) => w) }, { rng: rng() });
        const arms = new Set(rows.map(([, w]) => w));
        fc.pre(arms.size === 2 && rows.some(([y]) => y !== rows[0]?.[0]));
        const [a, b] = [accepted(test(rows, (y) => y)), accepted(test(rows.toReversed(), (y) => 3 * y + 7))];
        expect(b.pValue).toBeCloseTo(a.pValue, 12);
        expect(b.estimate).toBeCloseTo(3 * a.estimate, 9);
      }),
    );
  });

  it("refuses what cannot be exchanged", () => {
    const data = { outcomes: [1, 2, 3, 4], treated: [0, 0, 1, 1] };
    expect(permutationTest({ ...data, clusters: [0, 1, 1, 2] }, { rng: rng() })).toMatchObject({
      reason: "invalid-input",
    });
    expect(permutationTest({ ...data, strata: [0, 0, 1, 1] }, { rng: rng() })).toMatchObject({ reason: "one-arm" });
    expect(permutationTest({ ...data, outcomes: [1, 1, 1, 1] }, { rng: rng() })).toMatchObject({
      reason: "zero-variance",
    });
    expect(permutationTest({ outcomes: [1], treated: [1] }, { rng: rng() })).toMatchObject({ reason: "too-few" });
  });
});

/** Twenty regions that share two seasons and have a level and noise of their own; the first gains `effect` from period 30 on. */
function regions(effect: number, seed: number) {
  const draw = normalDraw(mersenneRng(seed), { mean: 0, standardDeviation: 1 });
  const loadings = Array.from({ length: 20 }, () => [1 + 0.3 * draw(), 0.5 * draw()]);
  const series = Array.from({ length: 40 }, (_, t) =>
    loadings.map(([a = 0, b = 0]) => 50 + 10 * a * Math.sin(t / 3) + 10 * b * Math.cos(t / 5) + draw()),
  );
  return {
    treated: series.map(([y = 0], t) => y + (t >= 30 ? effect : 0)),
    donors: series.map(([, ...rest]) => rest),
    before: 30,
  };
}

describe("placebos", () => {
  it("see an effect in space and in time, of about its size", () => {
    const space = accepted(placeboInSpace(regions(8, 2), { levels: "removed" }));
    // The best possible: no donor out of 19 has as large a ratio.
    expect(space.pValue).toBeCloseTo(1 / 20, 12);
    // Noise of 1 a period over 10 periods, and an imperfect mix: within 1.5 of 8.
    expect(Math.abs(space.estimate - 8)).toBeLessThan(1.5);
    // In time the mix is fitted to the treated periods too, so they must be few: four of them here.
    const { treated, donors, before } = regions(8, 2);
    const time = accepted(placeboInTime({ treated: treated.slice(0, 34), donors: donors.slice(0, 34), before }));
    // Of 34 shifts only the treated span itself, or a neighbour that shares three of its four periods, may be as large.
    expect(time.pValue).toBeLessThanOrEqual(3 / 34);
  });

  it("hold their level in 100 panels without effect", () => {
    let [space, time] = [0, 0];
    for (let seed = 0; seed < 100; seed++) {
      const panel = regions(0, 1000 + seed);
      space += Number(accepted(placeboInSpace(panel, { levels: "removed" })).pValue <= 0.1);
      time += Number(accepted(placeboInTime(panel, { levels: "removed" })).pValue <= 0.1);
    }
    // 10 % and four standard errors.
    expect(space / 100).toBeLessThan(0.1 + 4 * 0.03);
    expect(time / 100).toBeLessThan(0.1 + 4 * 0.03);
  });

  it("do not mind a level of the treated unit when levels are removed", () => {
    const panel = regions(3, 4);
    const lifted = { ...panel, treated: panel.treated.map((y) => y + 1000) };
    const [a, b] = [panel, lifted].map((p) => accepted(placeboInSpace(p, { levels: "removed" })));
    expect(b?.estimate).toBeCloseTo(a?.estimate ?? NaN, 6);
    expect(b?.pValue).toBe(a?.pValue);
  });

  it("refuse exact fits and too little to judge by", () => {
    const donors = [
      [1, 5],
      [2, 4],
      [3, 7],
    ];
    const treated = [3, 3, 9];
    expect(placeboInSpace({ treated, donors, before: 2 })).toMatchObject({ reason: "zero-variance" });
    expect(placeboInSpace({ treated, donors, before: 3 })).toMatchObject({ reason: "too-few" });
    expect(placeboInTime({ treated, donors: [[1], [2], [3]], before: 2 })).toMatchObject({ reason: "too-few" });
    expect(placeboInSpace({ treated: [NaN, 1, 2], donors, before: 2 })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("negativeControls", () => {
  it("asks for proof of no effect, not for lack of proof of one", () => {
    const verdict = (estimate: number, standardError: number) =>
      accepted(negativeControls([{ estimate, standardError }], { margin: 0.1 }));
    expect(verdict(0.01, 0.02)).toMatchObject({ claim: "observational-effect", controls: [{ verdict: "null" }] });
    expect(verdict(0.01, 0.2)).toMatchObject({ claim: "association", controls: [{ verdict: "undetermined" }] });
    expect(verdict(0.3, 0.05)).toMatchObject({ claim: "association", controls: [{ verdict: "biased" }] });
    // Small but sure, and within the margin: a bias that would not change the decision.
    expect(verdict(0.05, 0.01)).toMatchObject({ claim: "observational-effect", controls: [{ verdict: "null" }] });
  });

  it("widens with the number of controls", () => {
    const one = { estimate: 0.05, standardError: 0.024 };
    expect(accepted(negativeControls([one], { margin: 0.1 })).claim).toBe("observational-effect");
    expect(accepted(negativeControls([one, one, one], { margin: 0.1 })).claim).toBe("association");
    expect(negativeControls([], { margin: 0.1 })).toMatchObject({ reason: "too-few" });
    expect(negativeControls([{ estimate: 0, standardError: 0 }], { margin: 0.1 })).toMatchObject({
      reason: "invalid-input",
    });
  });
});
