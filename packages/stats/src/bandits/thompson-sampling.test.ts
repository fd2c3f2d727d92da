import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { betaDraw, mersenneRng, normalDraw } from "../numerics/random.ts";
import { chooseAction } from "./choose-action.ts";
import { learnReward, linearBelief, linUcbProbabilities, untriedArm } from "./linear-bandit.ts";
import { chooseThompson, thompsonProbabilities, type ThompsonBelief } from "./thompson-sampling.ts";

const BETAS: ThompsonBelief = {
  kind: "beta",
  arms: [
    { alpha: 3, beta: 20 },
    { alpha: 5, beta: 22 },
    { alpha: 1, beta: 4 },
  ],
};

/** Share of n posterior draws in which each arm is the largest: Thompson sampling as it is usually done. */
function winsByDrawing(draws: readonly (() => number)[], n: number): readonly number[] {
  const wins = draws.map(() => 0);
  for (let i = 0; i < n; i++) {
    const values = draws.map((draw) => draw());
    const best = values.indexOf(Math.max(...values));
    wins[best] = (wins[best] ?? 0) + 1;
  }
  return wins.map((w) => w / n);
}

describe("thompsonProbabilities", () => {
  it("are the shares in which posterior draws win, for Beta, normal and linear beliefs", () => {
    const n = 20_000;
    const rng = mersenneRng(71);
    const linear = [0.2, 0.6].map((r, a) =>
      accepted(linearBelief(learnReward(learnReward(untriedArm(2), [1, a], r), [1, 0.5], r))),
    );
    const context = [1, 0.3];
    const spread = (arm: (typeof linear)[number]): { readonly mean: number; readonly standardDeviation: number } => ({
      mean: context.reduce((t, x, i) => t + x * (arm.theta[i] ?? 0), 0),
      standardDeviation:
        0.5 *
        Math.sqrt(
          context.reduce((t, x, i) => t + context.reduce((s, y, j) => s + x * y * (arm.covariance[i]?.[j] ?? 0), 0), 0),
        ),
    });
    const normals = [
      { mean: 0, standardDeviation: 1 },
      { mean: 0.5, standardDeviation: 0.4 },
    ];
    const cases: readonly (readonly [ThompsonBelief, readonly (() => number)[]])[] = [
      [BETAS, BETAS.kind === "beta" ? BETAS.arms.map((arm) => betaDraw(rng, arm)) : []],
      [{ kind: "normal", arms: normals }, normals.map((arm) => normalDraw(rng, arm))],
      [
        { kind: "linear", arms: linear, context, noiseDeviation: 0.5 },
        linear.map((arm) => normalDraw(rng, spread(arm))),
      ],
    ];
    for (const [belief, draws] of cases) {
      const exact = accepted(thompsonProbabilities(belief)).probabilities;
      winsByDrawing(draws, n).forEach((share, a) => {
        const p = exact[a] ?? NaN;
        expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
      });
    }
  });

  it("refuse what is no belief", () => {
    expect(thompsonProbabilities({ kind: "beta", arms: [] })).toMatchObject({ reason: "too-few" });
    const arms = [untriedArm(2), untriedArm(2)].map((arm) => accepted(linearBelief(arm)));
    const linear = { kind: "linear", arms, context: [1, 1], noiseDeviation: 1 } as const;
    expect(thompsonProbabilities({ ...linear, context: [1] })).toMatchObject({ reason: "invalid-input" });
    expect(thompsonProbabilities({ ...linear, context: [0, 0] })).toMatchObject({ reason: "invalid-input" });
    expect(thompsonProbabilities({ ...linear, noiseDeviation: 0 })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("a choice", () => {
  it("can be repeated from its seed, and says the propensity after the floor", () => {
    const choose = (seed: number) => accepted(chooseThompson(BETAS, { rng: mersenneRng(seed), floor: 0.05 }));
    const best = accepted(thompsonProbabilities(BETAS)).probabilities;
    for (let seed = 1; seed < 50; seed++) {
      const { action, propensity } = choose(seed);
      expect(choose(seed)).toEqual({ kind: "estimate", action, propensity });
      expect(propensity).toBeCloseTo(0.05 + 0.85 * (best[action] ?? NaN), 12);
    }
  });

  it("comes as often as its propensity says, and never where that is 0", () => {
    const probabilities = [0.2, 0, 0.5, 0.3];
    const rng = mersenneRng(73);
    const counts = [0, 0, 0, 0];
    const n = 20_000;
    for (let i = 0; i < n; i++) {
      const { action, propensity } = accepted(chooseAction(probabilities, rng));
      expect(propensity).toBe(probabilities[action]);
      counts[action] = (counts[action] ?? 0) + 1;
    }
    expect(counts[1]).toBe(0);
    probabilities.forEach((p, a) =>
      expect(Math.abs((counts[a] ?? 0) / n - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / n)),
    );
  });

  it("is the last possible action at the very top of the unit interval", () => {
    expect(chooseAction([0.3, 0.7, 0], { next: () => 1 - 2 ** -53 })).toMatchObject({ action: 1 });
  });

  it("is refused from what is no distribution", () => {
    for (const bad of [
      [0.5, 0.4],
      [1.5, -0.5],
      [NaN, 1],
    ])
      expect(chooseAction(bad, mersenneRng(1))).toMatchObject({ reason: "invalid-input" });
    expect(chooseAction([], mersenneRng(1))).toMatchObject({ reason: "too-few" });
  });
});

it("LinUCB with a floor is a distribution that leads with the largest score", () => {
  const context = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(context, fc.array(context, { minLength: 1, maxLength: 5 }), (x, seen) => {
      const arms = seen.map((row, i) => accepted(linearBelief(learnReward(untriedArm(2), row, i))));
      const { probabilities } = accepted(linUcbProbabilities(arms, x, { width: 1, floor: 0.02 }));
      expect(probabilities.reduce((t, p) => t + p, 0)).toBeCloseTo(1, 12);
      expect(Math.max(...probabilities)).toBeCloseTo(1 - 0.02 * (arms.length - 1), 12);
    }),
  );
});
