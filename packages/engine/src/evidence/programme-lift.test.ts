import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { drawCells, exampleCell, examplePlaybook, MEETING, PLAIN, STORY } from "../loop-examples.contract.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { programmeLift } from "./programme-lift.ts";

const lift = (
  cells: readonly OutcomeCell[],
  told: Partial<Parameters<typeof programmeLift>[0]> = {},
): ReturnType<typeof programmeLift> =>
  programmeLift({
    metric: MEETING,
    cells,
    holdoutShare: 0.1,
    precision: { alpha: 0.05, tunedFor: 4000 },
    redChecks: [],
    ...told,
  });

describe("the lift of the programme", () => {
  const cells = [
    exampleCell({ cohort: "holdout", action: PLAIN, n: 100, sum: 10 }),
    exampleCell({ cohort: "control", action: STORY, n: 800, sum: 160 }),
    exampleCell({ cohort: "candidate", action: STORY, n: 100, sum: 20 }),
  ];

  it("is everyone under adaptation against the holdout (worked example)", () => {
    const found = lift(cells);
    // Shares as designed, first cycle: (180/0.9 − 10/0.1) ÷ 1000 = 0.1, which is 20 % − 10 %.
    expect(found).toMatchObject({ holdoutMean: 0.1, holdoutUnits: 100, programmeUnits: 900 });
    expect(found.effect.kind === "estimate" ? found.effect.estimate : 0).toBeCloseTo(0.1, 12);
    expect(found.cycles.map(({ cycle }) => cycle)).toEqual([1]);
  });

  it("waits for its burn-in: ten meetings in the holdout say nothing yet", () => {
    expect(lift(cells).verdict).toMatchObject({
      word: "too early",
      sentence: expect.stringMatching(/^Only 10 .* in the smaller group$/u),
    });
  });

  it("is not fooled by a base rate that moves while the holdout's luck moves with it", () => {
    // Twice the rate in the second cycle, no effect in either.
    const world = {
      playbook: examplePlaybook({ segmentBy: [] }),
      segments: { all: 1 },
      unitsPerCycle: 5000,
      holdoutShare: 0.1,
    };
    const quiet = drawCells(mersenneRng(1), { ...world, cycles: [1, 2], rate: () => 0.1 });
    const busy = drawCells(mersenneRng(2), { ...world, cycles: [3, 4], rate: () => 0.2 });
    const found = lift([...quiet, ...busy]);
    expect(found.effect.kind).toBe("estimate");
    if (found.effect.kind === "refused") return;
    // Four standard errors.
    expect(Math.abs(found.effect.estimate)).toBeLessThan(4 * found.effect.standardError);
    expect(found.verdict.word).not.toBe("better");
    expect(found.cycles.map(({ cycle }) => cycle)).toEqual([1, 2, 3, 4]);
  });

  it("cannot be told without a holdout", () => {
    const found = lift(cells.slice(1), { holdoutShare: 0 });
    expect(found).toMatchObject({
      effect: { kind: "refused", reason: "no-holdout" },
      verdict: { word: "cannot tell" },
      holdoutMean: null,
    });
  });

  it("is void while a health check is red", () => {
    expect(lift(cells, { redChecks: ["units per cohort contradict the design"] }).verdict.word).toBe(
      "cannot trust yet",
    );
  });
});
