import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { doublyRobust, ips, selfNormalisedDoublyRobust, snips } from "../off-policy/off-policy.ts";
import { overlapRefusal, weightDiagnostics } from "../off-policy/overlap-gate.ts";
import { clipWeight } from "../off-policy/weight-maps.ts";
import { hasData, NEEDS_DATA, readRows } from "./public-data.fixture.ts";

const FILES = { random: "obd/random/men/men.csv", bts: "obd/bts/men/men.csv" };
const ITEMS = 34;

function load(file: string) {
  return readRows(file).map((row) => ({
    item: row.number("item_id"),
    position: row.number("position"),
    click: row.number("click"),
    propensity: row.number("propensity_score"),
  }));
}

type Impression = ReturnType<typeof load>[number];

function mean(xs: readonly number[]): number {
  return xs.reduce((t, x) => t + x, 0) / xs.length;
}

/** Click rate of each item on the other half of the log, drawn towards the overall rate as if seen 100 times more. */
function crossFitted(log: readonly Impression[]): { readonly predicted: number[]; readonly policyPredicted: number[] } {
  const halves = [0, 1].map((half) => {
    const train = log.filter((_, i) => i % 2 !== half);
    const rate = mean(train.map((r) => r.click));
    return Array.from({ length: ITEMS }, (_, item) => {
      const own = train.filter((r) => r.item === item);
      return (own.reduce((t, r) => t + r.click, 0) + 100 * rate) / (own.length + 100);
    });
  });
  return {
    predicted: log.map((r, i) => halves[i % 2]?.[r.item] ?? NaN),
    policyPredicted: log.map((_, i) => mean(halves[i % 2] ?? [])),
  };
}

describe.skipIf(!hasData(FILES.bts) || !hasData(FILES.random))(
  `Open Bandit, men's campaign: the value of a policy from another's log ${NEEDS_DATA}`,
  () => {
    const [random, bts] = hasData(FILES.bts) ? [load(FILES.random), load(FILES.bts)] : [[], []];
    const rewards = bts.map((r) => r.click);
    const weights = bts.map((r) => 1 / ITEMS / r.propensity);

    it("has 46 clicks of 10,000 under the uniform policy, 69 under Thompson sampling", () => {
      expect([random, bts].map((log) => log.length)).toEqual([10_000, 10_000]);
      expect(mean(random.map((r) => r.click))).toBeCloseTo(0.0046, 12);
      expect(mean(rewards)).toBeCloseTo(0.0069, 12);
    });

    it("values the uniform policy from the log of Thompson sampling as the catalogue does, on 656 effective rounds", () => {
      // The catalogue gives five decimals and whole rounds.
      expect(Math.abs(accepted(ips({ rewards, weights })).estimate - 0.003_01)).toBeLessThanOrEqual(5e-6);
      expect(Math.abs(accepted(snips({ rewards, weights })).estimate - 0.003_19)).toBeLessThanOrEqual(5e-6);
      const clipped = accepted(snips({ rewards, weights: weights.map(clipWeight(10)) }));
      expect(Math.abs(clipped.estimate - 0.003_83)).toBeLessThanOrEqual(5e-6);
      const diagnostics = accepted(weightDiagnostics(weights));
      expect(Math.abs(diagnostics.effectiveSampleSize - 656)).toBeLessThanOrEqual(0.5);
      expect(diagnostics.maxWeightShare).toBeCloseTo(0.0189, 4);
      // Mean weight 0.943 ± 0.036: the propensities may be right, so the gate lets the estimate pass.
      expect(overlapRefusal(diagnostics)).toBeNull();
    });

    it("is within its error of what the uniform policy earned, for every estimator", () => {
      const modelled = { rewards, weights, ...crossFitted(bts) };
      const onPolicy = { value: 0.0046, error: Math.sqrt((0.0046 * 0.9954) / 10_000) };
      const estimates = {
        ips: ips({ rewards, weights }),
        snips: snips({ rewards, weights }),
        doublyRobust: doublyRobust(modelled),
        selfNormalisedDoublyRobust: selfNormalisedDoublyRobust(modelled),
      };
      for (const found of Object.values(estimates)) {
        const { estimate, standardError } = accepted(found);
        // Both have errors; 1.96 of them together.
        const error = Math.hypot(standardError, onPolicy.error);
        expect(Math.abs(estimate - onPolicy.value)).toBeLessThan(1.96 * error);
      }
      // DR stays where the weights speak and takes the model elsewhere: between SNIPS and the logging policy's own rate.
      const robust = accepted(estimates.doublyRobust).estimate;
      expect(robust).toBeGreaterThan(0.003);
      expect(robust).toBeLessThan(0.0069);
    });

    it("values Thompson sampling from the uniform log, with the item frequencies seen at each position as its propensities", () => {
      const seen = new Map<string, number>();
      const total = new Map<number, number>();
      for (const { item, position } of bts) {
        seen.set(`${item} ${position}`, (seen.get(`${item} ${position}`) ?? 0) + 1);
        total.set(position, (total.get(position) ?? 0) + 1);
      }
      const log = {
        rewards: random.map((r) => r.click),
        weights: random.map(
          (r) => (seen.get(`${r.item} ${r.position}`) ?? 0) / (total.get(r.position) ?? NaN) / r.propensity,
        ),
      };
      const found = accepted(ips(log));
      expect(Math.abs(found.estimate - 0.005_66)).toBeLessThanOrEqual(5e-6);
      const diagnostics = accepted(weightDiagnostics(log.weights));
      expect(Math.abs(diagnostics.effectiveSampleSize - 2869)).toBeLessThanOrEqual(0.5);
      expect(overlapRefusal(diagnostics)).toBeNull();
      const onPolicyError = Math.sqrt((0.0069 * 0.9931) / 10_000);
      expect(Math.abs(found.estimate - 0.0069)).toBeLessThan(1.96 * Math.hypot(found.standardError, onPolicyError));
    });
  },
);
