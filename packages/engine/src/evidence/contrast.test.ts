import { describe, expect, it } from "vitest";
import { ALL } from "../decisions/segment.ts";
import { changeId, segmentId } from "../ids.ts";
import {
  chances,
  exampleCell,
  exampleEdit,
  examplePlaybook,
  historyOf,
  OFFER,
  PLAIN,
  STORY,
} from "../loop-examples.contract.ts";
import { contrast, type ContrastQuestion } from "./contrast.ts";
import { loggingProbabilities } from "./policy-history.ts";

const CHANGE = changeId("chg_run");
const playbook = examplePlaybook({ segments: { all: chances(0.5, 0.3, 0.2) } });
const history = historyOf([playbook], { [CHANGE]: [exampleEdit(chances(0.1, 0.9, 0))] });
const always = (plain: number, story: number, offer: number) => () => chances(plain, story, offer);

const question = (told: Partial<ContrastQuestion>): ContrastQuestion => ({
  lever: "content",
  cells: [],
  history,
  target: always(0, 1, 0),
  reference: always(1, 0, 0),
  ...told,
});

describe("the propensity of an action", () => {
  const rule = { lever: "content", segment: ALL, playbookVersion: 1 };

  it("is the playbook's where nothing is in rollout", () => {
    expect(loggingProbabilities(history, { ...rule, changeId: null, rolloutShare: 0 })).toEqual(chances(0.5, 0.3, 0.2));
  });

  it("is the mixture of both playbooks by the candidate's share, because the cohort was drawn, too", () => {
    const mixed = loggingProbabilities(history, { ...rule, changeId: CHANGE, rolloutShare: 0.25 });
    // 0.75·0.5 + 0.25·0.1, 0.75·0.3 + 0.25·0.9, 0.75·0.2 + 0.25·0.
    expect(mixed[PLAIN]).toBeCloseTo(0.4, 12);
    expect(mixed[STORY]).toBeCloseTo(0.45, 12);
    expect(mixed[OFFER]).toBeCloseTo(0.15, 12);
  });
});

describe("a contrast of two ways to decide", () => {
  const cells = [
    exampleCell({ action: PLAIN, n: 50, sum: 10 }),
    exampleCell({ action: STORY, n: 30, sum: 12 }),
    exampleCell({ action: OFFER, n: 20, sum: 3 }),
  ];

  it("weighs outcomes by how much likelier each way makes the action (worked example)", () => {
    // First cycle, so nothing is predicted: story outcomes count 1/0.3 each, plain ones −1/0.5. (12/0.3 − 10/0.5) ÷ 100 = 0.2.
    const found = contrast(question({ cells }));
    expect(found).toMatchObject({ kind: "estimate", n: 100 });
    expect(found.kind === "estimate" ? found.estimate : 0).toBeCloseTo(0.2, 12);
    // Scores: 12 of 10/3, 10 of −2, 78 of 0. Mean square 1.7333, so the variance is (173.33 − 100·0.04) ÷ 99.
    expect(found.kind === "estimate" ? found.standardError : 0).toBeCloseTo(Math.sqrt((520 / 3 - 4) / 99 / 100), 12);
  });

  it("uses both cohorts of a rollout under their common propensity", () => {
    const running = { changeId: CHANGE, rolloutShare: 0.25 };
    const both = [
      exampleCell({ ...running, cohort: "control", action: PLAIN, n: 38, sum: 8 }),
      exampleCell({ ...running, cohort: "candidate", action: PLAIN, n: 2, sum: 0 }),
      exampleCell({ ...running, cohort: "control", action: STORY, n: 22, sum: 6 }),
      exampleCell({ ...running, cohort: "candidate", action: STORY, n: 23, sum: 12 }),
      exampleCell({ ...running, cohort: "control", action: OFFER, n: 15, sum: 3 }),
    ];
    const found = contrast(question({ cells: both }));
    // Plain 8 of propensity 0.4, story 18 of 0.45: (18/0.45 − 8/0.4) ÷ 100.
    expect(found.kind === "estimate" ? found.estimate : 0).toBeCloseTo(0.2, 12);
  });

  it("leaves the holdout out: nobody drew its action", () => {
    const held = exampleCell({ cohort: "holdout", action: PLAIN, n: 1000, sum: 900 });
    expect(contrast(question({ cells: [...cells, held] }))).toEqual(contrast(question({ cells })));
  });

  it("keeps segments apart, each with its own value of both ways", () => {
    const large = segmentId("all/size=large");
    const there = cells.map((cell) => ({ ...cell, segment: large }));
    // In large accounts both ways are alike, so their units score 0 and halve the effect.
    const target = (segment: string): ReturnType<typeof chances> =>
      segment === large ? chances(1, 0, 0) : chances(0, 1, 0);
    const found = contrast(question({ cells: [...cells, ...there], target }));
    expect(found.kind === "estimate" ? found.estimate : 0).toBeCloseTo(0.1, 12);
  });

  it("refuses where one way gives what the log never could, or uses the other decisions only, when asked to", () => {
    const narrow = examplePlaybook({ segments: { all: chances(1, 0, 0) } }, { version: 2 });
    const both = historyOf([playbook, narrow]);
    const later = exampleCell({ cycle: 2, playbookVersion: 2, action: PLAIN, n: 500, sum: 100 });
    const asked = question({ cells: [...cells, later], history: both });
    expect(contrast(asked)).toMatchObject({ kind: "refused", reason: "no-overlap" });
    expect(contrast({ ...asked, overlapOnly: true })).toEqual(contrast(question({ cells })));
  });

  it("refuses where both ways are one", () => {
    expect(contrast(question({ cells, target: always(1, 0, 0) }))).toMatchObject({
      kind: "refused",
      reason: "same-policy",
    });
  });

  it("gives cycles that hardly tried the two apart less weight, when asked to", () => {
    const shy = examplePlaybook({ segments: { all: chances(0.98, 0.01, 0.01) } }, { version: 2 });
    const later = [
      exampleCell({ cycle: 2, playbookVersion: 2, action: PLAIN, n: 980, sum: 196 }),
      exampleCell({ cycle: 2, playbookVersion: 2, action: STORY, n: 10, sum: 6 }),
      exampleCell({ cycle: 2, playbookVersion: 2, action: OFFER, n: 10, sum: 1 }),
    ];
    const asked = question({ cells: [...cells, ...later], history: historyOf([playbook, shy]) });
    const [plain, stabilised] = [contrast(asked), contrast({ ...asked, stabilised: true })];
    if (plain.kind === "refused" || stabilised.kind === "refused") throw new Error("both can be estimated");
    expect(stabilised.standardError).toBeLessThan(plain.standardError);
  });
});
