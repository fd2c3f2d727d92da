import { expect, it } from "vitest";
import { SIGNAL_TYPES, signalFamily } from "./taxonomy.ts";

it("knows the family of each type, and calls the rest custom", () => {
  for (const [family, types] of Object.entries(SIGNAL_TYPES))
    expect(types.map(signalFamily)).toEqual(types.map(() => family));
  expect(signalFamily("webinar_attended")).toBe("custom");
  expect(signalFamily("toString")).toBe("custom");
});

it("names no type twice, and each as a lower-case word with underscores", () => {
  const types: readonly string[] = Object.values(SIGNAL_TYPES).flat();
  expect(new Set(types).size).toBe(types.length);
  expect(types.filter((type) => !/^[a-z][a-z0-9_]*$/.test(type))).toEqual([]);
});
