import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  initialPolicyContrast,
  policyContrast,
  policyEstimate,
  policyValue,
  stepPolicyContrast,
} from "./policy-contrast.ts";
import type { ContrastStratum, PolicyCell } from "./policy-strata.ts";

/** A cell of 0/1 outcomes. */
function cell(action: string, propensity: number, n: number, conversions: number): PolicyCell {
  return { action, propensity, n, sum: conversions, sumSquares: conversions };
}

function estimateOf(strata: readonly ContrastStratum[]) {
  const answer = policyContrast(strata);
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

const ONLY_A = { a: 1 };
const ONLY_B = { b: 1 };

describe("policyContrast, worked by hand", () => {
  it("is inverse propensity weighting where nothing is known yet", () => {
    // Period 0, so m = 0. Scores: b converted 1/0.2 = 5 (once), b not 0 (once), a converted −1/0.8 = −1.25 (twice), a not 0 (4).
    const answer = estimateOf([
      { period: 0, cells: [cell("a", 0.8, 6, 2), cell("b", 0.2, 2, 1)], target: ONLY_B, reference: ONLY_A },
    ]);
    expect(answer.n).toBe(8);
    expect(answer.estimate).toBeCloseTo((5 - 2 * 1.25) / 8, 14);
    const mean = 2.5 / 8;
    const squares = (5 - mean) ** 2 + 2 * (-1.25 - mean) ** 2 + 5 * mean ** 2;
    expect(answer.standardError).toBeCloseTo(Math.sqrt(squares / 7 / 8), 14);
    // Weights: b 5 (twice), a −1.25 (six times): Σ|w| = 17.5, Σw² = 59.375.
    expect(answer.effectiveSampleSize).toBeCloseTo(17.5 ** 2 / 59.375, 12);
    expect(answer.maxWeightShare).toBeCloseTo(5 / 17.5, 12);
    expect(answer.meanWeight).toBeCloseTo((2 * 5) / 8, 14);
  });

  it("predicts from earlier periods only, shrunk by 20 units to the broader mean", () => {
    const first: ContrastStratum = {
      period: 0,
      cells: [cell("a", 0.5, 10, 2), cell("b", 0.5, 10, 4)],
      target: ONLY_B,
      reference: ONLY_A,
    };
    const second: ContrastStratum = { ...first, period: 1, cells: [cell("a", 0.5, 1, 0), cell("b", 0.5, 1, 1)] };
    // Overall 6/20 = 0.3; a: (2 + 20·0.3)/30 = 8/30, then again with a's own units (2 + 20·8/30)/30; b likewise from 10/30.
    const mA = (2 + (20 * 8) / 30) / 30;
    const mB = (4 + (20 * 10) / 30) / 30;
    const scoresOfSecond = [mB - mA - 2 * (0 - mA), mB - mA + 2 * (1 - mB)];
    const firstSum = 2 * 4 - 2 * 2;
    expect(estimateOf([first, second]).estimate).toBeCloseTo(
      (firstSum + (scoresOfSecond[0] ?? 0) + (scoresOfSecond[1] ?? 0)) / 22,
      13,
    );
  });

  it("keeps the models of two segments apart", () => {
    const past = (modelKey: string, conversions: number): ContrastStratum => ({
      period: 0,
      modelKey,
      cells: [cell("a", 0.5, 1000, conversions), cell("b", 0.5, 1000, conversions)],
      target: ONLY_B,
      reference: ONLY_A,
    });
    const now = (modelKey: string): ContrastStratum => ({
      period: 1,
      modelKey,
      cells: [cell("a", 0.5, 0, 0), cell("b", 0.5, 1000, 900)],
      target: ONLY_B,
      reference: ONLY_A,
    });
    const inItsOwn = estimateOf([past("small", 100), past("large", 900), now("large")]);
    const inTheOther = estimateOf([past("small", 100), past("large", 900), now("small")]);
    expect(inItsOwn.standardError).toBeLessThan(inTheOther.standardError);
  });
});

describe("policyValue", () => {
  it("is the plain mean where the policy is the one that logged, and every unit counts once", () => {
    const answer = policyValue([
      { period: 0, cells: [cell("a", 0.25, 10, 3), cell("b", 0.75, 30, 6)], target: { a: 0.25, b: 0.75 } },
    ]);
    expect(answer).toMatchObject({
      kind: "estimate",
      n: 40,
      estimate: expect.closeTo(9 / 40, 14),
      effectiveSampleSize: expect.closeTo(40, 12),
      meanWeight: 1,
      meanWeightStandardError: 0,
    });
  });

  it("subtracts to the contrast: value(target) − value(reference) = contrast", () => {
    const cells = [cell("a", 0.3, 12, 3), cell("b", 0.7, 31, 6)];
    const strata = [0, 1, 2].map((period) => ({
      period,
      cells,
      target: { a: 0.9, b: 0.1 },
      reference: { a: 0.2, b: 0.8 },
    }));
    const value = (which: "target" | "reference"): number => {
      const answer = policyValue(strata.map((s) => ({ period: s.period, cells: s.cells, target: s[which] })));
      return answer.kind === "estimate" ? answer.estimate : NaN;
    };
    expect(estimateOf(strata).estimate).toBeCloseTo(value("target") - value("reference"), 13);
  });
});

/** One decision with everything that brute force needs. */
interface LoggedUnit {
  readonly stratum: number;
  readonly action: string;
  readonly outcome: number;
}

const ACTIONS = ["a", "b", "c"] as const;
const share = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .map((xs) => {
    const total = xs[0] + xs[1] + xs[2];
    return [xs[0] / total, xs[1] / total, 1 - xs[0] / total - xs[1] / total] as const;
  });
const scenario = fc.record({
  strata: fc.array(
    fc.record({
      advance: fc.boolean(),
      key: fc.constantFrom("x", "y"),
      logging: share,
      target: share,
      reference: share,
    }),
    { minLength: 1, maxLength: 6 },
  ),
  units: fc.array(
    fc.record({
      stratum: fc.nat(),
      action: fc.constantFrom(...ACTIONS),
      outcome: fc.integer({ min: -5, max: 20 }).map((x) => x / 4),
    }),
    { minLength: 3, maxLength: 60 },
  ),
});

function build({ strata, units }: typeof scenario extends fc.Arbitrary<infer T> ? T : never): {
  readonly strata: readonly ContrastStratum[];
  readonly units: readonly LoggedUnit[];
} {
  const placed = units.map((u) => ({ ...u, stratum: u.stratum % strata.length }));
  let period = 0;
  const named = (p: readonly number[]): Record<string, number> =>
    Object.fromEntries(ACTIONS.map((action, i) => [action, p[i] ?? 0]));
  return {
    units: placed,
    strata: strata.map((s, index) => {
      if (s.advance) period++;
      const cells = ACTIONS.map((action, i) => {
        const ys = placed.filter((u) => u.stratum === index && u.action === action).map((u) => u.outcome);
        return {
          action,
          propensity: s.logging[i] ?? 0,
          n: ys.length,
          sum: ys.reduce((t, y) => t + y, 0),
          sumSquares: ys.reduce((t, y) => t + y * y, 0),
        };
      });
      return { period, modelKey: s.key, cells, target: named(s.target), reference: named(s.reference) };
    }),
  };
}

/** The scores straight from the definition, one unit at a time. */
function bruteForceScores({
  strata,
  units,
}: {
  readonly strata: readonly ContrastStratum[];
  readonly units: readonly LoggedUnit[];
}): readonly number[] {
  const mean = (ys: readonly number[], towards: number): number =>
    (ys.reduce((t, y) => t + y, 0) + 20 * towards) / (ys.length + 20);
  return units.map((unit) => {
    const here = strata[unit.stratum];
    if (here === undefined) throw new Error("no such stratum");
    const earlier = units.filter((u) => (strata[u.stratum]?.period ?? Infinity) < here.period);
    const overall = earlier.length === 0 ? 0 : earlier.reduce((t, u) => t + u.outcome, 0) / earlier.length;
    const model = (action: string): number => {
      const ofAction = earlier.filter((u) => u.action === action);
      return mean(
        ofAction.filter((u) => strata[u.stratum]?.modelKey === here.modelKey).map((u) => u.outcome),
        mean(
          ofAction.map((u) => u.outcome),
          overall,
        ),
      );
    };
    const d = (action: string): number => (here.target[action] ?? 0) - (here.reference[action] ?? 0);
    const p = here.cells.find((c) => c.action === unit.action)?.propensity ?? 0;
    return (
      ACTIONS.reduce((t, action) => t + d(action) * model(action), 0) +
      (d(unit.action) / p) * (unit.outcome - model(unit.action))
    );
  });
}

describe("laws of policyContrast", () => {
  it("equals the definition applied unit by unit", () => {
    fc.assert(
      fc.property(scenario, (raw) => {
        const built = build(raw);
        const answer = policyContrast(built.strata);
        if (answer.kind === "refused") return;
        const scores = bruteForceScores(built);
        const mean = scores.reduce((t, x) => t + x, 0) / scores.length;
        const variance = scores.reduce((t, x) => t + (x - mean) ** 2, 0) / (scores.length - 1);
        expect(answer.n).toBe(scores.length);
        expect(answer.estimate).toBeCloseTo(mean, 9);
        expect(answer.standardError).toBeCloseTo(Math.sqrt(variance / scores.length), 8);
      }),
    );
  });

  it("period by period equals all at once", () => {
    fc.assert(
      fc.property(scenario, (raw) => {
        const { strata } = build(raw);
        let state = initialPolicyContrast;
        for (const period of new Set(strata.map((s) => s.period))) {
          const next = stepPolicyContrast(
            state,
            strata.filter((s) => s.period === period),
          );
          if ("kind" in next) throw new Error(next.message);
          state = next;
        }
        expect(policyEstimate(state)).toEqual(policyContrast(strata));
      }),
    );
  });

  it("does not change when a stratum is split into batches of the same period", () => {
    fc.assert(
      fc.property(scenario, (raw) => {
        const { strata } = build(raw);
        const split = strata.flatMap((s) => {
          const half = s.cells.map((c) => ({
            ...c,
            n: c.n > 1 ? 1 : 0,
            sum: c.n > 1 ? c.sum / c.n : 0,
            sumSquares: c.n > 1 ? (c.sum / c.n) ** 2 : 0,
          }));
          const rest = s.cells.map((c, i) => ({
            ...c,
            n: c.n - (half[i]?.n ?? 0),
            sum: c.sum - (half[i]?.sum ?? 0),
            sumSquares: c.sumSquares - (half[i]?.sumSquares ?? 0),
          }));
          return [
            { ...s, cells: half },
            { ...s, cells: rest },
          ];
        });
        const whole = policyContrast(strata);
        const parts = policyContrast(split);
        if (whole.kind === "refused" || parts.kind === "refused") return;
        expect(parts.estimate).toBeCloseTo(whole.estimate, 9);
        expect(parts.effectiveSampleSize).toBeCloseTo(whole.effectiveSampleSize, 9);
      }),
    );
  });

  it("turns its sign when target and reference are swapped, and scales with the outcomes", () => {
    fc.assert(
      fc.property(scenario, (raw) => {
        const { strata } = build(raw);
        const whole = policyContrast(strata);
        const swapped = policyContrast(strata.map((s) => ({ ...s, target: s.reference, reference: s.target })));
        const tripled = policyContrast(
          strata.map((s) => ({
            ...s,
            cells: s.cells.map((c) => ({ ...c, sum: 3 * c.sum, sumSquares: 9 * c.sumSquares })),
          })),
        );
        if (whole.kind === "refused" || swapped.kind === "refused" || tripled.kind === "refused") return;
        expect(swapped.estimate).toBeCloseTo(-whole.estimate, 10);
        expect(swapped.standardError).toBeCloseTo(whole.standardError, 10);
        expect(tripled.estimate).toBeCloseTo(3 * whole.estimate, 9);
        expect(tripled.standardError).toBeCloseTo(3 * whole.standardError, 8);
      }),
    );
  });
});

describe("policyContrast refuses", () => {
  const good: ContrastStratum = {
    period: 0,
    cells: [cell("a", 0.5, 10, 2), cell("b", 0.5, 10, 4)],
    target: ONLY_B,
    reference: ONLY_A,
  };

  it("a policy that uses an action the log could not choose", () => {
    expect(policyContrast([{ ...good, target: { c: 1 } }])).toMatchObject({ kind: "refused", reason: "no-overlap" });
    expect(policyContrast([{ ...good, reference: { a: 0.5, c: 0.5 } }])).toMatchObject({ reason: "no-overlap" });
    expect(policyContrast([{ ...good, cells: [cell("a", 1, 10, 2), cell("b", 0, 0, 0)] }])).toMatchObject({
      reason: "no-overlap",
    });
  });

  it("fewer than two units", () => {
    expect(policyContrast([])).toMatchObject({ reason: "too-few" });
    expect(policyContrast([{ ...good, cells: [cell("a", 0.5, 0, 0), cell("b", 0.5, 1, 1)] }])).toMatchObject({
      reason: "too-few",
    });
  });

  it("two policies that never differ, and outcomes without any spread", () => {
    expect(policyContrast([{ ...good, reference: ONLY_B }])).toMatchObject({ reason: "same-policy" });
    expect(policyContrast([{ ...good, cells: [cell("a", 0.5, 10, 0), cell("b", 0.5, 10, 0)] }])).toMatchObject({
      reason: "zero-variance",
    });
  });

  it("propensities and policies that are no distributions, and counts that are no counts", () => {
    const faults: readonly ContrastStratum[] = [
      { ...good, cells: [cell("a", 0.5, 10, 2), cell("b", 0.4, 10, 4)] },
      { ...good, cells: [cell("a", 1, 10, 2), cell("b", 0, 10, 4)] },
      { ...good, cells: [cell("a", 0.5, 10, 2), cell("a", 0.5, 10, 4)] },
      { ...good, cells: [cell("a", 0.5, NaN, 2), cell("b", 0.5, 10, 4)] },
      { ...good, target: { b: 0.9 } },
      { ...good, target: { a: -0.5, b: 1.5 } },
    ];
    for (const stratum of faults)
      expect(policyContrast([stratum])).toMatchObject({ kind: "refused", reason: "invalid-input" });
  });

  it("periods out of order, since they would let the model look ahead", () => {
    expect(policyContrast([{ ...good, period: 1 }, good])).toMatchObject({ reason: "invalid-input" });
  });

  it("an action named like a method of every object is an action like any other", () => {
    const answer = policyContrast([
      {
        period: 0,
        cells: [cell("constructor", 0.5, 10, 2), cell("b", 0.5, 10, 4)],
        target: ONLY_B,
        reference: { constructor: 1 },
      },
    ]);
    expect(answer).toMatchObject({ kind: "estimate", n: 20 });
    expect(
      policyContrast([{ ...good, cells: [cell("constructor", 0.5, 10, 2), cell("b", 0.5, 10, 4)], reference: ONLY_B }]),
    ).toMatchObject({ reason: "same-policy" });
  });
});
