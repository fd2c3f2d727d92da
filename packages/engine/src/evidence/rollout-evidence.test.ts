import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { changeId, segmentId } from "../ids.ts";
import {
  chances,
  drawCells,
  exampleCell,
  exampleEdit,
  examplePlaybook,
  historyOf,
  MEETING,
  PLAIN,
  STORY,
  UNSUBSCRIBE,
  type CellWorld,
} from "../loop-examples.contract.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import {
  rolloutEvidence,
  type GuardrailReading,
  type GuardrailRule,
  type RolloutEvidence,
} from "./rollout-evidence.ts";

const CHANGE = changeId("chg_run");
const edits = [exampleEdit(chances(0.05, 0.9, 0.05))];
const playbook = examplePlaybook({ segmentBy: [] });
const change = { id: CHANGE, lever: "content", edits, basedOn: 1 };
const world: CellWorld = {
  playbook,
  rate: () => 0.1,
  segments: { all: 1 },
  cycles: [1, 2, 3],
  unitsPerCycle: 1000,
  holdoutShare: 0.1,
  rollout: { changeId: CHANGE, edits, share: 0.5 },
};

function read(
  cells: readonly OutcomeCell[],
  rules: readonly GuardrailRule[] = [],
  guarded: readonly OutcomeCell[] = cells,
): RolloutEvidence {
  return rolloutEvidence({
    change,
    metric: MEETING,
    cells,
    guardrails: rules.map((rule) => ({ rule, metric: UNSUBSCRIBE, cells: guarded })),
    history: historyOf([playbook], { [CHANGE]: edits }),
    precision: { alpha: 0.05, tunedFor: 3000 },
    redChecks: [],
  });
}

const exact: GuardrailRule = {
  id: "exact",
  direction: "must_not_increase",
  tolerated: 0,
  test: "two_by_two_e_process",
  alpha: 0.01,
};
const bounded: GuardrailRule = {
  id: "bounded",
  direction: "must_not_increase",
  tolerated: 0.02,
  test: "mean_confidence_sequence",
  alpha: 0.01,
};

const cohort = (name: "control" | "candidate", told: Partial<OutcomeCell>): OutcomeCell =>
  exampleCell({
    cohort: name,
    changeId: CHANGE,
    rolloutShare: 0.5,
    action: name === "control" ? PLAIN : STORY,
    ...told,
  });
/** Four folds of one cycle with these counts each. */
const counts = (
  control: readonly [number, number],
  candidate: readonly [number, number],
  cycles = 1,
): readonly OutcomeCell[] =>
  Array.from({ length: cycles }, (_, c) =>
    [0, 1, 2, 3].flatMap((fold) => [
      cohort("control", { cycle: c + 1, fold, n: control[1], sum: control[0] }),
      cohort("candidate", { cycle: c + 1, fold, n: candidate[1], sum: candidate[0] }),
    ]),
  ).flat();

const reading = (evidence: RolloutEvidence): GuardrailReading | undefined => evidence.guardrails[0];

describe("a rollout's effect", () => {
  it("is the candidate's value minus the current playbook's, from both cohorts", () => {
    const found = read(
      drawCells(mersenneRng(1), {
        ...world,
        rate: (_, action) => (action === "story" ? 0.3 : 0.1),
        unitsPerCycle: 3000,
      }),
    );
    // (0.9 − 1/3)·0.2 = 11.3 points; four standard errors.
    expect(found.verdict.word).toBe("better");
    if (found.effect.kind === "refused") throw new Error(found.effect.message);
    expect(Math.abs(found.effect.estimate - (0.9 - 1 / 3) * 0.2)).toBeLessThan(4 * found.effect.standardError);
    expect(found.candidateMean ?? 0).toBeGreaterThan(found.controlMean ?? 1);
  });

  it("looks at this rollout's decisions only, in the segments that it edits", () => {
    const elsewhere = { ...change, edits: edits.map((edit) => ({ ...edit, segment: segmentId("all/size=large") })) };
    const cells = [
      cohort("candidate", { segment: segmentId("all/size=large"), n: 7 }),
      cohort("candidate", { segment: segmentId("all/size=small"), n: 100 }),
      cohort("candidate", { segment: segmentId("all/size=large"), changeId: changeId("chg_before"), n: 100 }),
      exampleCell({
        cohort: "holdout",
        segment: segmentId("all/size=large"),
        changeId: CHANGE,
        rolloutShare: 0.5,
        n: 100,
      }),
    ];
    const found = rolloutEvidence({
      change: elsewhere,
      metric: MEETING,
      cells,
      guardrails: [],
      history: historyOf([playbook], { [CHANGE]: elsewhere.edits }),
      precision: { alpha: 0.05, tunedFor: 3000 },
      redChecks: [],
    });
    expect(found).toMatchObject({ candidateUnits: 7, controlUnits: 0, controlMean: null });
  });

  it("is called worse where the candidate loses nearly every outcome, although it never burns in", () => {
    // Old code waited for 25 meetings that never came, until the rollout's last cycle.
    const found = read(counts([25, 250], [0, 250]));
    expect(found.verdict.word).toBe("worse");
    expect(found.verdict.sentence).toMatch(/^meeting: 0 of 1000 against 100 of 1000: harm/u);
  });

  it("is not called worse while few outcomes are simply few, nor better by the exact test", () => {
    expect(read(counts([2, 250], [1, 250])).verdict.word).toBe("too early");
    expect(read(counts([0, 250], [25, 250])).verdict.word).toBe("too early");
  });

  it("is called worse or better without cause in at most alpha of all rollouts, looked at every cycle", () => {
    // 120 A/A rollouts of six cycles. Worse comes from two tests of 5 % each at most, better from half of one.
    let worse = 0;
    let better = 0;
    for (let seed = 1; seed <= 120; seed++) {
      const cells = drawCells(mersenneRng(seed), { ...world, cycles: [1, 2, 3, 4, 5, 6], unitsPerCycle: 300 });
      const words = [1, 2, 3, 4, 5, 6].map((last) => read(cells.filter((cell) => cell.cycle <= last)).verdict.word);
      if (words.includes("worse")) worse++;
      if (words.includes("better")) better++;
    }
    expect(better / 120).toBeLessThan(0.025 + 4 * Math.sqrt((0.025 * 0.975) / 120));
    expect(worse / 120).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 120));
  });
});

