import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adaptiveWindow } from "./adaptive-window.ts";
import { binnedDrift } from "./binned-drift.ts";
import { initialDdm, stepDdm } from "./ddm.ts";
import { initialEddm, stepEddm } from "./eddm.ts";
import { accepted } from "../golden/adapter.ts";
import { initialHddm, stepHddm } from "./hddm-a.ts";
import { initialPageHinkley, stepPageHinkley, type DriftSignal } from "./page-hinkley.ts";
import { mersenneRng } from "../numerics/random.ts";
import { oneSampleKolmogorovSf } from "./kolmogorov-distribution.ts";
import { twoSampleDrift } from "./two-sample-drift.ts";

/** 0s and 1s whose rate goes from `before` to `after` at position n. */
function errors(
  n: number,
  { before, after, seed }: { before: number; after: number; seed: number },
): readonly number[] {
  const rng = mersenneRng(seed);
  return Array.from({ length: 2 * n }, (_, i) => Number(rng.next() < (i < n ? before : after)));
}

function drifts<S extends { readonly signal: DriftSignal }>(
  xs: readonly number[],
  initial: S,
  step: (s: S, x: number) => S,
): readonly number[] {
  let state = initial;
  return xs.flatMap((x, i) => {
    state = step(state, x);
    return state.signal === "drift" ? [i] : [];
  });
}

describe("binnedDrift", () => {
  it("is by hand: shares ½, ½ against ¼, ¾", () => {
    const drift = accepted(binnedDrift([50, 50], [25, 75]));
    expect(drift.stabilityIndex).toBeCloseTo(0.25 * Math.log(3), 12);
    expect(drift.divergence).toBeCloseTo(0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), 12);
  });

  it("is 0 for the same shares, symmetric, and alarms on noise in 5 % of 1,000 simulations", () => {
    const rng = mersenneRng(3);
    const sample = (n: number): number[] => {
      const counts = Array.from({ length: 10 }, () => 0);
      for (let i = 0; i < n; i++) {
        const bin = Math.floor(10 * rng.next());
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      return counts;
    };
    let alarms = 0;
    for (let run = 0; run < 1000; run++) {
      const [a, b] = [sample(1000), sample(500)];
      const drift = accepted(binnedDrift(a, b));
      if ((drift.stabilityPValue ?? 1) <= 0.05) alarms++;
      expect(accepted(binnedDrift(b, a)).stabilityIndex).toBeCloseTo(drift.stabilityIndex, 12);
    }
    // χ² is an approximation at 50 a bin: one point on top of four standard errors.
    expect(Math.abs(alarms / 1000 - 0.05)).toBeLessThan(0.01 + 4 * Math.sqrt((0.05 * 0.95) / 1000));
    expect(binnedDrift([1, 2], [10, 20])).toMatchObject({ stabilityIndex: 0, pValue: 1 });
  });

  it("tells an emptied bin, and refuses what has no shares", () => {
    expect(binnedDrift([5, 5], [0, 10])).toMatchObject({ stabilityIndex: Infinity, stabilityPValue: null });
    expect(binnedDrift([5], [5])).toMatchObject({ reason: "too-few" });
    expect(binnedDrift([0, 0], [5, 5])).toMatchObject({ reason: "too-few" });
    expect(binnedDrift([1, -1], [5, 5])).toMatchObject({ reason: "invalid-input" });
  });
});

describe("twoSampleDrift", () => {
  it("is by hand: 1, 2 against 3, 4 lie 2 apart, and 2 of the 6 orders separate them", () => {
    expect(twoSampleDrift([1, 2], [3, 4])).toMatchObject({
      statistic: 1,
      pValue: expect.closeTo(2 / 6, 12),
      wasserstein: 2,
    });
  });

  it("is symmetric, and its distance shifts and scales as the metric", () => {
    const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, (xs, ys) => {
        const there = accepted(twoSampleDrift(xs, ys));
        const back = accepted(
          twoSampleDrift(
            ys.map((y) => 3 * y + 1),
            xs.map((x) => 3 * x + 1),
          ),
        );
        expect(back.statistic).toBeCloseTo(there.statistic, 12);
        expect(back.pValue).toBeCloseTo(there.pValue, 9);
        expect(back.wasserstein).toBeCloseTo(3 * there.wasserstein, 9);
        expect(there.pValue).toBeGreaterThanOrEqual(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
      }),
    );
    expect(twoSampleDrift([], [1])).toMatchObject({ reason: "too-few" });
    expect(twoSampleDrift([NaN], [1])).toMatchObject({ reason: "invalid-input" });
  });
});

