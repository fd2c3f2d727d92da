import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng } from "../numerics/random.ts";
import { chiSquaredSampleRatio, sequentialSampleRatio } from "./sample-ratio-mismatch.ts";

const HALVES = [0.5, 0.5];

/** Units until the sequential test alarms at alpha .001 (looked at every 50), or null within `most` units. */
function alarmAt(
  rng: { next(): number },
  share: number,
  { concentration, most }: { readonly concentration: number; readonly most: number },
): number | null {
  const counts = [0, 0];
  for (let n = 1; n <= most; n++) {
    const arm = rng.next() < share ? 0 : 1;
    counts[arm] = (counts[arm] ?? 0) + 1;
    if (n % 50 !== 0) continue;
    const answer = sequentialSampleRatio({ counts, expected: HALVES, concentration });
    if (answer.kind === "estimate" && answer.pValue < 0.001) return n;
  }
  return null;
}

describe("sequentialSampleRatio", () => {
  it("is the Bayes factor by hand for one unit: no evidence either way", () => {
    expect(sequentialSampleRatio({ counts: [1, 0], expected: HALVES, concentration: 10 })).toMatchObject({
      logBayesFactor: expect.closeTo(0, 12),
    });
    // Two units in one arm: (5·6)/(10·11) against ¼.
    expect(sequentialSampleRatio({ counts: [2, 0], expected: HALVES, concentration: 10 })).toMatchObject({
      logBayesFactor: expect.closeTo(Math.log(30 / 110 / 0.25), 12),
    });
  });

  it("finds a 52/48 split in a median of about 10,000 units", () => {
    const rng = mersenneRng(31);
    const stops = Array.from(
      { length: 101 },
      () => alarmAt(rng, 0.52, { concentration: 1000, most: 40_000 }) ?? Infinity,
    ).toSorted((a, b) => a - b);
    // The median of 101 runs; single stops spread by a factor of two, so the band is wide on purpose.
    expect(stops[50]).toBeGreaterThan(7_000);
    expect(stops[50]).toBeLessThan(14_000);
  });

  it("raises at most alpha false alarms although it is watched all the time", () => {
    const runs = 400;
    const rng = mersenneRng(37);
    let alarms = 0;
    for (let run = 0; run < runs; run++) if (alarmAt(rng, 0.5, { concentration: 100, most: 5000 }) !== null) alarms++;
    // alpha .001: 0.4 alarms expected at most; 4 standard errors above is 0.001 + 4·√(0.001/400) = 0.0073.
    expect(alarms / runs).toBeLessThan(0.0073);
  });

  it("accepts shares that sum to anything, and an arm that is meant to be empty", () => {
    const plain = sequentialSampleRatio({ counts: [60, 40], expected: HALVES, concentration: 100 });
    expect(sequentialSampleRatio({ counts: [60, 40], expected: [3, 3], concentration: 100 })).toEqual(plain);
    expect(sequentialSampleRatio({ counts: [60, 0, 40], expected: [1, 0, 1], concentration: 100 })).toEqual(plain);
  });
});

describe("sequentialSampleRatio at any size", () => {
  // mpmath, 50 digits. By differences of ln Γ these lose every digit: ln Γ(10¹²) is 2.7·10¹³.
  it.each([
    [[500_000_000_000, 500_003_000_000], [1, 1], 1000, -5.861897923377261],
    [[300_000_000_000, 700_001_000_000], [3, 7], 100, -11.301774950976899],
    [[3, 1, 0], [2, 1, 1], 0.5, -0.8472978603872037],
  ])("is exact for %j as %j at concentration %d", (counts, expected, concentration, logBayesFactor) => {
    const answer = sequentialSampleRatio({ counts, expected, concentration });
    expect(answer.kind === "estimate" && answer.logBayesFactor / logBayesFactor).toBeCloseTo(1, 9);
  });

  it("is a likelihood ratio: over all splits of n units its expectation under the design is 1", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.1, max: 5000, noNaN: true }),
        (n, share, concentration) => {
          let [total, choose] = [0, 1];
          for (let k = 0; k <= n; k++) {
            const answer = sequentialSampleRatio({ counts: [k, n - k], expected: [share, 1 - share], concentration });
            if (answer.kind === "refused") throw new Error(answer.message);
            total += choose * share ** k * (1 - share) ** (n - k) * Math.exp(answer.logBayesFactor);
            choose *= (n - k) / (k + 1);
          }
          expect(total).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it("does not depend on the order of the arms", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.double({ min: 0.01, max: 3, noNaN: true })), {
          minLength: 2,
          maxLength: 5,
        }),
        (arms) => {
          const of = (list: typeof arms) =>
            sequentialSampleRatio({
              counts: list.map(([n]) => n),
              expected: list.map(([, w]) => w),
              concentration: 500,
            });
          const [there, back] = [of(arms), of(arms.toReversed())];
          if (there.kind === "refused" || back.kind === "refused") throw new Error("both are splits");
          expect(Math.abs(back.logBayesFactor - there.logBayesFactor)).toBeLessThan(
            1e-9 * (1 + Math.abs(there.logBayesFactor)),
          );
        },
      ),
    );
  });

  it("takes no units at all for no evidence", () => {
    expect(sequentialSampleRatio({ counts: [0, 0], expected: HALVES, concentration: 100 })).toMatchObject({
      logBayesFactor: expect.closeTo(0, 12),
      pValue: 1,
    });
  });
});

describe("refusals", () => {
  it("calls units in an arm that should be empty a fault, not a p-value", () => {
    expect(chiSquaredSampleRatio({ counts: [100, 105, 3], expected: [0.5, 0.5, 0] })).toMatchObject({
      kind: "refused",
      reason: "impossible-arm",
    });
  });

  it("refuses no units, one arm, and numbers that are none", () => {
    expect(chiSquaredSampleRatio({ counts: [0, 0], expected: HALVES })).toMatchObject({ reason: "too-few" });
    expect(chiSquaredSampleRatio({ counts: [5], expected: [1] })).toMatchObject({ reason: "invalid-input" });
    expect(chiSquaredSampleRatio({ counts: [5, 0], expected: [1, 0] })).toMatchObject({ reason: "invalid-input" });
    expect(chiSquaredSampleRatio({ counts: [5, 5], expected: [0, 0] })).toMatchObject({ reason: "impossible-arm" });
    expect(chiSquaredSampleRatio({ counts: [5, 5], expected: [1] })).toMatchObject({ reason: "invalid-input" });
    expect(sequentialSampleRatio({ counts: [5, 3], expected: [1, 0], concentration: 100 })).toMatchObject({
      reason: "impossible-arm",
    });
    expect(chiSquaredSampleRatio({ counts: [5, NaN], expected: HALVES })).toMatchObject({ reason: "invalid-input" });
    expect(sequentialSampleRatio({ counts: [5, 5], expected: HALVES, concentration: 0 })).toMatchObject({
      reason: "invalid-input",
    });
  });

  it("sees 50,000 against 51,000 as a mismatch at one look", () => {
    // (500² + 500²)/50,500 = 9.90, p = 0.0017.
    expect(chiSquaredSampleRatio({ counts: [50_000, 51_000], expected: HALVES })).toMatchObject({
      chiSquared: expect.closeTo(500_000 / 50_500, 10),
      pValue: expect.closeTo(0.00165, 4),
    });
  });
});
