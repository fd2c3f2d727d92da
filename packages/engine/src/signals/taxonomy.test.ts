import { expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { SIGNAL_TAXONOMY_VERSION, SIGNAL_TYPES, signalFamily } from "./taxonomy.ts";

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

it("is documented type by type, each with the version that it is known since", () => {
  const page = readFileSync(new URL("../../../../docs/reference/signal-types.md", import.meta.url), "utf8");
  const documented = new Map(
    [...page.matchAll(/^\| `([a-z_]+)` \| (\d+) \|/gmu)].map(([, type = "", since]) => [type, Number(since)]),
  );
  expect([...documented.keys()].toSorted()).toEqual(Object.values(SIGNAL_TYPES).flat().toSorted());
  expect(Math.max(...documented.values())).toBe(SIGNAL_TAXONOMY_VERSION);
});
