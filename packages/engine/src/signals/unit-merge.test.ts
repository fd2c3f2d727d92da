import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitId } from "../ids.ts";
import { instant } from "../time.ts";
import { mergedUnits, type UnitMerge } from "./unit-merge.ts";

const merge = (one: string, other: string, known = 0): UnitMerge => ({
  units: [unitId(one), unitId(other)],
  knownAt: instant(known),
});

describe("units that turned out to be one", () => {
  it("are one with everything that either was one with", () => {
    const merges = [merge("b", "c"), merge("x", "y"), merge("c", "a")];
    expect(Object.fromEntries(mergedUnits({ merges }))).toEqual({
      a: ["a", "b", "c"],
      b: ["a", "b", "c"],
      c: ["a", "b", "c"],
      x: ["x", "y"],
      y: ["x", "y"],
    });
  });
  it("are one from when that was known", () => {
    const merges = [merge("a", "b", 10), merge("b", "c", 20)];
    expect(mergedUnits({ merges, knownAt: 9 }).size).toBe(0);
    expect(mergedUnits({ merges, knownAt: 10 }).get(unitId("b"))).toEqual(["a", "b"]);
    expect(mergedUnits({ merges, knownAt: 20 }).get(unitId("a"))).toEqual(["a", "b", "c"]);
  });
  it("are nobody else for being called themselves", () => {
    expect(mergedUnits({ merges: [merge("a", "a")] }).size).toBe(0);
    expect(mergedUnits({}).size).toBe(0);
  });
  it("are the same in any order of merges, told once or twice, either way round", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const merges = fc.array(
      fc.tuple(name, name).map(([one, other]) => merge(one, other)),
      { maxLength: 8 },
    );
    const inOrder = (told: readonly UnitMerge[]) =>
      [...mergedUnits({ merges: told })].toSorted(([a], [b]) => (a < b ? -1 : 1));
    fc.assert(
      fc.property(
        merges.chain((told) => fc.tuple(fc.constant(told), fc.shuffledSubarray(told, { minLength: told.length }))),
        ([told, shuffled]) => {
          const turned = shuffled.map(({ units: [one, other], knownAt }): UnitMerge => ({
            units: [other, one],
            knownAt,
          }));
          expect(inOrder([...turned, ...told])).toEqual(inOrder(told));
        },
      ),
    );
  });
});
