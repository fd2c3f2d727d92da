import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng } from "../numerics/random.ts";
import { doublyRobustSequence } from "./doubly-robust-sequence.ts";
import type { ModelledRounds } from "./logged-rounds.ts";
import { offPolicyConfidenceSequence } from "./off-policy-intervals.ts";

const FLOOR = 0.1;
const RANGE = { alpha: 0.05, rewardMin: 0, rewardMax: 1, weightMax: 1 / FLOOR };

/** A bandit of two actions (values 0.2, 0.3) that chases the running leader with a floor; judged: always action 1, with running means as model. */
function chasing(seed: number, n: number): ModelledRounds {
  const rng = mersenneRng(seed);
  const [sums, counts] = [
    [1, 1],
    [2, 2],
  ];
  const rows = Array.from({ length: n }, () => {
    const means = sums.map((s, a) => s / (counts[a] ?? NaN));
    const greedy = (means[1] ?? 0) > (means[0] ?? 0) ? 1 - FLOOR : FLOOR;
    const action = rng.next() < greedy ? 1 : 0;
    const reward = rng.next() < (action === 1 ? 0.3 : 0.2) ? 1 : 0;
    sums[action] = (sums[action] ?? 0) + reward;
    counts[action] = (counts[action] ?? 0) + 1;
    return { reward, weight: action === 1 ? 1 / greedy : 0, predicted: means[action] ?? 0, value: means[1] ?? 0 };
  });
  return {
    rewards: rows.map((r) => r.reward),
    weights: rows.map((r) => r.weight),
    predicted: rows.map((r) => r.predicted),
    policyPredicted: rows.map((r) => r.value),
  };
}

const upTo = (rounds: ModelledRounds, n: number): ModelledRounds => ({
  rewards: Array.from(rounds.rewards).slice(0, n),
  weights: Array.from(rounds.weights).slice(0, n),
  predicted: Array.from(rounds.predicted).slice(0, n),
  policyPredicted: Array.from(rounds.policyPredicted).slice(0, n),
});

describe("doublyRobustSequence", () => {
  it("covers the value 0.3 at every look while the logging policy learns, in 95 % of 300 runs", () => {
    const looks = Array.from({ length: 20 }, (_, i) => Math.round(20 * 1.33 ** i));
    let missed = 0;
    for (let run = 0; run < 300; run++) {
      const rounds = chasing(1000 + run, looks.at(-1) ?? 0);
      const misses = looks.some((n) => {
        const { lower, upper } = accepted(doublyRobustSequence(upTo(rounds, n), RANGE));
        return lower > 0.3 || upper < 0.3;
      });
      if (misses) missed++;
    }
    expect(missed / 300).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 300));
  });

  it("is narrower than the sequence without a model where there is a good one", () => {
    const rounds = chasing(7, 20_000);
    const width = ({ lower, upper }: { readonly lower: number; readonly upper: number }): number => upper - lower;
    const modelled = width(accepted(doublyRobustSequence(rounds, RANGE)));
    expect(modelled).toBeLessThan(0.06);
    expect(modelled).toBeLessThan(width(accepted(offPolicyConfidenceSequence(rounds, RANGE))));
  });

  it("moves and scales with the rewards", () => {
    const rounds = chasing(8, 2000);
    const move = (xs: ArrayLike<number>): readonly number[] => Array.from(xs, (x) => 10 * x - 3);
    const moved = {
      rewards: move(rounds.rewards),
      weights: rounds.weights,
      predicted: move(rounds.predicted),
      policyPredicted: move(rounds.policyPredicted),
    };
    const plain = accepted(doublyRobustSequence(rounds, RANGE));
    const there = accepted(doublyRobustSequence(moved, { ...RANGE, rewardMin: -3, rewardMax: 7 }));
    expect(there.lower).toBeCloseTo(10 * plain.lower - 3, 9);
    expect(there.upper).toBeCloseTo(10 * plain.upper - 3, 9);
  });

  it("refuses what is outside the stated ranges", () => {
    const rounds = chasing(9, 20);
    const refused = (change: Partial<typeof RANGE>) => doublyRobustSequence(rounds, { ...RANGE, ...change });
    expect(refused({ weightMax: 1 })).toMatchObject({ reason: "invalid-input" });
    expect(refused({ rewardMax: 0.5 })).toMatchObject({ reason: "invalid-input" });
    expect(refused({ alpha: 0 })).toMatchObject({ reason: "invalid-input" });
    expect(doublyRobustSequence(chasing(9, 0), RANGE)).toMatchObject({ reason: "too-few" });
  });
});
