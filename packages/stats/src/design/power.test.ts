import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { midExperimentPower, unitsStillNeeded } from "./mid-experiment-power.ts";
import { twoMeansPower, twoMeansSize, twoProportionsPower, twoProportionsSize } from "./power.ts";
import { mersenneRng } from "../numerics/random.ts";
import { pooledZ } from "../cohorts/two-proportions.ts";

const rate = fc.double({ min: 0.01, max: 0.9, noNaN: true });
const setting = fc.record({
  alpha: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
  power: fc.double({ min: 0.3, max: 0.99, noNaN: true }),
});

describe("sizes", () => {
  it("give the wanted power back", () => {
    fc.assert(
      fc.property(rate, rate, setting, (control, treatment, { alpha, power }) => {
        if (Math.abs(control - treatment) < 1e-3) return;
        const sizes = twoProportionsSize({ control, treatment, alpha }, { power });
        if ("kind" in sizes) throw new Error(sizes.message);
        expect(twoProportionsPower({ control, treatment, alpha }, sizes.control)).toBeCloseTo(power, 9);
      }),
    );
    const means = { delta: 0.3, standardDeviation: 1, alpha: 0.05 };
    expect(twoMeansPower(means, Number(twoMeansSize(means, { power: 0.8 })))).toBeCloseTo(0.8, 9);
  });

  it("are what a simulation of the test finds: 80 % of 3,000 runs significant, within four standard errors", () => {
    const rates = { control: 0.1, treatment: 0.14, alpha: 0.05 };
    const sizes = twoProportionsSize(rates, { power: 0.8 });
    const n = "kind" in sizes ? NaN : Math.ceil(sizes.control);
    const rng = mersenneRng(73);
    const draw = (p: number): number => {
      let k = 0;
      for (let i = 0; i < n; i++) if (rng.next() < p) k++;
      return k;
    };
    let found = 0;
    for (let run = 0; run < 3000; run++) {
      const test = pooledZ({ n, conversions: draw(rates.control) }, { n, conversions: draw(rates.treatment) });
      if (test.kind === "estimate" && test.pValue < 0.05) found++;
    }
    expect(Math.abs(found / 3000 - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / 3000) + 0.01); // + what rounding to counts costs
  });

  it("refuse to look for no effect", () => {
    expect(twoProportionsSize({ control: 0.1, treatment: 0.1, alpha: 0.05 }, { power: 0.8 })).toMatchObject({
      reason: "no-effect",
    });
    expect(twoMeansSize({ delta: 0, standardDeviation: 1, alpha: 0.05 }, { power: 0.8 })).toMatchObject({
      reason: "no-effect",
    });
    expect(twoProportionsSize({ control: 0.1, treatment: 0.2, alpha: 0.05 }, { power: 1 })).toMatchObject({
      reason: "invalid-input",
    });
  });
});

describe("unitsStillNeeded", () => {
  const running = { standardError: 0.06, n: 4000, effect: 0.1, alpha: 0.05 };

  it("brings the power to what was asked, and needs more under continuous looking", () => {
    const fixed = { ...running, reading: { kind: "fixed" } as const };
    const sequential = { ...running, reading: { kind: "sequential", tunedFor: 8000 } as const };
    const [a, b] = [unitsStillNeeded(fixed, { power: 0.8 }), unitsStillNeeded(sequential, { power: 0.8 })];
    if (a.kind === "refused" || b.kind === "refused") throw new Error("no refusal expected");
    expect(midExperimentPower(fixed, 1 + a.units / running.n)).toBeCloseTo(0.8, 9);
    expect(b.units).toBeGreaterThan(a.units);
  });

  it("is 0 once the power is there, and refuses what no number of units gives", () => {
    expect(unitsStillNeeded({ ...running, effect: 1, reading: { kind: "fixed" } }, { power: 0.8 })).toEqual({
      kind: "estimate",
      units: 0,
    });
    expect(unitsStillNeeded({ ...running, effect: 0, reading: { kind: "fixed" } }, { power: 0.8 })).toMatchObject({
      reason: "out-of-reach",
    });
  });
});
