import { describe, expect, it } from "vitest";
import { FIVE, HANDOFF, PRIORITY } from "./five-levers.contract.ts";
import type { Lever } from "./lever.ts";
import { playbookDifferences } from "./playbook-diff.ts";

const withLever = (name: string, change: (lever: Lever) => Lever): typeof FIVE => ({
  ...FIVE,
  version: 2,
  levers: FIVE.levers.map((lever) => (lever.name === name ? change(lever) : lever)),
});

describe("the difference between two playbooks, in words", () => {
  it("is nothing where both decide the same, whatever their versions", () => {
    expect(playbookDifferences(FIVE, structuredClone({ ...FIVE, version: 9 }))).toEqual([]);
  });

  it("names each number that moved, in its segment", () => {
    const to = withLever("prioritisation", () => ({
      ...PRIORITY,
      segments: {
        all: { intercept: -1, weights: { employees: 0.5, visited_pricing: 1.25, software: 0.75 } },
        "all/region=EMEA": { intercept: -2, weights: { employees: 0, visited_pricing: 1, software: 0 } },
      },
    }));
    expect(playbookDifferences(FIVE, to)).toEqual([
      "prioritisation: all: visited_pricing 1.5 → 1.25",
      "prioritisation: all/region=APAC takes what its parent has again",
      "prioritisation: all/region=EMEA gets a value of its own: intercept -2, employees 0, visited_pricing 1, software 0",
    ]);
  });

  it("names what is read otherwise, other bands, another window, and the mode", () => {
    const to = withLever("prioritisation", () => ({
      ...PRIORITY,
      shadow: true,
      decisionWindowMs: 86_400_000,
      bands: PRIORITY.bands.slice(1),
    }));
    expect(playbookDifferences(FIVE, to)).toEqual([
      "prioritisation: decision window none → 24 h",
      "prioritisation: shadow mode false → true",
      "prioritisation: actions A, B, C → B, C",
      "prioritisation: bands A from 0.2, B from 0.05, C from 0 → B from 0.05, C from 0",
    ]);
  });

  it("names levers that come and go", () => {
    const without = { levers: FIVE.levers.filter((lever) => lever !== HANDOFF) };
    expect(playbookDifferences(FIVE, without)).toEqual(["handoff: the lever is gone"]);
    expect(playbookDifferences(without, FIVE)).toEqual(["handoff: new lever of kind threshold"]);
  });
});
