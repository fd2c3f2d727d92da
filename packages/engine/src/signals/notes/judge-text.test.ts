import { probability } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { unitId } from "../../ids.ts";
import { instant } from "../../time.ts";
import { judgeText, type MachineReading } from "./judge-text.ts";
import type { NoteReading } from "./label-set.ts";
import { isAudited, opinionsWanted, type KeptText } from "./review.ts";

const at = instant(Date.UTC(2026, 2, 1));
const named = (messageId: string): KeptText => ({
  seq: 1,
  source: "crm",
  messageId,
  type: "note_written",
  unitId: unitId("acme"),
  decisionId: null,
  person: null,
  occurredAt: at,
  receivedAt: at,
  text: "No budget before June",
});
const text = named("m-1");
const guess = (label: string, confidence: number) => ({
  label,
  confidence: probability(confidence),
  span: { start: 0, end: 9 },
});
const labelled = (set: string, label: string, confidence: number): NoteReading => ({
  kind: "labelled",
  set,
  ...guess(label, confidence),
});
const unsure = (set: string, label: string, confidence: number): NoteReading => ({
  kind: "abstained",
  set,
  reason: "unsure",
  guess: guess(label, confidence),
});
const model = (...readings: readonly NoteReading[]): MachineReading => ({ labeller: "model", version: "v1", readings });
const provider = (
  calibrate: NonNullable<MachineReading["calibrate"]> | null,
  ...readings: readonly NoteReading[]
): MachineReading => ({ labeller: "provider", version: "p1", readings, calibrate });
const judged = (machines: readonly MachineReading[], isAgain = false) => judgeText({ text, machines, isAgain, at });

describe("a text", () => {
  it("gets the labels that the model is sure of, as facts without words, and a person is asked the rest", () => {
    expect(isAudited(text)).toBe(false);
    const { labels, review } = judged([model(labelled("objection", "price", 0.95), unsure("intent", "none", 0.4))]);
    expect(labels).toEqual([
      {
        source: "crm",
        messageId: "m-1",
        unitId: "acme",
        decisionId: null,
        field: "objection",
        label: "price",
        confidence: 0.95,
        span: { start: 0, end: 9 },
        labeller: "model",
        version: "v1",
        nth: 0,
        labelledAt: at,
        occurredAt: at,
      },
    ]);
    expect(review).toMatchObject({
      source: "crm",
      messageId: "m-1",
      worth: 0.6,
      questions: [{ field: "intent", reason: "unsure", suggestions: [{ label: "none", confidence: 0.4 }] }],
    });
    expect(judged([model(labelled("objection", "price", 0.95))]).review).toBeNull();
  });

  it("is never labelled by a provider that nobody has checked; what it says is a suggestion", () => {
    const machines = [model(unsure("intent", "none", 0.4)), provider(null, labelled("intent", "opt_out", 0.99))];
    expect(judged(machines)).toMatchObject({
      labels: [],
      review: {
        questions: [
          {
            suggestions: [
              { label: "opt_out", confidence: 0.5, stated: 0.99, labeller: "provider" },
              { label: "none", confidence: 0.4, stated: null, labeller: "model" },
            ],
          },
        ],
      },
    });
  });

  it("is labelled by a provider as far as the team's answers bear it out, whatever it says of itself", () => {
    const said = (confidence: number) => [
      model(unsure("intent", "none", 0.4)),
      provider((stated) => stated - 0.1, unsure("intent", "opt_out", confidence)),
    ];
    expect(judged(said(0.99)).labels).toMatchObject([{ label: "opt_out", confidence: 0.89, labeller: "provider" }]);
    expect(judged(said(0.9))).toMatchObject({ labels: [], review: { questions: [{ field: "intent" }] } });
  });

  it("falls back to the model where the provider fails", () => {
    const failed: NoteReading = { kind: "abstained", set: "intent", reason: "failed", guess: null };
    expect(judged([model(labelled("intent", "none", 0.9)), provider((p) => p, failed)])).toMatchObject({
      labels: [{ label: "none", labeller: "model" }],
      review: null,
    });
  });

  it("has labels taken back when a later model abstains", () => {
    expect(judged([model(unsure("intent", "none", 0.4))], true).labels).toMatchObject([
      { field: "intent", label: "cannot_tell", confidence: null, span: null, version: "v1" },
    ]);
  });
});

describe("the hash of a text", () => {
  const many = Array.from({ length: 20_000 }, (_, i) => named(`m-${i}`));
  const share = (wanted: (one: KeptText) => boolean): number => many.filter(wanted).length / many.length;

  it("sends a tenth of the reviews to a second person, and a fiftieth of the labels to a first", () => {
    // Standard errors of sqrt(0.1·0.9/20000) = 0.0021 and sqrt(0.02·0.98/20000) = 0.00099; four of them.
    expect(Math.abs(share((one) => opinionsWanted(one) === 2) - 0.1)).toBeLessThan(0.0085);
    expect(Math.abs(share(isAudited) - 0.02)).toBeLessThan(0.004);
    const audited = many.find(isAudited);
    if (audited === undefined) throw new Error("some are audited");
    const machines = [model(labelled("intent", "none", 0.99))];
    expect(judgeText({ text: audited, machines, isAgain: false, at }).review).toMatchObject({
      questions: [{ field: "intent", reason: "audit" }],
    });
  });
});
