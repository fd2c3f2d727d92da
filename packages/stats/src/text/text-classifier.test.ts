import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng } from "../numerics/random.ts";
import { readText } from "./read-text.ts";
import { textClassifier, textProbabilities, type TextClassifier } from "./text-classifier.ts";

const SUBJECTS = ["the team", "their manager", "our contact", "he", "she", "the buyer", "the founder", "procurement"];
const ENDINGS = ["today", "this week", "for now", "as discussed", "on the phone", "by mail", "again", "at last"];
const MIDDLES = [
  ["has no budget", "cannot pay for it", "finds it too expensive", "wants a lower price"],
  ["asked for a call", "wants to meet", "proposed a meeting", "asked when to talk"],
  ["did not answer", "never picked up", "let it ring", "was not reachable"],
];

/** Sentences whose middle tells the label, a share of them labelled wrongly. */
function sentences(
  n: number,
  wrong: number,
): { readonly texts: readonly string[]; readonly labels: readonly number[] } {
  const rng = mersenneRng(11);
  const pick = (from: readonly string[]): string => from[Math.floor(rng.next() * from.length)] ?? "";
  const units = Array.from({ length: n }, (_, i) => ({
    text: `${pick(SUBJECTS)} ${pick(MIDDLES[i % 3] ?? [])} ${pick(ENDINGS)}`,
    label: rng.next() < wrong ? (i + 1) % 3 : i % 3,
  }));
  return { texts: units.map(({ text }) => text), labels: units.map(({ label }) => label) };
}

function accepted(answer: ReturnType<typeof textClassifier>): TextClassifier {
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

describe("the text classifier", () => {
  const { model, heldOut } = accepted(textClassifier({ ...sentences(300, 0), classes: 3 }));

  it("tells what the sentences say, and shows the words that say so", () => {
    const text = "I rang twice: procurement finds it too expensive this week";
    const reading = readText(model, text);
    expect(reading.label).toBe(0);
    expect(text.slice(reading.span?.start, reading.span?.end)).toContain("too expensive");
    expect(reading.evidence[0]?.logOdds).toBeGreaterThan(0);
    expect(heldOut.accuracy).toBe(1);
  });

  it("is as unsure as its labels are: a tenth of them wrong, confidence of nine tenths", () => {
    const noisy = accepted(textClassifier({ ...sentences(1500, 0.1), classes: 3 }));
    const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const confidences = sentences(200, 0).texts.map((text) => readText(noisy.model, text).confidence);
    // The share labelled rightly among 1,500: 0.9 with a standard error of 0.008; four of them.
    expect(Math.abs(mean(confidences) - 0.9)).toBeLessThan(0.031);
  });

  it("says when it has read nothing that it knows", () => {
    const reading = readText(model, "zzz qqq 見積");
    expect(reading).toMatchObject({ known: 0, span: null, evidence: [] });
    expect(reading.confidence).toBeLessThan(0.6);
  });

  it("is the same, byte for byte, for the same texts and seed", () => {
    const again = accepted(textClassifier({ ...sentences(300, 0), classes: 3 }));
    expect(again.model).toEqual(model);
  });

  it("answers any text with one of its labels, probabilities that sum to 1 and a span within the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const { label, confidence, probabilities, span } = readText(model, text);
        expect([0, 1, 2]).toContain(label);
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        expect(confidence).toBe(Math.max(...probabilities));
        expect(textProbabilities(model, text)).toEqual(probabilities);
        expect(span === null || (span.start < span.end && span.end <= text.length)).toBe(true);
      }),
    );
  });

  it("refuses labels that the texts say nothing of, and labels of one kind", () => {
    const { texts } = sentences(60, 0);
    const answer = textClassifier({ texts: texts.map(() => "noted"), labels: texts.map((_, i) => i % 2), classes: 2 });
    expect(answer).toMatchObject({ kind: "refused", reason: "no-signal" });
    expect(textClassifier({ texts, labels: texts.map(() => 0), classes: 2 })).toMatchObject({ reason: "one-class" });
  });
});
