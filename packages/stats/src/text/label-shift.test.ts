import { describe, expect, it } from "vitest";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { reliability } from "../prediction/reliability.ts";
import { labelShift, shiftedProbabilities } from "./label-shift.ts";

/** Scores N(±1, 1) by outcome; the probability of outcome 1 as it is where both come equally often: logistic(2·score). */
function simulated(n: number, share: number): { readonly p: readonly number[]; readonly outcomes: readonly number[] } {
  const rng = mersenneRng(17);
  const noise = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  const outcomes = Array.from({ length: n }, () => Number(rng.next() < share));
  return { outcomes, p: outcomes.map((y) => 1 / (1 + Math.exp(-2 * (2 * y - 1 + noise())))) };
}

describe("a shift of the outcomes' shares", () => {
  const { p, outcomes } = simulated(20_000, 0.2);
  const units = p.map((x) => [1 - x, x]);
  const learned = [0.5, 0.5];
  const answer = labelShift(units, learned);
  if (answer.kind === "refused") throw new Error(answer.message);

  it("is found without labels", () => {
    // Standard error of a mixing share of N(±1, 1) at 20,000 units: below 1.5·√(0.2·0.8/n) = 0.0043; four of them.
    expect(Math.abs((answer.shares[1] ?? NaN) - 0.2)).toBeLessThan(0.017);
  });

  it("makes the probabilities true again", () => {
    const error = (forecasts: readonly number[]): number => {
      const found = reliability(forecasts, outcomes, { bins: 15, by: "equal-mass" });
      return found.kind === "refused" ? NaN : found.expectedError;
    };
    expect(error(p)).toBeGreaterThan(0.1);
    expect(
      error(units.map((unit) => shiftedProbabilities(unit, { from: learned, to: answer.shares })[1] ?? NaN)),
    ).toBeLessThan(0.02);
  });

  it("is none where the mix is what was learned, and keeps an outcome that never came at none", () => {
    const steady = labelShift([[0.5, 0.5, 0], [0.5, 0.5, 0]], [0.5, 0.5, 0]); // prettier-ignore
    expect(steady).toMatchObject({ kind: "estimate", shares: [0.5, 0.5, 0] });
  });
});
