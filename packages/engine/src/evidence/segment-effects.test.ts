import { describe, expect, it } from "vitest";
import { segmentId } from "../ids.ts";
import type { Effect, NoEffect } from "./effect.ts";
import { poolSegments } from "./segment-effects.ts";

const at = (name: string): ReturnType<typeof segmentId> => segmentId(`all/size=${name}`);
const effect = (estimate: number, standardError: number): Effect => ({
  kind: "estimate",
  n: 100,
  estimate,
  standardError,
  fixed: { lower: 0, upper: 0 },
  sequence: { lower: 0, upper: 0 },
});

describe("effects of segments", () => {
  it("that may differ by noise only are pulled towards their common mean, not further than three can tell", () => {
    const pooled = poolSegments(
      new Map([
        [at("a"), effect(0.1, 0.1)],
        [at("b"), effect(0.12, 0.1)],
        [at("c"), effect(0.08, 0.1)],
      ]),
    );
    // They differ by less than their noise, and three are too few to say that they are one: each borrows, and keeps some doubt.
    const [a, b, c] = pooled.map(({ pooled: own }) => own);
    expect(a?.mean).toBeCloseTo(0.1, 9);
    expect((b?.mean ?? 0) + (c?.mean ?? 0)).toBeCloseTo(0.2, 9);
    for (const own of [a, b, c]) {
      expect(Math.abs((own?.mean ?? 0) - 0.1)).toBeLessThan(0.02);
      expect(own?.shrinkage).toBeGreaterThan(0.4);
      expect(own?.standardError).toBeGreaterThan(0.1 / Math.sqrt(3));
      expect(own?.standardError).toBeLessThan(0.1);
    }
  });

  it("that truly differ keep their own, the noisiest least", () => {
    const pooled = poolSegments(
      new Map([
        [at("a"), effect(0.5, 0.01)],
        [at("b"), effect(-0.5, 0.01)],
        [at("c"), effect(0.3, 0.5)],
      ]),
    );
    const [a, b, c] = pooled.map(({ pooled: own }) => own);
    expect(a?.mean).toBeCloseTo(0.5, 2);
    expect(b?.mean).toBeCloseTo(-0.5, 2);
    expect(c?.shrinkage ?? 0).toBeGreaterThan(a?.shrinkage ?? 1);
    expect(a?.probabilityPositive).toBeGreaterThan(0.999);
    expect(b?.probabilityPositive).toBeLessThan(0.001);
  });

  it("stand as measured where there is only one", () => {
    expect(poolSegments(new Map([[at("a"), effect(0.1, 0.05)]]))).toMatchObject([
      { pooled: { mean: 0.1, standardError: 0.05, shrinkage: 0 } },
    ]);
  });

  it("that were refused are shown, and not pooled", () => {
    const refused: NoEffect = { kind: "refused", reason: "too-few", message: "too few" };
    const pooled = poolSegments(
      new Map<ReturnType<typeof at>, Effect | NoEffect>([
        [at("b"), refused],
        [at("a"), effect(0.1, 0.05)],
      ]),
    );
    expect(pooled.map(({ segment, pooled: own }) => [segment, own === null])).toEqual([
      [at("a"), false],
      [at("b"), true],
    ]);
  });
});
