import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { drawCells, exampleLesson, examplePlaybook, type CellWorld } from "../loop-examples.contract.ts";
import { learnChoice } from "./learn-choice.ts";
import { predictEffect, type Prediction } from "./predict-effect.ts";

const playbook = examplePlaybook({ segmentBy: [] });
const world: CellWorld = {
  playbook,
  rate: () => 0.2,
  segments: { all: 1 },
  cycles: [1, 2],
  unitsPerCycle: 1000,
  holdoutShare: 0.1,
};

function predict(seed: number, told: Partial<CellWorld>, direction: "increase" | "decrease" = "increase"): Prediction {
  const lesson = exampleLesson(playbook, drawCells(mersenneRng(seed), { ...world, ...told }), { direction });
  return predictEffect(lesson, learnChoice(lesson), 0.9);
}

function runs(count: number, told: Partial<CellWorld>): readonly Extract<Prediction, { kind: "estimate" }>[] {
  return Array.from({ length: count }, (_, i) => predict(i + 1, told)).flatMap((p) =>
    p.kind === "estimate" ? [p] : [],
  );
}

describe("the predicted effect of a proposal", () => {
  it("does not reward noise: where no action is better, it calls one better no more often than it promises", () => {
    const predictions = runs(400, {});
    expect(predictions.length).toBeGreaterThan(390);
    // The mild end of a two-sided 90 % interval: 5 % of runs, and four binomial standard errors at n = 400 are 4.4 %. Judging each fold by
    // what all other folds chose fails here: 12 % of these runs, and folds that vary together make the variance twice what is stated.
    const called = predictions.filter(({ lower }) => lower > 0).length / predictions.length;
    expect(called).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / predictions.length));
    const squares = predictions.map(({ estimate, lower, upper }) => (estimate / ((upper - lower) / 2 / 1.645)) ** 2);
    // Mean of 400 squared standard normals: 1 ± 4·√(2/400).
    expect(squares.reduce((a, b) => a + b, 0) / squares.length).toBeLessThan(1 + 4 * Math.sqrt(2 / 400));
  }, 30_000);

  it("is right on average where an action is better", () => {
    // Story 30 % against 20 %: from even chances to 90 % story and 5 % each, (0.9 − 1/3)·0.1 = 5.67 points. The step of the folds is the same
    // in nearly every run, because the difference is eight standard errors.
    const predictions = runs(100, { rate: (_, action) => (action === "story" ? 0.3 : 0.2), cycles: [1, 2, 3] });
    const mean = predictions.reduce((sum, { estimate }) => sum + estimate, 0) / predictions.length;
    const standardError = (predictions[0]?.upper ?? 1) - (predictions[0]?.estimate ?? 0);
    // A little less is right, too: earlier folds know less, and now and then choose worse. A tenth of the effect is allowed for that.
    expect(mean).toBeLessThan(0.0567 + (4 * standardError) / 1.645 / Math.sqrt(predictions.length));
    expect(mean).toBeGreaterThan(0.9 * 0.0567 - (4 * standardError) / 1.645 / Math.sqrt(predictions.length));
  }, 30_000);

  it("counts downwards where less is better", () => {
    const found = predict(
      1,
      { rate: (_, action) => (action === "offer" ? 0.1 : 0.3), unitsPerCycle: 3000 },
      "decrease",
    );
    expect(found).toMatchObject({ kind: "estimate" });
    expect(found.kind === "estimate" ? found.upper : 0).toBeLessThan(0);
  });

  it("refuses where the log is worth too few units for this change", () => {
    const lesson = exampleLesson(playbook, drawCells(mersenneRng(1), { ...world, unitsPerCycle: 60, rate: () => 0.9 }));
    expect(predictEffect(lesson, learnChoice(lesson), 0.9)).toMatchObject({
      kind: "refused",
      reason: "too-few-effective-units",
    });
  });

  it("rests on every decision outside the holdout, the first fold's included, which only teaches", () => {
    const cells = drawCells(mersenneRng(5), { ...world, rate: (_, action) => (action === "story" ? 0.4 : 0.2) });
    const lesson = exampleLesson(playbook, cells);
    const adapted = cells.filter((cell) => cell.cohort !== "holdout").reduce((n, cell) => n + cell.n, 0);
    expect(predictEffect(lesson, learnChoice(lesson), 0.9)).toMatchObject({ kind: "estimate", n: adapted });
  });
});
