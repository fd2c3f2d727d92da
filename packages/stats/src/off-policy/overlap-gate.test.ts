import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng } from "../numerics/random.ts";
import { accepted } from "../golden/adapter.ts";
import { loggedRounds, modelledRounds, type PolicyLog } from "./logged-rounds.ts";
import { doublyRobust, ips, snips } from "./off-policy.ts";
import { DEFAULT_OVERLAP_GATE, evaluatePolicy } from "./overlap-gate.ts";
import { weightBias } from "./weight-maps.ts";

/** n rounds over three actions taken alike often; action 2 pays 0.3, the others 0.1; the target prefers it. */
function uniformLog(n: number, seed: number): PolicyLog {
  const rng = mersenneRng(seed);
  const actions = Array.from({ length: n }, () => Math.floor(rng.next() * 3));
  return {
    actionCount: 3,
    actions,
    rewards: actions.map((a) => (rng.next() < (a === 2 ? 0.3 : 0.1) ? 1 : 0)),
    propensities: actions.map(() => 1 / 3),
    target: actions.flatMap(() => [0.1, 0.1, 0.8]),
    predictions: actions.flatMap(() => [0.1, 0.1, 0.3]),
  };
}

const columns = (log: PolicyLog): PolicyLog => ({
  actionCount: log.actionCount,
  actions: Float64Array.from(log.actions),
  rewards: Float64Array.from(log.rewards),
  propensities: Float64Array.from(log.propensities),
  target: Float64Array.from(log.target),
  predictions: Float64Array.from(log.predictions),
});

describe("a log as it is kept", () => {
  it("gives weights and predictions by hand", () => {
    const rounds = accepted(modelledRounds({ ...uniformLog(1, 1), actions: [2], rewards: [1] }));
    expect(rounds.weights[0]).toBeCloseTo(2.4, 12);
    expect(rounds.predicted[0]).toBe(0.3);
    expect(rounds.policyPredicted[0]).toBeCloseTo(0.1 * 0.1 + 0.1 * 0.1 + 0.8 * 0.3, 12);
  });

  it("may hold lists or typed arrays, and weights need no predictions", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 1e6 }), (n, seed) => {
        const log = uniformLog(n, seed);
        const [lists, typed] = [accepted(modelledRounds(log)), accepted(modelledRounds(columns(log)))];
        expect(Array.from(typed.weights)).toEqual(Array.from(lists.weights));
        expect(doublyRobust(typed)).toEqual(doublyRobust(lists));
        expect(Array.from(accepted(loggedRounds(log)).weights)).toEqual(Array.from(lists.weights));
      }),
    );
  });

  it("is refused where it cannot be right", () => {
    const log = uniformLog(4, 2);
    const faults: readonly Partial<PolicyLog>[] = [
      { actions: [0, 1, 2] },
      { actions: [0, 1, 2, 3] },
      { actions: [0, 1, 2, 0.5] },
      { propensities: [1, 1, 1, 0] },
      { target: log.target.length > 0 ? Array.from({ length: 12 }, () => 0.5) : [] },
      { target: Array.from({ length: 12 }, (_, i) => [1.5, -0.5, 0][i % 3] ?? 0) },
      { actionCount: 0 },
      { predictions: [] },
    ];
    for (const fault of faults)
      expect(modelledRounds({ ...log, ...fault })).toMatchObject({ kind: "refused", reason: "invalid-input" });
  });
});

describe("evaluatePolicy", () => {
  it("finds the value 0.1·0.1 + 0.1·0.1 + 0.8·0.3 = 0.26 with its interval and diagnostics", () => {
    const answer = accepted(evaluatePolicy(uniformLog(20_000, 3), { confidence: 0.9999 }));
    expect(answer.interval.lower).toBeLessThan(0.26);
    expect(answer.interval.upper).toBeGreaterThan(0.26);
    // Weights are 2.4 with probability 1/3 and 0.3 otherwise: ESS share 1/(1 + variance) = 1/1.98.
    expect(answer.diagnostics.effectiveSampleSize / answer.n).toBeCloseTo(1 / 1.98, 2);
  });

  it("takes any estimator", () => {
    const log = uniformLog(5000, 4);
    const rounds = accepted(modelledRounds(log));
    for (const estimator of [ips, snips])
      expect(evaluatePolicy(log, { confidence: 0.95, estimator })).toMatchObject(accepted(estimator(rounds)));
  });

  it("refuses what the log could not have taken, one gate after the other", () => {
    const log = uniformLog(5000, 5);
    const options = { confidence: 0.95 };
    const logging = Array.from(log.target, (_, i) => (i % 3 === 0 ? 0 : 0.5));
    expect(evaluatePolicy({ ...log, logging }, options)).toMatchObject({ reason: "no-overlap" });
    const rare = Array.from(log.propensities, (p, i) => (i === 7 ? 1e-4 : p));
    expect(evaluatePolicy({ ...log, propensities: rare }, options)).toMatchObject({ reason: "no-overlap" });
    const wrong = Array.from(log.propensities, () => 0.5);
    expect(evaluatePolicy({ ...log, propensities: wrong }, options)).toMatchObject({ reason: "wrong-propensities" });
    expect(evaluatePolicy(uniformLog(100, 6), options)).toMatchObject({ reason: "few-effective-units" });
    expect(evaluatePolicy(uniformLog(0, 6), options)).toMatchObject({ reason: "too-few" });
    const gate = { ...DEFAULT_OVERLAP_GATE, maxWeightShareMax: 1e-4 };
    expect(evaluatePolicy(log, { ...options, gate })).toMatchObject({ reason: "few-effective-units" });
    expect(evaluatePolicy(log, { confidence: 1 })).toMatchObject({ reason: "invalid-input" });
  });
});

it("the bias of a weight map is 0 for the weights themselves and never above its bound", () => {
  const list = fc.array(
    fc.record({ r: fc.double({ min: 0, max: 1, noNaN: true }), w: fc.double({ min: 0, max: 9, noNaN: true }) }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(list, fc.double({ min: 0.1, max: 9, noNaN: true }), (rows, limit) => {
      const [rewards, weights] = [rows.map((x) => x.r), rows.map((x) => x.w)];
      expect(weightBias({ rewards, weights }, { mapped: weights, delta: 0.05 })).toMatchObject({ bias: 0 });
      const clipped = accepted(
        weightBias({ rewards, weights }, { mapped: weights.map((w) => Math.min(w, limit)), delta: 0.05 }),
      );
      expect(clipped.bias).toBeLessThanOrEqual(clipped.upper);
    }),
  );
});
