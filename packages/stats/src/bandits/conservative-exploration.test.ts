import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, type Rng } from "../numerics/random.ts";
import { tallyReward, untriedTallies } from "./arm-tally.ts";
import { bestArm } from "./best-arm.ts";
import { chooseAction } from "./choose-action.ts";
import { conservativeProbabilities, type ConservativeOptions } from "./conservative-exploration.ts";

/** Incumbent 0 pays 0.5; action 1 is much worse, action 2 better. */
const MEANS = [0.5, 0.1, 0.7];
const OPTIONS: ConservativeOptions = { incumbent: 0, lossShareMax: 0.1, rewardMax: 1, delta: 0.05 };

/** Explores evenly within (or without) the guard; says whether the promise was ever broken and how often each action was taken. */
function explore(rng: Rng, rounds: number, options: ConservativeOptions | null) {
  let tallies = untriedTallies(MEANS.length);
  let [expected, broken] = [0, false];
  const wished = [1 / 3, 1 / 3, 1 / 3];
  for (let t = 1; t <= rounds; t++) {
    const probabilities =
      options === null ? wished : accepted(conservativeProbabilities(tallies, wished, options)).probabilities;
    const { action } = accepted(chooseAction(probabilities, rng));
    expected += MEANS[action] ?? NaN;
    tallies = tallyReward(tallies, action, rng.next() < (MEANS[action] ?? NaN) ? 1 : 0);
    if (expected < (1 - OPTIONS.lossShareMax) * (MEANS[0] ?? NaN) * t - 1e-9) broken = true;
  }
  return { broken, taken: tallies.map(({ n }) => n) };
}

describe("conservativeProbabilities", () => {
  it("keeps cumulative reward above 90 % of the incumbent's at every round, where free exploration does not", () => {
    const RUNS = 40;
    const broken = (options: ConservativeOptions | null): number =>
      Array.from({ length: RUNS }, (_, run) => explore(mersenneRng(run + 1), 1500, options)).filter((r) => r.broken)
        .length;
    // The promise may fail with probability 5 %; four standard errors of 40 runs above that.
    expect(broken(OPTIONS) / RUNS).toBeLessThanOrEqual(0.05 + 4 * Math.sqrt((0.05 * 0.95) / RUNS));
    expect(broken({ ...OPTIONS, incumbentMean: 0.5 })).toBeLessThanOrEqual(RUNS * 0.2);
    expect(broken(null) / RUNS).toBeGreaterThan(0.5);
  });

  it("explores all the same once the incumbent has earned a budget, the sooner the larger the budget", () => {
    const tight = explore(mersenneRng(3), 3000, OPTIONS).taken;
    const wide = explore(mersenneRng(3), 3000, { ...OPTIONS, lossShareMax: 0.4 }).taken;
    expect(tight[1]).toBeGreaterThan(50);
    expect(tight[2]).toBeGreaterThan(50);
    expect(wide[2]).toBeGreaterThan(tight[2] ?? NaN);
  });

  it("starts with the incumbent, and only ever moves probability to it", () => {
    expect(conservativeProbabilities(untriedTallies(3), [0.2, 0.4, 0.4], OPTIONS)).toMatchObject({
      probabilities: [1, 0, 0],
    });
    const tally = fc
      .integer({ min: 0, max: 400 })
      .chain((n) => fc.record({ n: fc.constant(n), sum: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(fc.array(tally, { minLength: 3, maxLength: 3 }), (tallies) => {
        const wished = [0.2, 0.4, 0.4];
        const { probabilities, safe } = accepted(conservativeProbabilities(tallies, wished, OPTIONS));
        expect(probabilities.reduce((t, p) => t + p, 0)).toBeCloseTo(1, 12);
        expect(probabilities[0]).toBeGreaterThanOrEqual(0.2 - 1e-12);
        [1, 2].forEach((a) => expect(probabilities[a]).toBeCloseTo(safe[a] === true ? 0.4 : 0, 12));
      }),
    );
  });

  it("refuses a promise that is none", () => {
    const ask = (change: Partial<ConservativeOptions>) =>
      conservativeProbabilities(untriedTallies(2), [1, 1], { ...OPTIONS, ...change });
    const bad: readonly Partial<ConservativeOptions>[] = [
      { lossShareMax: 0 },
      { lossShareMax: 1 },
      { delta: 0 },
      { rewardMax: 0 },
      { incumbent: 2 },
      { incumbentMean: 2 },
    ];
    for (const change of bad) expect(ask(change)).toMatchObject({ reason: "invalid-input" });
    expect(conservativeProbabilities(untriedTallies(1), [1], OPTIONS)).toMatchObject({ reason: "too-few" });
    expect(() => tallyReward(untriedTallies(2), 2, 1)).toThrow(RangeError);
  });
});

describe("bestArm", () => {
  it("names the wrong arm in at most 5 % of 200 runs asked after every reward, and decides in most", () => {
    let [wrong, decided] = [0, 0];
    for (let run = 0; run < 200; run++) {
      const rng = mersenneRng(500 + run);
      let tallies = untriedTallies(3);
      for (let t = 0; t < 900; t++) {
        const best = t < 3 ? null : accepted(bestArm(tallies, { alpha: 0.05, rewardMax: 1 }));
        if (best?.decided === true) {
          decided++;
          if (best.leader !== 2) wrong++;
          break;
        }
        // Only contenders are played: adaptive sampling, which the rule allows.
        const contenders = best?.contenders ?? [t];
        const action = contenders[t % contenders.length] ?? 0;
        tallies = tallyReward(tallies, action, rng.next() < ([0.3, 0.2, 0.6][action] ?? NaN) ? 1 : 0);
      }
    }
    expect(wrong / 200).toBeLessThanOrEqual(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 200));
    expect(decided).toBeGreaterThan(150);
  });

  it("keeps the leader among the contenders, follows a permutation, and decides sooner with tolerance", () => {
    const tally = fc
      .integer({ min: 1, max: 4000 })
      .chain((n) => fc.record({ n: fc.constant(n), sum: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(fc.array(tally, { minLength: 2, maxLength: 5 }), (tallies) => {
        const options = { alpha: 0.05, rewardMax: 1 };
        const [there, back] = [accepted(bestArm(tallies, options)), accepted(bestArm(tallies.toReversed(), options))];
        expect(there.contenders).toContain(there.leader);
        expect(back.decided).toBe(there.decided);
        expect(back.intervals.toReversed()).toEqual(there.intervals);
        expect(accepted(bestArm(tallies, { ...options, tolerance: 1 })).decided).toBe(true);
      }),
    );
  });

  it("refuses one action, or none with a reward", () => {
    expect(bestArm(untriedTallies(3), { alpha: 0.05, rewardMax: 1 })).toMatchObject({ reason: "too-few" });
    expect(bestArm([{ n: 4, sum: 2 }], { alpha: 0.05, rewardMax: 1 })).toMatchObject({ reason: "too-few" });
    expect(
      bestArm(
        [
          { n: 4, sum: 9 },
          { n: 1, sum: 0 },
        ],
        { alpha: 0.05, rewardMax: 1 },
      ),
    ).toMatchObject({ reason: "invalid-input" });
  });
});
