import { describe, expect, it } from "vitest";
import { asymptoticConfidenceSequence } from "../anytime/asymptotic-confidence-sequence.ts";
import { initialPolicyContrast, policyContrast, policyEstimate, stepPolicyContrast } from "./policy-contrast.ts";
import type { ContrastStratum, PolicyCell } from "./policy-strata.ts";
import { mersenneRng, type Rng } from "../numerics/random.ts";

/** A cell of 0/1 outcomes. */
function cell(action: string, propensity: number, n: number, conversions: number): PolicyCell {
  return { action, propensity, n, sum: conversions, sumSquares: conversions };
}

function estimateOf(strata: readonly ContrastStratum[]) {
  const answer = policyContrast(strata);
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

/** Logs `periods` periods of an adaptive programme: propensities chase the better conversion rate so far, floor 0.1. */
function adaptiveLog(
  rng: Rng,
  {
    rates,
    periods,
    unitsPerPeriod,
    target,
    reference,
  }: {
    readonly rates: Readonly<Record<string, readonly number[]>>;
    readonly periods: number;
    readonly unitsPerPeriod: number;
    readonly target: Readonly<Record<string, number>>;
    readonly reference: Readonly<Record<string, number>>;
  },
): readonly (readonly ContrastStratum[])[] {
  const actions = Object.keys(target);
  const won = new Map<string, { n: number; k: number }>();
  return Array.from({ length: periods }, (_, period) =>
    Object.entries(rates).map(([segment, ofSegment]) => {
      const score = actions.map((action) => {
        const seen = won.get(segment + action) ?? { n: 0, k: 0 };
        return (seen.k + 1) / (seen.n + 10);
      });
      const best = score.indexOf(Math.max(...score));
      const propensities = actions.map((_, i) => 0.1 + (i === best ? 1 - 0.1 * actions.length : 0));
      const counts = actions.map(() => ({ n: 0, k: 0 }));
      for (let unit = 0; unit < unitsPerPeriod; unit++) {
        let u = rng.next();
        let chosen = 0;
        while (chosen < actions.length - 1 && u >= (propensities[chosen] ?? 0)) u -= propensities[chosen++] ?? 0;
        const count = counts[chosen];
        if (count === undefined) continue;
        count.n++;
        if (rng.next() < (ofSegment[chosen] ?? 0)) count.k++;
      }
      actions.forEach((action, i) => {
        const seen = won.get(segment + action) ?? { n: 0, k: 0 };
        won.set(segment + action, { n: seen.n + (counts[i]?.n ?? 0), k: seen.k + (counts[i]?.k ?? 0) });
      });
      return {
        period,
        modelKey: segment,
        cells: actions.map((action, i) => cell(action, propensities[i] ?? 0, counts[i]?.n ?? 0, counts[i]?.k ?? 0)),
        target,
        reference,
      };
    }),
  );
}

describe("policyContrast on adaptive logs", () => {
  it("is unbiased although propensities follow earlier outcomes, where the difference of sample means is not", () => {
    // Truth: mean over two equal segments of rate(b) − rate(a) = ((0.30 − 0.20) + (0.10 − 0.20))/2 = 0.
    const runs = 2000;
    const rng = mersenneRng(20240607);
    const estimates: number[] = [];
    const naive: number[] = [];
    for (let run = 0; run < runs; run++) {
      const log = adaptiveLog(rng, {
        rates: { x: [0.2, 0.3], y: [0.2, 0.1] },
        periods: 6,
        unitsPerPeriod: 20,
        target: { a: 0, b: 1 },
        reference: { a: 1, b: 0 },
      }).flat();
      estimates.push(estimateOf(log).estimate);
      const total = (action: string): { n: number; k: number } =>
        log
          .flatMap((s) => s.cells)
          .filter((c) => c.action === action)
          .reduce((t, c) => ({ n: t.n + c.n, k: t.k + c.sum }), { n: 0, k: 0 });
      naive.push(total("b").k / Math.max(1, total("b").n) - total("a").k / Math.max(1, total("a").n));
    }
    const mean = (xs: readonly number[]): number => xs.reduce((t, x) => t + x, 0) / xs.length;
    const standardErrorOf = (xs: readonly number[]): number =>
      Math.sqrt(xs.reduce((t, x) => t + (x - mean(xs)) ** 2, 0) / (xs.length - 1) / xs.length);
    // Four standard errors of the mean over the runs.
    expect(Math.abs(mean(estimates))).toBeLessThan(4 * standardErrorOf(estimates));
    // The naive difference mixes segments in proportions that the outcomes chose: it is off by far more than that.
    expect(Math.abs(mean(naive))).toBeGreaterThan(4 * standardErrorOf(naive));
  });

  it("gives confidence sequences that cover the truth at every look of an A/A run", () => {
    // 600 runs, 40 looks each from 25 conversions an action on, alpha 0.1: a miss at any look counts. The miss rate of a valid
    // sequence is at most 0.1; over 600 runs it stays below 0.1 + 4·√(0.1·0.9/600) = 0.149.
    const runs = 600;
    const alpha = 0.1;
    const rng = mersenneRng(7);
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const log = adaptiveLog(rng, {
        rates: { x: [0.1, 0.1], y: [0.2, 0.2] },
        periods: 40,
        unitsPerPeriod: 60,
        target: { a: 0, b: 1 },
        reference: { a: 1, b: 0 },
      });
      let state = initialPolicyContrast;
      const conversions = { a: 0, b: 0 };
      let out = false;
      for (const period of log) {
        const next = stepPolicyContrast(state, period);
        if ("kind" in next) throw new Error(next.message);
        state = next;
        for (const c of period.flatMap((s) => s.cells)) conversions[c.action === "a" ? "a" : "b"] += c.sum;
        const answer = policyEstimate(state);
        if (Math.min(conversions.a, conversions.b) < 25 || answer.kind === "refused") continue;
        const sequence = asymptoticConfidenceSequence({ ...answer, alpha, tunedFor: 40 * 120 });
        out ||= sequence.kind === "estimate" && (sequence.lower > 0 || sequence.upper < 0);
      }
      if (out) missed++;
    }
    expect(missed / runs).toBeLessThan(alpha + 4 * Math.sqrt((alpha * (1 - alpha)) / runs));
  });
});
