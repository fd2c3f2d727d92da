import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aalenJohansen } from "./aalen-johansen.ts";
import { accepted } from "../golden/adapter.ts";
import { kaplanMeier, survivalAt, survivalPoints } from "./kaplan-meier.ts";
import { logRank } from "./log-rank.ts";
import { nelsonAalen } from "./nelson-aalen.ts";
import { proportionalHazards } from "./proportional-hazards.ts";
import { mersenneRng } from "../numerics/random.ts";
import { survivalDistribution } from "./survival-distribution.ts";
import { restrictedMean, survivalQuantile } from "./survival-summaries.ts";

const followed = fc.array(fc.record({ time: fc.integer({ min: 1, max: 9 }), event: fc.integer({ min: 0, max: 2 }) }), {
  minLength: 1,
  maxLength: 25,
});
const split = (units: readonly { readonly time: number; readonly event: number }[]) => ({
  times: units.map((u) => u.time),
  events: units.map((u) => u.event),
});

/** Exponential times with hazard `rate(i)`, censored at uniform times up to `horizon`. */
function simulated(n: number, rate: (i: number) => number, { seed, horizon }: { seed: number; horizon: number }) {
  const rng = mersenneRng(seed);
  const times: number[] = [];
  const events: number[] = [];
  for (let i = 0; i < n; i++) {
    const [event, censoring] = [-Math.log1p(-rng.next()) / rate(i), horizon * rng.next()];
    times.push(Math.min(event, censoring));
    events.push(event <= censoring ? 1 : 0);
  }
  return { times, events };
}

