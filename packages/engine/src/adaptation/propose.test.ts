import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { actionEffects } from "../evidence/action-effects.ts";
import type { HealthCheck } from "../evidence/health.ts";
import { segmentId } from "../ids.ts";
import { chances, drawCells, exampleLesson, examplePlaybook, type CellWorld } from "../loop-examples.contract.ts";
import type { ChoiceLesson } from "./learn-choice.ts";
import { propose, type ProposalAnswer } from "./propose.ts";

const green: HealthCheck = { check: "volume", state: "green", sentence: "decisions come in", pValue: null };
const red: HealthCheck = {
  check: "action-ratio",
  state: "red",
  sentence: "actions drawn contradict the design",
  pValue: 0,
};

function lessonOf(
  rate: CellWorld["rate"],
  told: Partial<CellWorld> = {},
  lever: Parameters<typeof examplePlaybook>[0] = {},
): ChoiceLesson {
  const playbook = examplePlaybook(lever);
  const segments = { "all/size=small": 0.7, "all/size=large": 0.3 };
  const world = { playbook, rate, segments, cycles: [1, 2], unitsPerCycle: 2000, holdoutShare: 0.1 };
  return exampleLesson(playbook, drawCells(mersenneRng(2), { ...world, ...told }));
}

const ask = (lesson: ChoiceLesson, health: readonly HealthCheck[] = [green]): ProposalAnswer =>
  propose({ lesson, health, actions: actionEffects({ ...lesson, redChecks: [] }), confidence: 0.95 });

describe("a proposal", () => {
  const lesson = lessonOf((_, action) => (action === "story" ? 0.35 : 0.2));

  it("says what moves, for whom, what it should bring, and what it cannot show", () => {
    const answer = ask(lesson);
    expect(answer).toMatchObject({
      kind: "proposal",
      edits: [{ segment: "all", to: chances(0.05, 0.9, 0.05) }],
      rationale: expect.stringContaining('"story" 33.3 % → 90 %, "plain" 33.3 % → 5 %, "offer" 33.3 % → 5 %'),
      audienceShare: 1,
      predicted: { kind: "estimate", confidence: 0.9 },
    });
    if (answer.kind === "none") throw new Error(answer.sentence);
    expect(answer.predicted.lower).toBeGreaterThan(0);
    expect(answer.cannotDetect[0]).toMatch(/^differences in meeting smaller than .* are treated as none$/u);
  });

  it("counts as its audience the units of the segments that it edits", () => {
    const large = segmentId("all/size=large");
    // Overall the story already has all it can get; only large accounts should get the offer.
    const value = { segments: { all: chances(0.05, 0.9, 0.05), [large]: chances(0.3, 0.4, 0.3) } };
    const rate: CellWorld["rate"] = (segment, action) =>
      action === (segment === large ? "offer" : "story") ? 0.45 : 0.2;
    const answer = ask(lessonOf(rate, { unitsPerCycle: 4000 }, value));
    if (answer.kind === "none") throw new Error(answer.sentence);
    expect(answer.edits.map(({ segment }) => segment)).toEqual([large]);
    // Binomial: 7,200 units outside the holdout, four standard errors of 0.0054.
    expect(Math.abs(answer.audienceShare - 0.3)).toBeLessThan(4 * 0.0054);
  });

  it("is never made on red health, however clear the evidence", () => {
    expect(ask(lesson, [green, red])).toEqual({
      kind: "none",
      sentence: "nothing is learned while a health check is red: actions drawn contradict the design",
    });
  });

  it("is not made where the judged improvement may be nothing", () => {
    expect(ask(lessonOf(() => 0.2))).toMatchObject({
      kind: "none",
      sentence: expect.stringContaining("may do nothing"),
    });
  });

  it("is not made from too little, and says what is missing", () => {
    const answer = ask(lessonOf(() => 0.2, { unitsPerCycle: 60 }));
    expect(answer).toMatchObject({ kind: "none", sentence: expect.stringContaining("too early") });
  });

  it("is not made where the best already has what it can get, and says so", () => {
    const value = { segments: { all: chances(0.05, 0.9, 0.05) } };
    const answer = ask(lessonOf((_, action) => (action === "story" ? 0.5 : 0.1), { unitsPerCycle: 6000 }, value));
    expect(answer).toEqual({
      kind: "none",
      sentence: '"story" leads, and the playbook already gives it all that floors and ranges leave',
    });
  });
});
