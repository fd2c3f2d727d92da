import { expect, it } from "vitest";
import { namelessText } from "./nameless-text.ts";

it("leaves out addresses and telephone numbers, and nothing else", () => {
  expect(namelessText('a type is a lower-case word; got "Jane@example.com/Bounce"')).toBe(
    'a type is a lower-case word; got "(not shown)"',
  );
  expect(namelessText("/time: call +49 (170) 555-01 99 is not a time")).toBe("/time: call (not shown)is not a time");
  expect(namelessText('got "491705550199"')).toBe('got "(not shown)"');
  expect(namelessText("/value: 12.5 is more than 10 (see 2026-03-01)")).toBe(
    "/value: 12.5 is more than 10 (see 2026-03-01)",
  );
});

it("takes a megabyte of one word, with and without an address, in one look", () => {
  const word = "x".repeat(1_000_000);
  expect(namelessText(word)).toBe(word);
  expect(namelessText(`got "${word}@example.com"`)).toBe('got "(not shown)"');
  expect(namelessText("1".repeat(1_000_000))).toHaveLength(1_000_000);
});