describe("kaplanMeier", () => {
  it("is the product of survivors over those at risk, by hand", () => {
    // At 1: 3 of 4 survive; at 2 one is censored; at 3: 1 of 2 survives.
    const curve = accepted(kaplanMeier({ times: [1, 2, 3, 4], events: [1, 0, 1, 0] }, { confidence: 0.95 }));
    expect([...curve.survival]).toEqual([0.75, 0.75, 0.375, 0.375]);
    // Greenwood: 0.375² (1/(4·3) + 1/(2·1)).
    expect(survivalPoints(curve)[2]?.standardError).toBeCloseTo(0.375 * Math.sqrt(1 / 12 + 1 / 2), 12);
    expect(accepted(restrictedMean(curve, 4)).estimate).toBeCloseTo(1 + 0.75 * 2 + 0.375, 12);
    expect(survivalQuantile(curve, 0.5).time).toBe(3);
  });

  it("is the share still open when nobody is censored, and never rises otherwise", () => {
    fc.assert(
      fc.property(followed, (units) => {
        const { times } = split(units);
        const complete = accepted(kaplanMeier({ times, events: times.map(() => 1) }, { confidence: 0.95 }));
        for (const { time, survival } of survivalPoints(complete))
          expect(survival).toBeCloseTo(times.filter((t) => t > time).length / times.length, 12);
        const events = units.map((u) => Number(u.event === 1));
        const curve = [...accepted(kaplanMeier({ times, events }, { confidence: 0.9 })).survival];
        expect(curve).toEqual(curve.toSorted((a, b) => b - a));
      }),
    );
  });

  it("covers true survival in 95 % of 400 simulations, within four standard errors", () => {
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const data = simulated(100, () => 1, { seed: run, horizon: 3 });
      const at = survivalAt(accepted(kaplanMeier(data, { confidence: 0.95 })), 0.7);
      if (at === null || at === 1 || at.interval === null) throw new Error("70 % of the times lie beyond 0.35");
      if (at.interval.lower <= Math.exp(-0.7) && Math.exp(-0.7) <= at.interval.upper) covered++;
    }
    expect(Math.abs(covered / 400 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 400));
  });

  it("gives no interval where it would have no width, and no value where nobody was followed", () => {
    const curve = accepted(kaplanMeier({ times: [3, 5], events: [0, 0] }, { confidence: 0.95 }));
    expect(survivalPoints(curve).map((p) => p.interval)).toEqual([null, null]);
    expect(survivalAt(curve, 6)).toBeNull();
    expect(survivalAt(curve, 1)).toBe(1);
    expect(restrictedMean(curve, 9)).toMatchObject({ reason: "too-early" });
    expect(kaplanMeier({ times: [], events: [] }, { confidence: 0.95 })).toMatchObject({ reason: "too-few" });
    for (const times of [[-1], [NaN], [Infinity]])
      expect(kaplanMeier({ times, events: [1] }, { confidence: 0.95 })).toMatchObject({ reason: "invalid-input" });
    expect(kaplanMeier({ times: [1], events: [2] }, { confidence: 0.95 })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("hazards", () => {
  it("add up by hand: 1/3 + 1/1", () => {
    const { cumulativeHazards } = accepted(nelsonAalen({ times: [1, 2, 3], events: [1, 0, 1] }));
    expect([...cumulativeHazards]).toEqual([1 / 3, 1 / 3, 4 / 3]);
  });

  it("of competing ends: incidences and those still open make 1", () => {
    fc.assert(
      fc.property(followed, (units) => {
        const { times, events } = split(units);
        const { points } = accepted(aalenJohansen({ times, events }, 2));
        const open = accepted(kaplanMeier({ times, events: events.map((e) => Math.min(1, e)) }, { confidence: 0.95 }));
        points.forEach(({ incidence, standardErrors }, k) => {
          const ended = incidence.reduce((t, c) => t + c, 0);
          expect(ended + (open.survival[k] ?? NaN)).toBeCloseTo(1, 12);
          expect(standardErrors.every((se) => se >= 0)).toBe(true);
        });
      }),
    );
  });

  it("with one cause have Greenwood's error, as the jackknife must", () => {
    fc.assert(
      fc.property(followed, (units) => {
        const data = { times: units.map((u) => u.time), events: units.map((u) => Number(u.event > 0)) };
        const { points } = accepted(aalenJohansen(data, 1));
        survivalPoints(accepted(kaplanMeier(data, { confidence: 0.95 }))).forEach(({ standardError }, k) => {
          const jackknife = points[k]?.standardErrors[0] ?? NaN;
          expect(jackknife).toBeCloseTo(standardError ?? jackknife, 10);
        });
      }),
    );
  });
});

describe("comparing hazards", () => {
  it("counts what each group should have seen, by hand", () => {
    // At 1 both groups have one of two at risk; at 2 only group 1 is left.
    expect(logRank({ times: [1, 2], events: [1, 1], groups: [0, 1] })).toMatchObject({
      observed: [1, 1],
      expected: [0.5, 1.5],
      chiSquared: expect.closeTo(1, 12),
    });
  });

  it("rejects equal hazards in 5 % of 400 simulations, within four standard errors", () => {
    let rejected = 0;
    for (let run = 0; run < 400; run++) {
      const data = simulated(80, () => 1, { seed: 1000 + run, horizon: 3 });
      if (accepted(logRank({ ...data, groups: data.times.map((_, i) => i % 2) })).pValue <= 0.05) rejected++;
    }
    expect(Math.abs(rejected / 400 - 0.05)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 400));
  });

  it("is the score test of Cox's model: near its Wald statistic for a weak effect", () => {
    const data = simulated(2000, (i) => (i % 2 === 0 ? 1 : 1.1), { seed: 5, horizon: 3 });
    const groups = data.times.map((_, i) => i % 2);
    const test = accepted(logRank({ ...data, groups }));
    const fit = accepted(proportionalHazards({ ...data, rows: groups.map((g) => [g]) }));
    expect(test.chiSquared).toBeCloseTo(((fit.coefficients[0] ?? NaN) / (fit.standardErrors[0] ?? NaN)) ** 2, 1);
  });

  it("finds the log hazard ratio it was simulated from, within four standard errors; time units do not matter", () => {
    const x = Array.from({ length: 1500 }, (_, i) => [(i % 5) - 2, i % 2]);
    const data = simulated(1500, (i) => Math.exp(0.3 * (x[i]?.[0] ?? 0) - 0.7 * (x[i]?.[1] ?? 0)), {
      seed: 9,
      horizon: 4,
    });
    const fit = accepted(proportionalHazards({ ...data, rows: x }));
    [0.3, -0.7].forEach((truth, k) =>
      expect(Math.abs((fit.coefficients[k] ?? NaN) - truth)).toBeLessThan(4 * (fit.standardErrors[k] ?? NaN)),
    );
    const days = accepted(proportionalHazards({ ...data, times: data.times.map((t) => 30 * t), rows: x }));
    expect(days.coefficients[0]).toBeCloseTo(fit.coefficients[0] ?? NaN, 10);
  });

  it("gives each stratum a hazard of its own: strata that differ tenfold leave the ratio as it was", () => {
    const group = Array.from({ length: 2000 }, (_, i) => i % 2);
    const strata = Array.from({ length: 2000 }, (_, i) => Math.floor(i / 1000));
    const rate = (i: number): number => (i < 1000 ? 1 : 10) * (i % 2 === 0 ? 1 : 2);
    const data = simulated(2000, rate, { seed: 21, horizon: 3 });
    const fit = accepted(proportionalHazards({ ...data, rows: group.map((g) => [g]), strata }));
    expect(Math.abs((fit.coefficients[0] ?? NaN) - Math.log(2))).toBeLessThan(4 * (fit.standardErrors[0] ?? NaN));
    // One stratum is no strata; strata of one unit each say nothing.
    const plain = accepted(proportionalHazards({ ...data, rows: group.map((g) => [g]) }));
    const one = proportionalHazards({ ...data, rows: group.map((g) => [g]), strata: group.map(() => 7) });
    expect(one).toEqual(plain);
    const alone = proportionalHazards({ ...data, rows: group.map((g) => [g]), strata: group.map((_, i) => i) });
    expect(alone).toMatchObject({ reason: "collinear" });
  });

  it("refuses what has no finite and unique answer", () => {
    const data = { times: [1, 2, 3, 4], events: [1, 1, 1, 1] };
    expect(proportionalHazards({ ...data, rows: [[4], [3], [2], [1]] })).toMatchObject({ reason: "separated" });
    expect(proportionalHazards({ ...data, rows: [[1], [1], [1], [1]] })).toMatchObject({ reason: "collinear" });
    expect(proportionalHazards({ times: [1], events: [0], rows: [[1]] })).toMatchObject({ reason: "too-few" });
    expect(proportionalHazards({ ...data, rows: [[NaN], [1], [1], [1]] })).toMatchObject({ reason: "invalid-input" });
    expect(logRank({ ...data, groups: [0, 0, 0, 0] })).toMatchObject({ reason: "too-few" });
    expect(logRank({ ...data, groups: [0, 1] })).toMatchObject({ reason: "invalid-input" });
    expect(logRank({ ...data, groups: [0, 1, 0.5, 1] })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("survivalDistribution", () => {
  it("is events over exposure for the exponential, by hand", () => {
    expect(survivalDistribution({ times: [1, 2, 3], events: [1, 1, 0] }, "exponential")).toMatchObject({
      location: expect.closeTo(Math.log(3), 12),
      logLikelihood: expect.closeTo(2 * Math.log(1 / 3) - 2, 12),
    });
  });

  it("sees in exponential times a Weibull of shape 1, and scales with the unit of time", () => {
    const data = simulated(3000, () => 0.5, { seed: 3, horizon: 6 });
    const fit = accepted(survivalDistribution(data, "weibull"));
    // The log shape's standard error is about 0.8/√1,700 events = 0.02.
    expect(Math.abs(fit.scale - 1)).toBeLessThan(0.08);
    for (const family of ["weibull", "log-normal"] as const) {
      const plain = accepted(survivalDistribution(data, family));
      const days = accepted(survivalDistribution({ ...data, times: data.times.map((t) => 30 * t) }, family));
      expect(days.location).toBeCloseTo(plain.location + Math.log(30), 8);
      expect(days.scale).toBeCloseTo(plain.scale, 8);
    }
  });

  it("refuses a time of 0, no events, and one event time for two parameters", () => {
    expect(survivalDistribution({ times: [0, 1], events: [1, 1] }, "weibull")).toMatchObject({
      reason: "invalid-input",
    });
    expect(survivalDistribution({ times: [1], events: [0] }, "exponential")).toMatchObject({ reason: "too-few" });
    expect(survivalDistribution({ times: [2, 2], events: [1, 1] }, "log-normal")).toMatchObject({ reason: "too-few" });
  });
});
