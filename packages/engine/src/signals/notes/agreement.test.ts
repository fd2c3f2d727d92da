import { expect, it } from "vitest";
import { actorId, unitId } from "../../ids.ts";
import { instant, later } from "../../time.ts";
import { labelAgreement } from "./agreement.ts";
import type { Review } from "./review.ts";

const at = instant(Date.UTC(2026, 2, 1));

/** A review that people answered, each with one label. */
function read(id: number, ...labels: readonly string[]): Review {
  const named = { source: "crm", messageId: `m-${id}` };
  return {
    ...named,
    id,
    questions: [{ field: "outcome", reason: "unsure", suggestions: [] }],
    worth: 1,
    opinionsWanted: 2,
    askedAt: at,
    text: {
      ...named,
      seq: id,
      type: "note_written",
      unitId: unitId("u"),
      decisionId: null,
      person: null,
      occurredAt: at,
      receivedAt: at,
      text: "words",
    },
    answers: labels.map((label, i) => ({ field: "outcome", label, by: actorId(`p-${i}`), at: later(at, id) })),
  };
}

it("counts what two people read, how often they agree beyond chance, and shows where they do not", () => {
  const reviews = [
    read(1, "won", "won"),
    read(2, "lost", "lost"),
    read(3, "lost", "won"),
    read(4, "none", "none"),
    read(5, "won"),
  ];
  const [outcome, ...others] = labelAgreement(reviews);
  expect(others).toEqual([]);
  expect(outcome).toMatchObject({
    field: "outcome",
    n: 4,
    agreed: 3,
    disagreements: [{ reviewId: 3, messageId: "m-3" }],
  });
  // Eight labels of 3, 3 and 2 kinds: D_e = (56 − 14)/56 = 0.75, D_o = 2/8; alpha = 1 − 0.25/0.75.
  expect(outcome?.alpha.kind === "estimate" ? outcome.alpha.alpha : 0).toBeCloseTo(2 / 3, 12);
});

it("says nothing without a second reader, and refuses where too few are", () => {
  expect(labelAgreement([read(1, "won")])).toEqual([]);
  expect(labelAgreement([read(1, "won", "lost")])[0]).toMatchObject({ n: 1, alpha: { reason: "too-few" } });
});
