import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng } from "../numerics/random.ts";
import { normalSf } from "../numerics/special-functions.ts";
import {
  batchBenjaminiHochberg,
  batchPositivelyDependent,
  batchStorey,
  testBatch,
  type BatchDecision,
  type BatchProcedure,
  type PastBatch,
} from "./batch-fdr.ts";

const PROCEDURES: Readonly<Record<string, BatchProcedure>> = {
  BatchBH: batchBenjaminiHochberg(0.1),
  BatchPRDS: batchPositivelyDependent(0.1),
  BatchStBH: batchStorey(0.1),
};

function decided(procedure: BatchProcedure, past: readonly PastBatch[], pValues: readonly number[]): BatchDecision {
  const decision = testBatch(procedure, past, pValues);
  if (decision.kind === "refused") throw new Error(decision.message);
  return decision;
}

const batch = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

describe.each(Object.entries(PROCEDURES))("%s", (_, procedure) => {
  it("keeps the false discovery rate at 10 % over 400 streams of 10 batches, a fifth of the hypotheses real", () => {
    // The mean false discovery proportion has standard error at most 0.5/√400 = 0.025; four of them above 0.1.
    const rng = mersenneRng(101);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
    let proportions = 0;
    for (let run = 0; run < 400; run++) {
      let past: readonly PastBatch[] = [];
      let [all, wrong] = [0, 0];
      for (let t = 0; t < 10; t++) {
        const isReal = Array.from({ length: 5 + (t % 3) * 5 }, () => rng.next() < 0.2);
        const decision = decided(
          procedure,
          past,
          isReal.map((real) => normalSf(normal() + (real ? 3.5 : 0))),
        );
        past = decision.past;
        all += decision.rejected.filter(Boolean).length;
        wrong += decision.rejected.filter((rejected, i) => rejected && isReal[i] !== true).length;
      }
      proportions += wrong / Math.max(1, all);
    }
    expect(proportions / 400).toBeLessThan(0.1 + 4 * 0.025);
  });

  it("follows a permutation of a batch, and rejects no p-value above one that it does not reject", () => {
    fc.assert(
      fc.property(batch, batch, (first, second) => {
        const { past } = decided(procedure, [], first);
        const { rejected } = decided(procedure, past, second);
        expect(decided(procedure, past, second.toReversed()).rejected).toEqual(rejected.toReversed());
        const largest = Math.max(-1, ...second.filter((_p, i) => rejected[i] === true));
        expect(rejected).toEqual(second.map((p) => p <= largest));
      }),
    );
  });

  it("counts the rejections with any one p-value at 0, not only the largest", () => {
    fc.assert(
      fc.property(batch, (pValues) => {
        const { past } = decided(procedure, [], pValues);
        const counts = pValues.map(
          (_p, j) =>
            decided(
              procedure,
              [],
              pValues.map((p, i) => (i === j ? 0 : p)),
            ).rejected.filter(Boolean).length,
        );
        expect(past[0]?.rejectionsMost).toBe(Math.max(...counts));
      }),
    );
  });

  it("gives later batches more after discoveries", () => {
    const after = (p: number): number => procedure.level(decided(procedure, [], [p, p, p, 0.9]).past, 4);
    expect(after(1e-9)).toBeGreaterThan(after(0.9));
  });

  it("refuses an empty batch and what is no p-value", () => {
    expect(testBatch(procedure, [], [])).toMatchObject({ kind: "refused", reason: "too-few" });
    expect(testBatch(procedure, [], [0.1, NaN])).toMatchObject({ reason: "invalid-p-value" });
    expect(testBatch(procedure, [], [1.1])).toMatchObject({ reason: "invalid-p-value" });
  });
});

it("refuses an error rate or a lambda outside (0, 1)", () => {
  for (const procedure of [
    batchBenjaminiHochberg(0),
    batchPositivelyDependent(NaN),
    batchStorey(1),
    batchStorey(0.1, { lambda: 1 }),
  ])
    expect(testBatch(procedure, [], [0.1])).toMatchObject({ kind: "refused", reason: "invalid-procedure" });
});
