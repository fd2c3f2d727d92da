import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { changeId } from "../ids.ts";
import {
  chances,
  drawCells,
  exampleCell,
  exampleEdit,
  examplePlaybook,
  historyOf,
  PLAIN,
  STORY,
  type CellWorld,
} from "../loop-examples.contract.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { checkHealth, redSentences, multipleExposure } from "./health.ts";

const CHANGE = changeId("chg_run");
const edits = [exampleEdit(chances(0.1, 0.8, 0.1))];
const playbook = examplePlaybook({ segmentBy: [] });
const history = historyOf([playbook], { [CHANGE]: edits });
const world: CellWorld = {
  playbook,
  rate: () => 0.1,
  segments: { all: 1 },
  cycles: [1],
  unitsPerCycle: 2000,
  holdoutShare: 0.1,
  rollout: { changeId: CHANGE, edits, share: 0.5 },
};

const check = (cells: readonly OutcomeCell[], censored = 0): ReturnType<typeof checkHealth> =>
  checkHealth({ lever: "content", cells, history, holdoutShare: 0.1, cycle: 1, censored });
const stateOf = (name: string, checks: ReturnType<typeof checkHealth>): string | undefined =>
  checks.find((c) => c.check === name)?.state;

describe("health", () => {
  it("of honest traffic is green, however often it is looked at", () => {
    // Alarm level 0.001 over all looks of a run: of 100 runs watched over five cycles none may alarm (P(any) is below 10 %, and the seeds
    // are fixed).
    for (let seed = 1; seed <= 100; seed++) {
      const cells = drawCells(mersenneRng(seed), { ...world, cycles: [1, 2, 3, 4, 5], unitsPerCycle: 200 });
      for (const last of [1, 2, 3, 4, 5]) {
        const seen = cells.filter((cell) => cell.cycle <= last);
        expect([
          seed,
          redSentences(
            checkHealth({ lever: "content", cells: seen, history, holdoutShare: 0.1, cycle: last, censored: 0 }),
          ),
        ]).toEqual([seed, []]);
      }
    }
  });

  it("is red where candidate and control split 60 to 40 instead of even", () => {
    const split = drawCells(mersenneRng(1), { ...world, rollout: { changeId: CHANGE, edits, share: 0.6 } });
    const claimed = split.map((cell) => ({ ...cell, rolloutShare: 0.5 }));
    const checks = check(claimed);
    expect(stateOf("cohort-ratio", checks)).toBe("red");
    expect(redSentences(checks)[0]).toMatch(/^units per cohort contradict the design \(p = /u);
  });

  it("is red where one action goes missing on its way to the outcomes", () => {
    const lost = drawCells(mersenneRng(1), world).filter((cell) => cell.action !== STORY || cell.fold !== 0);
    expect(stateOf("action-ratio", check(lost))).toBe("red");
  });

  it("is red for certain where a unit got what the playbook never gives", () => {
    const narrow = historyOf([examplePlaybook({ segments: { all: chances(1, 0, 0) } })]);
    const cells = [exampleCell({ action: PLAIN, n: 1000 }), exampleCell({ action: STORY, n: 1 })];
    const checks = checkHealth({ lever: "content", cells, history: narrow, holdoutShare: 0, cycle: 1, censored: 0 });
    expect(checks.find((c) => c.check === "action-ratio")).toMatchObject({ state: "red", pValue: 0 });
  });

  it("is red where the holdout got units although there is none", () => {
    const cells = [exampleCell({ n: 500 }), exampleCell({ cohort: "holdout", n: 1 })];
    const checks = checkHealth({ lever: "content", cells, history, holdoutShare: 0, cycle: 1, censored: 0 });
    expect(stateOf("cohort-ratio", checks)).toBe("red");
  });

  it("has no data without decisions, and says which cycle brought none", () => {
    expect(check([]).map(({ state }) => state)).toEqual(["no data", "no data", "no data"]);
    expect(check([exampleCell({ cycle: 0 })]).find((c) => c.check === "volume")?.sentence).toBe(
      "no decision in cycle 1",
    );
  });

  it("takes decisions that wait for their window as a sign of life", () => {
    expect(stateOf("volume", check([], 12))).toBe("green");
  });
});

describe("units in several cohorts", () => {
  it("are told with those that a rising share moved, and are a fault from one in twenty on", () => {
    const moved = multipleExposure({ units: 1000, atOneShare: 50, overall: 450 });
    expect(moved).toMatchObject({
      check: "multiple-exposure",
      state: "green",
      sentence:
        "of 1000 units in this rollout, 50 were in two of its cohorts at one share (merged, or a fault); 400 changed cohort as the share rose",
    });
    expect(multipleExposure({ units: 1000, atOneShare: 51, overall: 51 }).state).toBe("red");
  });

  it("are nothing to tell before the first unit", () => {
    expect(multipleExposure({ units: 0, atOneShare: 0, overall: 0 }).state).toBe("no data");
  });
});
