import * as fc from "fast-check";
import { expect, it } from "vitest";
import { compareCodePoints } from "./code-point-order.ts";

it("puts the rest of the basic plane before the planes above it, unlike `<`", () => {
  expect(["\uffed", "😀"].sort()).toEqual(["😀", "\uffed"]);
  expect(compareCodePoints("\uffed", "😀")).toBeLessThan(0);
  expect(compareCodePoints("a", "ab")).toBeLessThan(0);
  expect(compareCodePoints("é", "é")).toBe(0);
});

it("is the order of UTF-8 bytes", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
