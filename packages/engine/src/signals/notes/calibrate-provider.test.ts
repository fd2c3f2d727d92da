import { mersenneRng, probability } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { actorId, unitId } from "../../ids.ts";
import { instant } from "../../time.ts";
import { calibrateProvider } from "./calibrate-provider.ts";
import type { Review } from "./review.ts";

const at = instant(Date.UTC(2026, 2, 1));

/** A review of a text of which the provider said "interested", so sure of itself, and somebody said whether that is so. */
function reviewed(id: number, stated: number, isRight: boolean): Review {
  const named = { source: "crm", messageId: `m-${id}` };
  return {
    ...named,
    id,
    questions: [
      {
        field: "outcome",
        reason: "unsure",
        suggestions: [
          { label: "interested", confidence: probability(0.5), span: null, labeller: "provider", version: "p", stated },
        ],
      },
    ],
    worth: 1,
    opinionsWanted: 1,
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
    answers: [{ field: "outcome", label: isRight ? "interested" : "none", by: actorId("ada"), at }],
  };
}

/** A provider that says 0.99 where it is right six times in ten, and 0.7 where it is right three times in ten. */
function boaster(n: number): readonly Review[] {
  const rng = mersenneRng(5);
  return Array.from({ length: n }, (_, i) =>
    i % 2 === 0 ? reviewed(i + 1, 0.99, rng.next() < 0.6) : reviewed(i + 1, 0.7, rng.next() < 0.3),
  );
}

describe("a provider's confidence", () => {
  it("is not used before the team answered fifty of its suggestions", () => {
    expect(calibrateProvider(boaster(49), "p")).toMatchObject({ n: 49, calibrate: null });
    expect(calibrateProvider([], "p")).toEqual({ n: 0, accuracy: null, calibrate: null });
    expect(calibrateProvider(boaster(2000), "another version")).toMatchObject({ n: 0 });
  });

  it("becomes what the team's answers bear out", () => {
    const { calibrate, accuracy } = calibrateProvider(boaster(2000), "p");
    // 1,000 answers at each of two sayings: standard errors of sqrt(0.24/1000) = 0.0155 and 0.0145; four of them.
    expect(Math.abs((calibrate?.(0.99) ?? 0) - 0.6)).toBeLessThan(0.062);
    expect(Math.abs((calibrate?.(0.7) ?? 0) - 0.3)).toBeLessThan(0.058);
    expect(Math.abs((accuracy ?? 0) - 0.45)).toBeLessThan(0.045);
    expect(calibrate?.(1)).toBeLessThan(0.8);
  });

  it("is not used where it is the surer the wronger", () => {
    const liar = boaster(400).map(({ answers, ...review }, i) => ({
      ...review,
      answers: answers.map((one) => ({ ...one, label: i % 2 === 0 ? "none" : "interested" })),
    }));
    expect(calibrateProvider(liar, "p").calibrate).toBeNull();
  });
});
