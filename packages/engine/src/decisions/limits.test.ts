import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionId } from "../ids.ts";
import { chances, exampleLimits, PLAIN, STORY } from "../loop-examples.contract.ts";
import { limitBreaches } from "./limits.ts";

describe("limits of a lever", () => {
  it("name every breach at once", () => {
    const limits = exampleLimits({ allowed: [PLAIN, STORY], range: { min: 0.2, max: 0.5 } });
    expect(limitBreaches(chances(0.1, 0.7, 0.2), limits)).toEqual([
      '"plain" would get 10 %, its range is 20 % to 50 %',
      '"story" would get 70 %, its range is 20 % to 50 %',
      '"offer" is not an allowed action',
    ]);
  });

  it("prefer an action's own range to the lever's", () => {
    const limits = exampleLimits({ range: { min: 0, max: 0.5 }, ranges: { [STORY]: { min: 0, max: 0.9 } } });
    expect(limitBreaches(chances(0.1, 0.9, 0), limits)).toEqual([]);
  });

  it("hold an action that is left out to its least", () => {
    expect(
      limitBreaches({ [PLAIN]: 1 }, exampleLimits({ allowed: [PLAIN, STORY], range: { min: 0.1, max: 1 } })),
    ).toEqual(['"story" would get 0 %, its range is 10 % to 100 %']);
  });

  it("hold for an action called like a member that every object has", () => {
    const action = actionId("constructor");
    const limits = { allowed: [PLAIN, action], range: { min: 0, max: 0.5 }, ranges: {} };
    expect(limitBreaches({ [PLAIN]: 0.1, [action]: 0.9 }, limits)).toEqual([
      '"constructor" would get 90 %, its range is 0 % to 50 %',
    ]);
  });

  it("bear the rounding of sums, and no more", () => {
    expect(limitBreaches(chances(1 / 3, 1 / 3, 1 / 3), exampleLimits({ range: { min: 1 / 3, max: 1 / 3 } }))).toEqual(
      [],
    );
    expect(
      limitBreaches(chances(0.1 + 0.2, 0.3, 0.4), exampleLimits({ ranges: { [PLAIN]: { min: 0, max: 0.3 } } })),
    ).toEqual([]);
    expect(
      limitBreaches(chances(0.300001, 0.3, 0.399999), exampleLimits({ ranges: { [PLAIN]: { min: 0, max: 0.3 } } })),
    ).toHaveLength(1);
  });

  it("admit exactly the distributions inside the range (law)", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (a, b, max) => {
        const [plain, story] = [Math.min(a, b), Math.abs(a - b)];
        const value = chances(plain, story, 1 - plain - story);
        const within = Object.values(value).every((p) => p <= max);
        const breaches = limitBreaches(value, exampleLimits({ range: { min: 0, max } }));
        // At the very edge the tolerance decides; the law speaks of everything else.
        fc.pre(Object.values(value).every((p) => Math.abs(p - max) > 1e-8));
        expect(breaches.length === 0).toBe(within);
      }),
    );
  });
});
