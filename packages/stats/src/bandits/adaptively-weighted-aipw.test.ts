import { expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, type Rng } from "../numerics/random.ts";
import { adaptiveContrast, adaptivelyWeightedAipw, type AdaptiveLog } from "./adaptively-weighted-aipw.ts";

/** A bandit of two arms that pay alike (0.3), chasing the running leader above a floor of 0.3·t^−0.3; models are running means. */
function chasing(rng: Rng, rounds: number): AdaptiveLog {
  const [sums, counts] = [
    [0.6, 0.6],
    [2, 2],
  ];
  const rows = Array.from({ length: rounds }, (_, t) => {
    const means = sums.map((s, a) => s / (counts[a] ?? NaN));
    const floor = 0.3 * (t + 1) ** -0.3;
    const first = (means[0] ?? 0) > (means[1] ?? 0) ? 1 - floor : floor;
    const arm = rng.next() < first ? 0 : 1;
    const reward = rng.next() < 0.3 ? 1 : 0;
    sums[arm] = (sums[arm] ?? 0) + reward;
    counts[arm] = (counts[arm] ?? 0) + 1;
    return { arm, reward, propensities: [first, 1 - first], predictions: means };
  });
  return {
    arms: rows.map((r) => r.arm),
    rewards: rows.map((r) => r.reward),
    propensities: rows.map((r) => r.propensities),
    predictions: rows.map((r) => r.predictions),
  };
}

it("covers an arm's value and a contrast of 0 in 95 % of 400 adaptive logs, where arm means are biased down", () => {
  const rng = mersenneRng(91);
  const RUNS = 400;
  let [missedArm, missedContrast, bias] = [0, 0, 0];
  for (let run = 0; run < RUNS; run++) {
    const log = chasing(rng, 500);
    const { arms } = accepted(adaptivelyWeightedAipw(log, { decay: 0.3 }));
    const contrast = accepted(adaptiveContrast(log, { first: 0, second: 1, decay: 0.3 }));
    if (Math.abs((arms[0]?.estimate ?? NaN) - 0.3) > 1.96 * (arms[0]?.standardError ?? NaN)) missedArm++;
    if (Math.abs(contrast.estimate) > 1.96 * contrast.standardError) missedContrast++;
    const own = log.rewards.filter((_, t) => log.arms[t] === 0);
    bias += (own.reduce((t, r) => t + r, 0) / own.length - 0.3) / RUNS;
  }
  const limit = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / RUNS);
  expect(missedArm / RUNS).toBeLessThan(limit);
  expect(missedContrast / RUNS).toBeLessThan(limit);
  expect(bias).toBeLessThan(0);
});

it("contrasts any two arms, and turns sign with them", () => {
  const log = chasing(mersenneRng(92), 200);
  const { lastMinusOthers } = accepted(adaptivelyWeightedAipw(log, { decay: 0.5 }));
  const there = accepted(adaptiveContrast(log, { first: 1, second: 0, decay: 0.5 }));
  const back = accepted(adaptiveContrast(log, { first: 0, second: 1, decay: 0.5 }));
  expect(there).toMatchObject(lastMinusOthers[0] ?? {});
  expect(back.estimate).toBeCloseTo(-there.estimate, 12);
  expect(back.standardError).toBeCloseTo(there.standardError, 12);
});

it("refuses scores without spread, arms that are not there, and probabilities of 0", () => {
  const log = chasing(mersenneRng(93), 50);
  const flat = { ...log, rewards: log.rewards.map(() => 0.1), predictions: log.predictions.map(() => [0.1, 0.1]) };
  expect(adaptivelyWeightedAipw(flat, { decay: 0.5 })).toMatchObject({ reason: "zero-variance" });
  expect(adaptiveContrast(log, { first: 0, second: 0, decay: 0.5 })).toMatchObject({ reason: "invalid-input" });
  expect(adaptiveContrast(log, { first: 0, second: 2, decay: 0.5 })).toMatchObject({ reason: "invalid-input" });
  const impossible = { ...log, propensities: log.propensities.map(() => [0, 1]) };
  expect(adaptivelyWeightedAipw(impossible, { decay: 0.5 })).toMatchObject({ reason: "invalid-input" });
  expect(adaptivelyWeightedAipw(log, { decay: 1 })).toMatchObject({ reason: "invalid-input" });
});
