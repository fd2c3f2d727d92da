import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { actorId, unitId } from "../../ids.ts";
import { instant } from "../../time.ts";
import type { LabelSet } from "./label-set.ts";
import { CANNOT_TELL } from "./label.ts";
import { writeNoteModel } from "./note-model-document.ts";
import type { Review } from "./review.ts";
import { taughtNotes, trainOnAnswers, type TaughtNote, type TrainedOnAnswers } from "./train-on-answers.ts";

const at = instant(Date.UTC(2026, 2, 1));
const mood: LabelSet = { name: "mood", labels: ["good", "bad"] };
const WORDS = {
  good: ["laughed", "joked", "smiled", "was delighted", "thanked us", "praised it"],
  bad: ["shouted", "hung up", "complained", "was furious", "cursed us", "slammed it"],
} as const;

/** Notes whose words tell the mood, a share of them labelled wrongly. */
function notes(n: number, wrong: number, seed = 3): readonly TaughtNote[] {
  const rng = mersenneRng(seed);
  const pick = (of: readonly string[]): string => of[Math.floor(rng.next() * of.length)] ?? "";
  return Array.from({ length: n }, (_, i) => {
    const told = i % 2 === 0 ? "good" : "bad";
    const other = told === "good" ? "bad" : "good";
    const text = `on the phone he ${pick(WORDS[told])} and ${pick(WORDS[told])}, case ${seed} ${i}`;
    return { source: "crm", messageId: `m-${i}`, set: "mood", text, label: rng.next() < wrong ? other : told };
  });
}

function trained(taught: readonly TaughtNote[], round = 1): TrainedOnAnswers {
  const answer = trainOnAnswers({ sets: [mood], starting: notes(60, 0, 9), taught, round }, null);
  if (answer.kind === "err") throw new Error(answer.error.join("; "));
  return answer.value;
}

describe("a model trained on the team's answers", () => {
  it("is taken into use where its confidence holds on answers held out", () => {
    const { report } = trained(notes(400, 0.1));
    expect(report.taken).toBe(true);
    expect(report.heldOut?.n).toBeGreaterThan(60);
    expect(report.heldOut?.calibrationError).toBeLessThanOrEqual(report.heldOut?.calibrationLimit ?? 0);
    expect(report.answers + (report.heldOut?.n ?? 0)).toBe(400);
    expect(report.why).toContain("held out");
  });

  it("is not, and says why, with too few answers to tell", () => {
    const { report } = trained(notes(60, 0));
    expect(report).toMatchObject({ taken: false, why: expect.stringContaining("40 are needed") });
    expect(trained([]).report).toMatchObject({ taken: false, heldOut: null });
  });

  it("is not, and says why, where answers contradict all that it learned from", () => {
    // The starting notes outweigh forty answers that say the opposite.
    const few = notes(400, 0).map((note) => ({ ...note, label: note.label === "good" ? "bad" : "good" }));
    const starting = Array.from({ length: 20 }, (_, k) => notes(100, 0, k)).flat();
    const answer = trainOnAnswers({ sets: [mood], starting, taught: few.slice(0, 200), round: 1 }, null);
    expect(answer).toMatchObject({
      kind: "ok",
      value: { report: { taken: false, why: expect.stringContaining("cannot be believed") } },
    });
  });

  it("is the same for the same answers in the same round, and holds out others in the next", () => {
    const taught = notes(200, 0.1);
    const [one, again, next] = [trained(taught), trained(taught), trained(taught, 2)];
    expect(writeNoteModel(again.model).digest).toBe(writeNoteModel(one.model).digest);
    expect(again.trainedOn).toBe(one.trainedOn);
    expect(next.trainedOn).not.toBe(one.trainedOn);
  });
});

describe("the answers that teach", () => {
  const review = (told: Partial<Review>, text = "he laughed"): Review => {
    const named = { source: "crm", messageId: "m-1" };
    return {
      ...named,
      id: 1,
      questions: [{ field: "mood", reason: "unsure", suggestions: [] }],
      worth: 1,
      opinionsWanted: 1,
      askedAt: at,
      text: {
        ...named,
        seq: 1,
        type: "note_written",
        unitId: unitId("u"),
        decisionId: null,
        person: null,
        occurredAt: at,
        receivedAt: at,
        text,
      },
      answers: [],
      ...told,
    };
  };
  const said = (by: string, label: string) => ({ field: "mood", label, by: actorId(by), at });

  it("are those that people agree on, of texts that are there", () => {
    const labels = (told: Partial<Review>, text?: string) =>
      taughtNotes([review(told, text)]).map(({ label }) => label);
    expect(labels({ answers: [said("ada", "good")] })).toEqual(["good"]);
    expect(labels({ answers: [said("ada", "bad"), said("ada", "good"), said("bob", "good")] })).toEqual(["good"]);
    expect(labels({ answers: [said("ada", "good"), said("bob", "bad")] })).toEqual([]);
    expect(labels({ answers: [said("ada", CANNOT_TELL)] })).toEqual([]);
    expect(labels({ answers: [said("ada", "good")] }, "")).toEqual([]);
    expect(labels({})).toEqual([]);
  });
});