describe("Kolmogorov's distribution of one sample", () => {
  it("is that of scipy's kstwo, and joins its parts without a step", () => {
    // scipy 1.10, to the digits written.
    for (const [d, n, wanted, digits] of [
      [0.1, 20, 0.976_255_094_6, 1e-9],
      [0.15, 100, 0.019_839_242_1, 1e-8],
      [0.18, 100, 0.002_630_049_8, 1e-7],
      [1 / Math.sqrt(1500), 1500, 0.265_426_432_8, 1e-9],
    ] as const)
      expect(Math.abs(oneSampleKolmogorovSf(d, n) - wanted) / wanted).toBeLessThan(digits);
    for (const n of [50, 140, 141, 1000, 4000, 4001, 50_000])
      for (const z of [0.5, 1, 1.4832, 1.4833, 1.9999, 2.0001]) {
        const [here, further] = [
          oneSampleKolmogorovSf(z / Math.sqrt(n), n),
          oneSampleKolmogorovSf(z / Math.sqrt(n + 1), n + 1),
        ];
        // Neighbouring sizes differ by O(n^-1.5) of the body, and less than a hundredth of the tail.
        expect(Math.abs(here - further)).toBeLessThan(0.01 * here + 1e-12);
      }
  });
});

describe("detectors on a stream of errors", () => {
  const rising = errors(1000, { before: 0.1, after: 0.5, seed: 1 });
  const detectors: readonly (readonly [string, (xs: readonly number[]) => readonly number[]])[] = [
    ["Page-Hinkley", (xs) => drifts(xs, initialPageHinkley, (s, x) => stepPageHinkley(s, x))],
    ["DDM", (xs) => drifts(xs, initialDdm, (s, x) => stepDdm(s, x))],
    ["HDDM_A", (xs) => drifts(xs, initialHddm, (s, x) => stepHddm(s, x))],
    ["EDDM", (xs) => drifts(xs, initialEddm, stepEddm)],
    [
      "ADWIN",
      (xs) => {
        const window = adaptiveWindow({ delta: 0.002 });
        return xs.flatMap((x, i) => (window.add(x) ? [i] : []));
      },
    ],
  ];

  it.each(detectors)("%s sees five times the errors within 300 observations", (_, run) => {
    const first = run(rising).find((i) => i >= 1000);
    expect(first).toBeLessThan(1300);
  });

  it.each(detectors)("%s ignores what is not a number", (_, run) => {
    expect(run(Array.from({ length: 100 }, () => NaN))).toEqual([]);
  });

  it("ADWIN holds its false-alarm bound on 200 stationary streams, and keeps all of a constant one", () => {
    let alarmed = 0;
    for (let seed = 0; seed < 200; seed++) {
      const window = adaptiveWindow({ delta: 0.05 });
      if (errors(500, { before: 0.2, after: 0.2, seed }).filter((x) => window.add(x)).length > 0) alarmed++;
    }
    // Each test errs with less than delta; four standard errors on top.
    expect(alarmed / 200).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 200));
    const constant = adaptiveWindow({ delta: 0.002 });
    for (let i = 0; i < 5000; i++) constant.add(0.3);
    expect(constant.read()).toMatchObject({ width: 5000, mean: expect.closeTo(0.3, 12), m2: expect.closeTo(0, 12) });
    expect(() => adaptiveWindow({ delta: 0 })).toThrow(RangeError);
  });

  it("ADWIN's window after a change is about the present", () => {
    const window = adaptiveWindow({ delta: 0.002 });
    for (const x of errors(2000, { before: 0.1, after: 0.6, seed: 9 })) window.add(x);
    const { width, mean } = window.read();
    expect(width).toBeLessThan(2400);
    expect(Math.abs(mean - 0.6)).toBeLessThan(0.1);
  });
});
