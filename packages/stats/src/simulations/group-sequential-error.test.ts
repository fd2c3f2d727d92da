import { expect, it } from "vitest";
import { GROUP_SEQUENTIAL_METHODS, groupSequentialError } from "./group-sequential-error.ts";
import { offTarget, runsOf, TIME_MAX } from "./miss-count.contract.ts";

it.each([1, 2] as const)(
  "group-sequential bounds with %s side(s) spend just 5 % over all planned looks",
  (sides) => {
    // Exact for normal scores, so off in neither direction: 4·√(0.05·0.95/runs) is 0.0044 in 40,000 runs, 0.0014 in 400,000.
    const counts = groupSequentialError({ seed: 261, runs: runsOf(40_000), sides });
    expect(offTarget(counts, GROUP_SEQUENTIAL_METHODS, 0.05)).toEqual([]);
  },
  TIME_MAX,
);
