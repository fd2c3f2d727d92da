import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { armMean, differenceOfMeans, type ArmMean } from "./arm-mean.ts";
import { fieller } from "./fieller.ts";
import { logRatio } from "./log-ratio.ts";
import { momentsOf } from "./moments.ts";
import { welchDifference } from "./welch.ts";

const arm = (mean: number, standardError = 0.1): ArmMean => ({
  kind: "mean",
  mean,
  standardError,
  degreesOfFreedom: Infinity,
});

describe("differenceOfMeans", () => {
  it("is Welch's test where arms are of independent units", () => {
    const [a, b] = [momentsOf([1, 4, 2, 8]), momentsOf([3, 9, 4, 4, 7])];
    const [x, y] = [armMean(a), armMean(b)];
    if (x.kind === "refused" || y.kind === "refused") throw new Error("no refusal expected");
    const welch = welchDifference(a, b, { confidence: 0.9 });
    const answer = differenceOfMeans(x, y, { confidence: 0.9 });
    if (welch.kind === "refused" || answer.kind === "refused") throw new Error("no refusal expected");
    expect(answer.pValue).toBeCloseTo(welch.pValue, 12);
    expect(answer.degreesOfFreedom).toBeCloseTo(welch.degreesOfFreedom, 10);
  });

  it("refuses an arm without a standard error", () => {
    expect(differenceOfMeans(arm(1, 0), arm(2), { confidence: 0.95 })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("fieller", () => {
  it("holds exactly the lifts that a test of m_t − θ·m_c does not reject", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 5, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (control, treatment) => {
          const answer = fieller(arm(control), arm(treatment), { confidence: 0.95 });
          if (answer.kind === "refused") throw new Error(answer.message);
          for (const end of [answer.interval.lower, answer.interval.upper]) {
            const theta = 1 + end;
            const z = (treatment - theta * control) / (0.1 * Math.sqrt(1 + theta * theta));
            expect(Math.abs(z)).toBeCloseTo(1.959963984540054, 7);
          }
        },
      ),
    );
  });

  it("turns with the sign of the control, as a lift against its size does", () => {
    const [up, down] = [fieller(arm(2), arm(3), { confidence: 0.95 }), fieller(arm(-2), arm(-3), { confidence: 0.95 })];
    if (up.kind === "refused" || down.kind === "refused") throw new Error("no refusal expected");
    expect(down.lift).toBeCloseTo(-up.lift, 12);
    expect(down.interval.lower).toBeCloseTo(-up.interval.upper, 12);
  });

  it("refuses a control that may be 0: every lift is possible then", () => {
    expect(fieller(arm(0.15), arm(1), { confidence: 0.95 })).toMatchObject({ reason: "zero-baseline" });
    expect(fieller(arm(1), arm(1), { confidence: 1 })).toMatchObject({ reason: "invalid-input" });
  });

  // Lift of 0.5 on a control three standard errors above 0; 4,000 runs: four standard errors of 95 % are 1.4 %.
  it("misses no more often than promised where the control is only three standard errors above 0", () => {
    const normal = normalDraw(mersenneRng(41), { mean: 0, standardDeviation: 1 });
    let [covered, bounded] = [0, 0];
    for (let run = 0; run < 4000; run++) {
      const answer = fieller(arm(0.3 + 0.1 * normal()), arm(0.45 + 0.1 * normal()), { confidence: 0.95 });
      if (answer.kind === "refused") continue;
      bounded++;
      if (answer.interval.lower <= 0.5 && answer.interval.upper >= 0.5) covered++;
    }
    expect(bounded).toBeGreaterThan(3000);
    // Refused are the unbounded sets, some of which leave the truth out: counted as no error, the rest errs at most as often as promised.
    expect((bounded - covered) / 4000).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 4000));
  });
});

describe("logRatio", () => {
  it("does not change but for the sign of its logarithm when the arms are swapped", () => {
    const [there, back] = [
      logRatio(arm(2), arm(3), { confidence: 0.95 }),
      logRatio(arm(3), arm(2), { confidence: 0.95 }),
    ];
    if (there.kind === "refused" || back.kind === "refused") throw new Error("no refusal expected");
    expect(back.logRatio).toBeCloseTo(-there.logRatio, 12);
    expect((1 + there.interval.lower) * (1 + back.interval.upper)).toBeCloseTo(1, 12);
    expect(there.pValue).toBeCloseTo(back.pValue, 12);
  });

  it("never says that more than everything was lost", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 5, noNaN: true }),
        fc.double({ min: 1e-3, max: 5, noNaN: true }),
        (a, b) => {
          const answer = logRatio(arm(a), arm(b), { confidence: 0.95 });
          if (answer.kind === "refused") throw new Error(answer.message);
          expect(answer.interval.lower).toBeGreaterThanOrEqual(-1);
        },
      ),
    );
  });

  it("refuses means that are not positive", () => {
    expect(logRatio(arm(0), arm(1), { confidence: 0.95 })).toMatchObject({ reason: "zero-baseline" });
    expect(logRatio(arm(1), arm(-1), { confidence: 0.95 })).toMatchObject({ reason: "zero-baseline" });
  });
});
