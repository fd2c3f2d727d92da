import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { binnedDrift, stabilityThreshold } from "./binned-drift.ts";
import { initialEDetector, stepEDetector } from "./e-detector.ts";
import { individualsLimits, initialRuns, stepRuns } from "./individuals-chart.ts";
import { proportionChart } from "./proportion-chart.ts";

describe("individualsLimits", () => {
  it("is by hand: steps 2, 1, 2, 1 around 11.6", () => {
    expect(individualsLimits([10, 12, 11, 13, 12])).toMatchObject({
      centre: expect.closeTo(11.6, 12),
      movingRange: 1.5,
      lower: expect.closeTo(11.6 - 3.99, 12),
      upper: expect.closeTo(11.6 + 3.99, 12),
      movingRangeUpper: expect.closeTo(4.902, 12),
    });
  });

  it("judges by steps, so a shift within the span hardly widens the limits, unlike a standard deviation", () => {
    const draw = normalDraw(mersenneRng(3), { mean: 0, standardDeviation: 1 });
    const shifted = Array.from({ length: 40 }, (_, i) => draw() + (i < 20 ? 0 : 6));
    const { upper, centre } = accepted(individualsLimits(shifted));
    // Three σ of the noise are 3, of all values together 9.7; 40 steps tell σ within 4·12 %, and one step of 6 adds 0.4.
    expect(upper - centre).toBeLessThan(5);
    expect(upper - centre).toBeGreaterThan(1.5);
  });

  it("shifts and scales with the values", () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, (xs) => {
        fc.pre(xs.some((x) => x !== xs[0]));
        const a = accepted(individualsLimits(xs));
        const b = accepted(individualsLimits(xs.map((x) => 4 * x - 9)));
        expect(b.lower).toBeCloseTo(4 * a.lower - 9, 9);
        expect(b.movingRangeUpper).toBeCloseTo(4 * a.movingRangeUpper, 9);
      }),
    );
    expect(individualsLimits([3, 3, 3])).toMatchObject({ reason: "zero-variance" });
    expect(individualsLimits([3])).toMatchObject({ reason: "too-few" });
    expect(individualsLimits([3, NaN])).toMatchObject({ reason: "invalid-input" });
  });
});

describe("stepRuns", () => {
  const limits = { centre: 0, upper: 3 };
  const broken = (xs: readonly number[]) => xs.reduce((s, x) => stepRuns(s, x, limits), initialRuns).broken;

  it("knows each rule by hand", () => {
    expect(broken([3.1])).toEqual(["beyond-limit"]);
    expect(broken([2.1, 0, 2.2])).toEqual(["two-of-three"]);
    expect(broken([2.1, 0, 0, 2.2])).toEqual([]);
    expect(broken([2.1, -2.2])).toEqual([]);
    expect(broken([1.1, 1.2, 0, 1.3, 1.1])).toEqual(["four-of-five"]);
    expect(broken([-0.1, -0.2, -0.3, -0.1, -0.1, -0.1, -0.1, -0.1])).toEqual(["eight-in-a-row"]);
    expect(broken([-0.1, -0.2, -0.3, 0, -0.1, -0.1, -0.1, -0.1])).toEqual([]);
  });

  it("fires on an ordinary process every 92nd value on average, as Champ & Woodall found", () => {
    const draw = normalDraw(mersenneRng(11), { mean: 0, standardDeviation: 1 });
    const lengths: number[] = [];
    for (let run = 0; run < 1500; run++) {
      let [state, n] = [initialRuns, 0];
      do {
        state = stepRuns(state, draw(), limits);
        n++;
      } while (state.broken.length === 0);
      lengths.push(n);
    }
    const mean = lengths.reduce((t, n) => t + n, 0) / lengths.length;
    // Run lengths are about geometric: standard deviation ≈ mean ≈ 92, so four standard errors are 4·92/√1500 = 9.5.
    expect(Math.abs(mean - 91.75)).toBeLessThan(9.5);
  });
});