describe("a guardrail on conversions (exact)", () => {
  it("is breached by harm that chance cannot explain, within the first cycle", () => {
    // One batch a cycle, as the old code had it, is all prior in the first cycle and cannot say anything before the second.
    const found = reading(read(counts([2, 250], [30, 250]), [exact]));
    expect(found).toMatchObject({ state: "breached", units: 1000 });
    expect(found?.sentence).toMatch(/^120 of 1000 against 8 of 1000: harm \(e-value /u);
  });

  it("is in the grey zone while harm is likelier than not, and not certain", () => {
    expect(reading(read(counts([3, 250], [8, 250]), [exact]))?.state).toBe("watch");
  });

  it("is fine where nothing or the other way happens", () => {
    expect(reading(read(counts([5, 250], [5, 250]), [exact]))?.state).toBe("fine");
    expect(reading(read(counts([30, 250], [2, 250]), [exact]))?.state).toBe("fine");
    expect(reading(read(counts([30, 250], [2, 250]), [{ ...exact, direction: "must_not_decrease" }]))?.state).toBe(
      "breached",
    );
  });

  it("has no data while one of the cohorts has no mature decision", () => {
    const half = counts([5, 250], [5, 250]).filter((cell) => cell.cohort === "control");
    expect(reading(read(half, [exact]))).toMatchObject({ state: "no data", units: 0 });
    expect(reading(read([], [exact]))).toMatchObject({ state: "no data", units: 0 });
  });

  it("rolls back an honest change in at most alpha of all rollouts, looked at twice a cycle", () => {
    let alarms = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const cells = drawCells(mersenneRng(seed), { ...world, cycles: [1, 2, 3, 4, 5, 6, 7, 8], unitsPerCycle: 150 });
      // Two draws make one cycle: the looks after odd ones fall into its middle.
      const paired = cells.map((cell) => ({ ...cell, cycle: Math.ceil(cell.cycle / 2), drawn: cell.cycle }));
      const looks = [1, 2, 3, 4, 5, 6, 7, 8].map((last) => paired.filter(({ drawn }) => drawn <= last));
      if (looks.some((seen) => reading(read(seen, [{ ...exact, alpha: 0.05 }]))?.state === "breached")) alarms++;
    }
    expect(alarms / 200).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 200));
  });
});

describe("a guardrail on means (bounded)", () => {
  const rate = (story: number) => (_: string, action: string) => (action === "story" ? story : 0.1);
  const drawn = (story: number): readonly OutcomeCell[] =>
    drawCells(mersenneRng(4), { ...world, rate: rate(story), unitsPerCycle: 4000 });

  it("is breached once even the mild end of the sequence is beyond what is tolerated", () => {
    expect(reading(read(drawn(0.3), [bounded]))?.state).toBe("breached");
  });

  it("is in the grey zone while the estimate is beyond it and the mild end is not", () => {
    // About 0.57·0.045 = 2.5 points of harm, 2 tolerated.
    expect(reading(read(drawn(0.145), [bounded]))?.state).toBe("watch");
  });

  it("is fine within what is tolerated", () => {
    expect(reading(read(drawn(0.1), [bounded]))).toMatchObject({ state: "fine", tolerated: 0.02 });
    expect(reading(read(drawn(0.02), [bounded]))?.state).toBe("fine");
  });

  it("has no data before 25 outcomes in the smaller cohort", () => {
    const found = reading(read(counts([3, 250], [3, 250]), [bounded]));
    expect(found).toMatchObject({
      state: "no data",
      units: 1000,
      sentence: "12 outcomes in the smaller cohort, 25 are needed",
    });
  });
});
