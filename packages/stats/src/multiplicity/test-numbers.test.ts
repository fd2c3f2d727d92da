import fc from "fast-check";
import { expect, it } from "vitest";
import { countAfter, numbersAfter, withNumber, type TestNumbers } from "./test-numbers.ts";

it("keeps numbers ascending and counts them as a plain list does, in whatever order they come", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 2000 }), { maxLength: 400 });
  fc.assert(
    fc.property(numbers, fc.boolean(), fc.integer({ min: 0, max: 2001 }), (given, isInOrder, since) => {
      const ascending = given.toSorted((a, b) => a - b);
      const kept = (isInOrder ? ascending : given).reduce<TestNumbers>(withNumber, []);
      expect(kept.flat()).toEqual(ascending);
      expect(numbersAfter(kept, since)).toBe(countAfter(ascending, since));
      expect(numbersAfter(kept, 0)).toBe(given.length);
    }),
  );
});

it("leaves an earlier state as it was", () => {
  const before = withNumber([], 3);
  expect(withNumber(before, 5)).toEqual([[3, 5]]);
  expect(withNumber(before, 1)).toEqual([[1, 3]]);
  expect(before).toEqual([[3]]);
});