describe("proportionChart", () => {
  it("widens the limits of small periods", () => {
    const { centre, periods } = accepted(
      proportionChart(
        [
          { n: 100, conversions: 10 },
          { n: 400, conversions: 60 },
          { n: 500, conversions: 30 },
        ],
        { spread: "binomial" },
      ),
    );
    expect(centre).toBeCloseTo(0.1, 12);
    expect(periods[0]).toMatchObject({ upper: expect.closeTo(0.19, 12), isOutside: false });
    expect(periods[1]).toMatchObject({ upper: expect.closeTo(0.145, 12), isOutside: true });
  });

  it("is Laney's where days differ besides: a binomial chart then cries wolf, his does not", () => {
    const rng = mersenneRng(5);
    const draw = normalDraw(rng, { mean: 0, standardDeviation: 0.01 });
    // 50,000 units a day at 10 % ± 1 point: the binomial error is 0.13 points, so nearly every day is "outside".
    const days = Array.from({ length: 60 }, () => ({ n: 50_000, conversions: Math.round(50_000 * (0.1 + draw())) }));
    const outside = (spread: "binomial" | "auto"): number =>
      accepted(proportionChart(days, { spread })).periods.filter((p) => p.isOutside).length;
    expect(outside("binomial")).toBeGreaterThan(30);
    // 0.27 % of 60 days beyond 3σ: at most two, unless σ_z (known within 4·10 %) is far too small.
    expect(outside("auto")).toBeLessThanOrEqual(2);
    expect(accepted(proportionChart(days)).dispersion).toBeGreaterThan(5);
  });

  it("takes the binomial limits where units explain all, and refuses what has no limits", () => {
    const rng = mersenneRng(8);
    const days = Array.from({ length: 200 }, () => {
      let conversions = 0;
      for (let i = 0; i < 500; i++) conversions += Number(rng.next() < 0.2);
      return { n: 500, conversions };
    });
    // σ_z = 1; its standard error over 200 days is about 0.07.
    expect(Math.abs(accepted(proportionChart(days)).dispersion - 1)).toBeLessThan(0.28);
    const none = { n: 10, conversions: 0 };
    expect(proportionChart([none, none])).toMatchObject({ reason: "zero-variance" });
    expect(proportionChart([none])).toMatchObject({ reason: "too-few" });
    expect(proportionChart([none, { n: 5, conversions: 6 }])).toMatchObject({ reason: "invalid-input" });
    const same = { n: 10, conversions: 3 };
    expect(proportionChart([same, same], { spread: "laney" })).toMatchObject({ reason: "zero-variance" });
  });
});

describe("stabilityThreshold", () => {
  it("is the index at which the p-value is alpha", () => {
    const [a, b] = [
      [50, 50],
      [40, 60],
    ];
    const { stabilityIndex, stabilityPValue } = accepted(binnedDrift(a, b));
    const alpha = stabilityPValue ?? NaN;
    expect(accepted(stabilityThreshold({ reference: 100, current: 100, bins: 2, alpha })).threshold).toBeCloseTo(
      stabilityIndex,
      10,
    );
  });

  it("falls with units and rises with bins: 0.1 means nothing by itself", () => {
    const at = (n: number, bins: number): number =>
      accepted(stabilityThreshold({ reference: n, current: n, bins, alpha: 0.05 })).threshold;
    // χ²(9) has its 95 % point at 16.919.
    expect(at(1000, 10)).toBeCloseTo((16.918_977_6 * 2) / 1000, 8);
    expect(at(100, 10)).toBeGreaterThan(0.25);
    expect(at(1000, 20)).toBeGreaterThan(at(1000, 10));
  });
});

describe("stepEDetector", () => {
  const options = { alpha: 0.01, limit: 0.2 };
  const run = (rates: (i: number) => number, { seed, length }: { seed: number; length: number }): number | null => {
    const rng = mersenneRng(seed);
    let state = initialEDetector;
    for (let i = 0; i < length; i++) {
      state = stepEDetector(state, Number(rng.next() < rates(i)), options);
      if (state.signal === "drift") return i;
    }
    return null;
  };

  it("is by hand: one bet of everything doubles at every 1 and starts again at every time", () => {
    const sure = { alpha: 0.01, limit: 0.5, bets: [1] };
    const states = [1, 1, 0, 1].map((_, i, xs) =>
      xs.slice(0, i + 1).reduce((s, x) => stepEDetector(s, x, sure), initialEDetector),
    );
    expect(states.map((s) => s.capitals[0])).toEqual([2, 6, 0, 2]);
  });

  it("keeps its average run length of at least 1/alpha on the limit itself", () => {
    let total = 0;
    for (let seed = 0; seed < 300; seed++) total += run(() => 0.2, { seed, length: 5000 }) ?? 5000;
    // The bound is 100 on average; run lengths spread like their mean, so four standard errors below it is 100·(1 − 4/√300).
    expect(total / 300).toBeGreaterThan(100 * (1 - 4 / Math.sqrt(300)));
  });

  it("sees a doubling of the rate within 150 observations on average, and starts afresh", () => {
    let total = 0;
    for (let seed = 0; seed < 200; seed++) total += run(() => 0.4, { seed: 900 + seed, length: 5000 }) ?? 5000;
    expect(total / 200).toBeLessThan(150);
    const alarmed = { ...initialEDetector, signal: "drift" as const, n: 70, capitals: [9, 9, 9, 9, 9] };
    expect(stepEDetector(alarmed, 0, options).n).toBe(1);
    expect(() => stepEDetector(initialEDetector, 1, { alpha: 0, limit: 0.2 })).toThrow(RangeError);
  });
});
