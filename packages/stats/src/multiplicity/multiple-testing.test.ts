import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  benjaminiHochberg as refusableBenjaminiHochberg,
  benjaminiYekutieli as refusableBenjaminiYekutieli,
  bonferroni as refusableBonferroni,
  eBenjaminiHochberg as refusableEBenjaminiHochberg,
  hochberg as refusableHochberg,
  holm as refusableHolm,
  hommel as refusableHommel,
  storeyQValues,
  type AdjustedPValues,
} from "./multiple-testing.ts";
import { mersenneRng } from "../numerics/random.ts";

function accepting(method: (p: readonly number[]) => AdjustedPValues): (p: readonly number[]) => readonly number[] {
  return (p) => {
    const adjusted = method(p);
    if ("kind" in adjusted) throw new Error(adjusted.message);
    return adjusted;
  };
}

const REFUSABLE = {
  refusableBenjaminiHochberg,
  refusableBenjaminiYekutieli,
  refusableBonferroni,
  refusableHochberg,
  refusableHolm,
  refusableHommel,
};
const [benjaminiHochberg, benjaminiYekutieli, bonferroni] = [
  accepting(refusableBenjaminiHochberg),
  accepting(refusableBenjaminiYekutieli),
  accepting(refusableBonferroni),
];
const [hochberg, holm, hommel] = [accepting(refusableHochberg), accepting(refusableHolm), accepting(refusableHommel)];

function eBenjaminiHochberg(e: readonly number[], alpha: number): readonly boolean[] {
  const rejected = refusableEBenjaminiHochberg(e, alpha);
  if ("kind" in rejected) throw new Error(rejected.message);
  return rejected;
}

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 25 });

describe("adjusted p-values", () => {
  it("are the published example of Benjamini & Hochberg, first four of fifteen", () => {
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(benjaminiHochberg(p).filter((x) => x <= 0.05)).toHaveLength(4);
    expect(bonferroni(p).filter((x) => x <= 0.05)).toHaveLength(3);
  });

  it("order the methods by their strictness: BH ≤ Hommel ≤ Hochberg ≤ Holm ≤ Bonferroni, BH ≤ BY", () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const ladder = [benjaminiHochberg(p), hommel(p), hochberg(p), holm(p), bonferroni(p)];
        p.forEach((_, i) => {
          for (let k = 1; k < ladder.length; k++)
            expect(ladder[k - 1]?.[i]).toBeLessThanOrEqual((ladder[k]?.[i] ?? 0) + 1e-12);
          expect(benjaminiYekutieli(p)[i]).toBeGreaterThanOrEqual(benjaminiHochberg(p)[i] ?? 2);
        });
      }),
    );
  });

  it("never fall below the raw p, never exceed 1, keep the order and follow a permutation", () => {
    fc.assert(
      fc.property(
        pValues,
        fc.constantFrom(benjaminiHochberg, benjaminiYekutieli, holm, hochberg, hommel, bonferroni),
        (p, method) => {
          const adjusted = method(p);
          adjusted.forEach((a, i) => {
            expect(a).toBeGreaterThanOrEqual((p[i] ?? 0) - 1e-15);
            expect(a).toBeLessThanOrEqual(1);
            adjusted.forEach((b, j) => {
              expect((p[i] ?? 0) >= (p[j] ?? 0) || a <= b + 1e-12).toBe(true);
            });
          });
          expect(method(p.toReversed())).toEqual(adjusted.toReversed());
        },
      ),
    );
  });

  it("of no tests are none", () => {
    for (const method of [benjaminiHochberg, benjaminiYekutieli, holm, hochberg, hommel, bonferroni])
      expect(method([])).toEqual([]);
    expect(eBenjaminiHochberg([], 0.05)).toEqual([]);
  });
});

describe("eBenjaminiHochberg", () => {
  it("is BH on 1/e", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 20 }), (e) => {
        const byP = benjaminiHochberg(e.map((x) => Math.min(1, 1 / x)));
        if (byP.some((p) => Math.abs(p - 0.1) < 1e-9)) return;
        expect(eBenjaminiHochberg(e, 0.1)).toEqual(byP.map((p) => p <= 0.1));
      }),
    );
  });

  it("keeps the false discovery rate at alpha although all e-values share one control", () => {
    // 20 hypotheses, 15 true nulls; e = exp(λx − λ²/2) with x sharing half of its variance. 1,500 runs, alpha 0.2: the mean false
    // discovery proportion has standard error at most 0.5/√1500.
    const runs = 1500;
    const rng = mersenneRng(61);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
    let proportions = 0;
    for (let run = 0; run < runs; run++) {
      const shared = normal();
      const e = Array.from({ length: 20 }, (_, i) => {
        const x = Math.SQRT1_2 * (shared + normal()) + (i < 5 ? 4 : 0);
        return Math.exp(3 * x - 4.5);
      });
      const rejected = eBenjaminiHochberg(e, 0.2);
      proportions += rejected.filter((r, i) => r && i >= 5).length / Math.max(1, rejected.filter(Boolean).length);
    }
    expect(proportions / runs).toBeLessThan(0.2 + (4 * 0.5) / Math.sqrt(runs));
  });
});

describe("what is no p-value, e-value or rate", () => {
  it.each(Object.entries(REFUSABLE))("is refused by %s", (_, method) => {
    for (const bad of [NaN, -0.1, 1.1, Infinity])
      expect(method([0.01, bad])).toMatchObject({ kind: "refused", reason: "invalid-p-value" });
  });

  it("is refused by e-BH and by Storey's q-values", () => {
    expect(refusableEBenjaminiHochberg([1, NaN], 0.05)).toMatchObject({ reason: "invalid-e-value" });
    expect(refusableEBenjaminiHochberg([1, -2], 0.05)).toMatchObject({ reason: "invalid-e-value" });
    expect(refusableEBenjaminiHochberg([1], 0)).toMatchObject({ reason: "invalid-alpha" });
    expect(storeyQValues([0.1, 0.9], { lambda: 1 })).toMatchObject({ reason: "invalid-lambda" });
    expect(storeyQValues([0.1, NaN], { lambda: 0.5 })).toMatchObject({ reason: "invalid-p-value" });
  });

  it("and a share of true nulls of 0 is no estimate", () => {
    expect(storeyQValues([0.01, 0.02], { lambda: 0.5 })).toMatchObject({ reason: "too-few" });
    expect(storeyQValues([], { lambda: 0.5 })).toMatchObject({ reason: "too-few" });
  });
});
