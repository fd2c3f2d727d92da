import fc from "fast-check";
import { expect, it } from "vitest";
import { flatText } from "./flat-text.ts";

it("is the same text (law)", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (front, back) => {
      expect(flatText(`${front}${back}`)).toBe(front + back);
    }),
  );
  expect(flatText("\0begins with NUL")).toBe("\0begins with NUL");
});
