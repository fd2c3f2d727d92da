import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng } from "../numerics/random.ts";
import { censoringWeights } from "./censoring-weights.ts";
import { kaplanMeier, survivalAt } from "./kaplan-meier.ts";
import { maturityCurve, timeUntilMature } from "./maturity-curve.ts";

const units = fc.array(fc.record({ time: fc.integer({ min: 1, max: 9 }), event: fc.integer({ min: 0, max: 1 }) }), {
  minLength: 3,
  maxLength: 30,
});
const split = (all: readonly { readonly time: number; readonly event: number }[]) => ({
  times: all.map((u) => u.time),
  events: all.map((u) => u.event),
});

/** Delays exponential with mean 5 for the 40 % who convert at all; followed for a uniform time up to 40. */
function leads(n: number, seed: number) {
  const rng = mersenneRng(seed);
  const [times, events]: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    const delay = rng.next() < 0.4 ? -5 * Math.log1p(-rng.next()) : Infinity;
    const followed = 40 * rng.next();
    times.push(Math.min(delay, followed));
    events.push(Number(delay <= followed));
  }
  return { times, events };
}

describe("censoringWeights", () => {
  it("gives the share of the censored to those who outlast them, by hand", () => {
    const { weights, effectiveSize, largest } = accepted(
      censoringWeights({ times: [1, 2, 3, 4], events: [1, 0, 1, 0] }, 4),
    );
    [1, 0, 1.5, 1.5].forEach((w, i) => expect(weights[i]).toBeCloseTo(w, 12));
    expect(largest).toBeCloseTo(1.5, 12);
    expect(effectiveSize).toBeCloseTo(4 ** 2 / (1 + 2 * 1.5 ** 2), 12);
  });

  it("makes the weighted share of conversions 1 − Kaplan-Meier, and the weights sum to the units", () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 1, max: 9 }), (all, horizon) => {
        const data = split(all);
        const found = censoringWeights(data, horizon);
        if (found.kind === "refused") return;
        const sum = (keep: (i: number) => boolean): number =>
          found.weights.reduce((t, w, i) => t + (keep(i) ? w : 0), 0);
        const converted = sum((i) => data.events[i] === 1 && (data.times[i] ?? 0) <= horizon);
        const at = survivalAt(accepted(kaplanMeier(data, { confidence: 0.95 })), horizon);
        const survival = at === null || at === 1 ? 1 : at.survival;
        expect(converted / all.length).toBeCloseTo(1 - survival, 10);
        expect(sum(() => true)).toBeCloseTo(all.length, 9);
      }),
    );
  });

  it("refuses a horizon that nobody has been followed to", () => {
    expect(censoringWeights({ times: [1, 2], events: [0, 0] }, 5)).toMatchObject({ reason: "too-early" });
    expect(censoringWeights({ times: [1, 2], events: [1, 0] }, 5)).toMatchObject({ reason: "too-early" });
    expect(censoringWeights({ times: [1], events: [1] }, NaN)).toMatchObject({ reason: "invalid-input" });
    expect(censoringWeights({ times: [], events: [] }, 5)).toMatchObject({ reason: "too-few" });
  });
});

describe("maturityCurve", () => {
  it("is the share of the window's conversions by hand, without censoring", () => {
    const curve = accepted(
      maturityCurve({ times: [1, 2, 4, 9, 9], events: [1, 1, 1, 0, 0] }, { horizon: 9, confidence: 0.95 }),
    );
    [1 / 3, 2 / 3, 1].forEach((share, k) => expect(curve.shares[k]).toBeCloseTo(share, 12));
    expect(timeUntilMature(curve, 0.9)).toMatchObject({ time: 4 });
    // Among 3 converters, a rate of 1/3: variance of its log-odds 1/(3·1/3·2/3), times z = 1.96.
    expect(Math.log((curve.lower[0] ?? NaN) / (1 - (curve.lower[0] ?? NaN)))).toBeCloseTo(
      Math.log(1 / 2) - 1.959963984540054 * Math.sqrt(1.5),
      8,
    );
  });

  it("rises to 1 within its limits, whatever the unit of time", () => {
    fc.assert(
      fc.property(units, (all) => {
        const data = split(all);
        const curve = maturityCurve(data, { horizon: 6, confidence: 0.9 });
        if (curve.kind === "refused") return;
        const shares = [...curve.shares];
        expect(shares).toEqual(shares.toSorted((a, b) => a - b));
        expect(shares.at(-1)).toBeCloseTo(1, 12);
        shares.forEach((m, k) => {
          expect(curve.lower[k]).toBeLessThanOrEqual(m + 1e-12);
          expect(curve.upper[k]).toBeGreaterThanOrEqual(m - 1e-12);
        });
        const hours = accepted(
          maturityCurve({ ...data, times: data.times.map((t) => 24 * t) }, { horizon: 144, confidence: 0.9 }),
        );
        expect([...hours.shares]).toEqual(shares);
      }),
    );
  });

  it("covers the true maturity in 95 % of 400 simulations, within four standard errors", () => {
    const truth = (1 - Math.exp(-5 / 5)) / (1 - Math.exp(-30 / 5));
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const curve = accepted(maturityCurve(leads(300, run), { horizon: 30, confidence: 0.95 }));
      const at = curve.times.findLastIndex((t) => t <= 5);
      if ((curve.lower[at] ?? NaN) <= truth && truth <= (curve.upper[at] ?? NaN)) covered++;
    }
    expect(Math.abs(covered / 400 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 400));
  });

  it("refuses without a conversion, or before anybody has been followed through the window", () => {
    expect(maturityCurve({ times: [5], events: [0] }, { horizon: 5, confidence: 0.95 })).toMatchObject({
      reason: "too-few",
    });
    expect(maturityCurve({ times: [1, 3], events: [1, 0] }, { horizon: 5, confidence: 0.95 })).toMatchObject({
      reason: "too-early",
    });
    const curve = accepted(maturityCurve({ times: [1, 2, 9], events: [1, 1, 0] }, { horizon: 9, confidence: 0.95 }));
    expect(timeUntilMature(curve, 0)).toMatchObject({ reason: "invalid-input" });
  });
});
