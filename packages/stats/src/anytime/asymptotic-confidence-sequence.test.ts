import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asymptoticConfidenceSequence,
  mixingVariance,
  type AsymptoticInput,
  type Sides,
} from "./asymptotic-confidence-sequence.ts";
import { addObservation, emptyMoments, momentsFromConversions } from "../cohorts/moments.ts";
import { normalLogMixture, normalMixtureBound } from "./normal-mixture.ts";
import { mersenneRng, type Rng } from "../numerics/random.ts";
import { welchDifference } from "../cohorts/welch.ts";

const input = fc.record({
  estimate: fc.double({ min: -5, max: 5, noNaN: true }),
  standardError: fc.double({ min: 0.01, max: 3, noNaN: true }),
  n: fc.integer({ min: 2, max: 1_000_000 }),
  alpha: fc.double({ min: 1e-6, max: 0.4, noNaN: true }),
  tunedFor: fc.integer({ min: 10, max: 1_000_000 }),
});

function sequenceOf(given: AsymptoticInput) {
  const answer = asymptoticConfidenceSequence(given);
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

describe("asymptoticConfidenceSequence", () => {
  it("has the width of eq. 9: se·√N·√(2(Nρ²+1)/(N²ρ²)·ln(√(Nρ²+1)/α))", () => {
    const rhoSquared = mixingVariance({ alpha: 0.05, tunedFor: 5000, tuning: "approximate" });
    // −2 ln 0.05 = 5.991465, so ρ² = (5.991465 + ln 6.991465)/5000 = 0.00158723.
    expect(rhoSquared).toBeCloseTo(0.00158723, 8);
    const spread = 8182 * rhoSquared + 1;
    const halfWidth =
      0.04 *
      Math.sqrt(8182) *
      Math.sqrt(((2 * spread) / (8182 ** 2 * rhoSquared)) * Math.log(Math.sqrt(spread) / 0.05));
    expect(
      sequenceOf({ estimate: 0.3, standardError: 0.04, n: 8182, alpha: 0.05, tunedFor: 5000, tuning: "approximate" }),
    ).toMatchObject({
      halfWidth: expect.closeTo(halfWidth, 12),
      lower: expect.closeTo(0.3 - halfWidth, 12),
      upper: expect.closeTo(0.3 + halfWidth, 12),
    });
  });

  it("leaves out 0 exactly when its p-value is at most alpha, on every side", () => {
    fc.assert(
      fc.property(input, fc.constantFrom<Sides>("two", "lower", "upper"), (given, sides) => {
        const { lower, upper, pValue, logEValue } = sequenceOf({ ...given, sides });
        if (Math.abs(pValue - given.alpha) < 1e-9 * given.alpha) return;
        const excludes = lower > 0 || upper < 0;
        expect(pValue < given.alpha).toBe(excludes);
        // An e-value of 1/alpha is what an interval that leaves out 0 claims; one-sided the interval is a little conservative.
        expect(!excludes || logEValue >= -Math.log(given.alpha) - 1e-9).toBe(true);
      }),
    );
  });

  it("is Howard's normal mixture with intrinsic time N·σ² and precision 1/ρ²", () => {
    fc.assert(
      fc.property(input, ({ estimate, standardError, n, alpha, tunedFor }) => {
        const rho = 1 / mixingVariance({ alpha, tunedFor, tuning: "exact" });
        const { halfWidth, logEValue } = sequenceOf({ estimate, standardError, n, alpha, tunedFor });
        const sd = standardError * Math.sqrt(n);
        expect((halfWidth * n) / sd / normalMixtureBound(n, { alpha, rho, side: "two" })).toBeCloseTo(1, 9);
        const expected = normalLogMixture((estimate * n) / sd, n, { rho, side: "two" });
        expect(Math.abs(logEValue - expected)).toBeLessThan(1e-9 * (1 + Math.abs(expected)));
      }),
    );
  });

  it("scales and shifts with the estimate, and is tightest at the units it was tuned for", () => {
    const base = { estimate: 0.1, standardError: 0.02, n: 1000, alpha: 0.05, tunedFor: 1000 };
    expect(sequenceOf({ ...base, estimate: 1, standardError: 0.2 }).halfWidth).toBeCloseTo(
      10 * sequenceOf(base).halfWidth,
      12,
    );
    for (const tunedFor of [500, 900, 1100, 2000])
      expect(sequenceOf({ ...base, tunedFor }).halfWidth).toBeGreaterThan(sequenceOf(base).halfWidth);
  });

  it("keeps evidence as a logarithm where an e-value overflows", () => {
    expect(sequenceOf({ estimate: 1, standardError: 0.001, n: 1e8, alpha: 0.05, tunedFor: 5000 })).toMatchObject({
      pValue: 0,
      logEValue: expect.closeTo(499_990, -2),
    });
  });

  it("refuses before a spread is seen, below two units and on anything not finite", () => {
    const good = { estimate: 0.1, standardError: 0.02, n: 1000, alpha: 0.05, tunedFor: 1000 };
    expect(asymptoticConfidenceSequence({ ...good, standardError: 0 })).toMatchObject({
      kind: "refused",
      reason: "zero-standard-error",
    });
    expect(asymptoticConfidenceSequence({ ...good, n: 1 })).toMatchObject({ reason: "too-few" });
    for (const bad of [
      { estimate: NaN },
      { standardError: Infinity },
      { n: Infinity },
      { alpha: 0 },
      { alpha: 1 },
      { tunedFor: 0 },
      { standardError: -1 },
    ]) {
      expect(asymptoticConfidenceSequence({ ...good, ...bad })).toMatchObject({ reason: "invalid-input" });
    }
    expect(asymptoticConfidenceSequence({ ...good, alpha: 0.6, sides: "lower" })).toMatchObject({
      reason: "invalid-input",
    });
  });
});

/** True when an A/A test of two arms, looked at every 100 units an arm from 25 conversions an arm on, is ever called different. */
function falseAlarm(rng: Rng, rate: number, unitsPerArm: number): boolean {
  let [a, b] = [0, 0];
  for (let n = 1; n <= unitsPerArm; n++) {
    if (rng.next() < rate) a++;
    if (rng.next() < rate) b++;
    if (n % 100 !== 0 || Math.min(a, b) < 25) continue;
    const difference = welchDifference(
      momentsFromConversions({ n, conversions: a }),
      momentsFromConversions({ n, conversions: b }),
      { confidence: 0.95 },
    );
    if (difference.kind === "refused") continue;
    const sequence = asymptoticConfidenceSequence({ ...difference, n: 2 * n, alpha: 0.05, tunedFor: 5000 });
    if (sequence.kind === "estimate" && sequence.pValue <= 0.05) return true;
  }
  return false;
}

describe("continuous looking", () => {
  it.each([0.01, 0.05])("raises at most 5 in 100 false alarms at a base rate of %s", (rate) => {
    // 400 A/A runs; a valid sequence stays below 0.05 + 4·√(0.05·0.95/400) = 0.094 (a peeking z-test is at 0.35 and more).
    const runs = 400;
    const rng = mersenneRng(99);
    let alarms = 0;
    for (let run = 0; run < runs; run++) if (falseAlarm(rng, rate, 6000)) alarms++;
    expect(alarms / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it("covers the mean of exponential outcomes at all of 5,000 looks", () => {
    // 300 runs at alpha 0.1, from the 50th unit on: below 0.1 + 4·√(0.1·0.9/300) = 0.169.
    const runs = 300;
    const rng = mersenneRng(3);
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      let m = emptyMoments;
      let out = false;
      for (let n = 1; n <= 5000; n++) {
        m = addObservation(m, -Math.log(1 - rng.next()));
        if (n < 50 || out) continue;
        const sequence = asymptoticConfidenceSequence({
          estimate: m.mean - 1,
          standardError: Math.sqrt(m.m2 / (n - 1) / n),
          n,
          alpha: 0.1,
          tunedFor: 1000,
        });
        out = sequence.kind === "estimate" && (sequence.lower > 0 || sequence.upper < 0);
      }
      if (out) missed++;
    }
    expect(missed / runs).toBeLessThan(0.1 + 4 * Math.sqrt((0.1 * 0.9) / runs));
  });
});
