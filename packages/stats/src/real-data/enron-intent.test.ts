import { beforeAll, describe, expect, it } from "vitest";
import { reliability } from "../prediction/reliability.ts";
import { auc } from "../prediction/roc-auc.ts";
import { accepted } from "../golden/adapter.ts";
import { abstentionCurve } from "../text/abstention-curve.ts";
import { labelShift, shiftedProbabilities } from "../text/label-shift.ts";
import { textClassifier, textProbabilities } from "../text/text-classifier.ts";
import { hasData, NEEDS_DATA, readLines } from "./public-data.fixture.ts";

const FILE = "enron_email_intent/Ask0729-fixed.txt";
const FIFTHS = 5;

interface Sentence {
  readonly text: string;
  readonly asks: number;
}

/** "Yes" or "No", a tab, the sentence. The file has each sentence of one kind before those of the other: fifths are dealt in turn. */
function readSentences(): readonly Sentence[] {
  return readLines(FILE).map((line) => {
    const tab = line.indexOf("\t");
    return { text: line.slice(tab + 1), asks: Number(line.slice(0, tab) === "Yes") };
  });
}

describe.skipIf(!hasData(FILE))(`Enron: does a sentence ask for something? ${NEEDS_DATA}`, () => {
  let asks: readonly number[];
  let probabilities: readonly number[];
  let aucs: readonly number[];

  beforeAll(() => {
    const sentences = readSentences();
    const started = Date.now();
    const answers = Array.from({ length: FIFTHS }, (_, k) => {
      const train = sentences.filter((_sentence, i) => i % FIFTHS !== k);
      const test = sentences.filter((_sentence, i) => i % FIFTHS === k);
      const { model } = accepted(
        textClassifier({ texts: train.map(({ text }) => text), labels: train.map((s) => s.asks), classes: 2 }),
      );
      return test.map((sentence) => ({ asks: sentence.asks, p: textProbabilities(model, sentence.text)[1] ?? NaN }));
    });
    console.info(`enron: five times trained and calibrated in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    asks = answers.flat().map((answer) => answer.asks);
    probabilities = answers.flat().map(({ p }) => p);
    aucs = answers.map((fifth) => accepted(auc(fifth.map(({ p }) => p), fifth.map((answer) => answer.asks))).auc); // prettier-ignore
  }, 600_000);

  const confidences = (): readonly number[] => probabilities.map((p) => Math.max(p, 1 - p));
  const right = (): readonly number[] => probabilities.map((p, i) => Number(p > 0.5 === (asks[i] === 1)));

  it("is told with an AUC of 0.88 and more, over five parts left out in turn", () => {
    // TF-IDF of words and letters with a linear model is published at 0.894.
    expect(aucs.reduce((sum, a) => sum + a, 0) / FIFTHS).toBeGreaterThanOrEqual(0.88);
  });

  it("comes with probabilities that hold: expected calibration error below 0.05, of the answer and of yes", () => {
    for (const by of ["equal-width", "equal-mass"] as const) {
      expect(accepted(reliability(confidences(), right(), { bins: 15, by })).expectedError).toBeLessThan(0.05);
      expect(accepted(reliability(probabilities, asks, { bins: 15, by })).expectedError).toBeLessThan(0.05);
    }
  });

  it("is told the better the more may be left unanswered", () => {
    const { points } = accepted(abstentionCurve(confidences(), right(), { steps: 10 }));
    const accuracies = points.map(({ accuracy }) => accuracy);
    expect(accuracies).toHaveLength(10);
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => a - b));
  });

  it("stays so where fewer ask than when it learned, once the new share is found from the sentences alone", () => {
    // Every other sentence that asks is left out: 31 % of the rest ask, as in the data set's own test file, not 47 %.
    let seen = 0;
    const kept = asks.flatMap((asked, i) => (asked === 1 && seen++ % 2 === 1 ? [] : [i]));
    const units = kept.map((i) => [1 - (probabilities[i] ?? NaN), probabilities[i] ?? NaN]);
    const outcomes = kept.map((i) => asks[i] ?? NaN);
    const share = (of: readonly number[]): number => of.reduce((sum, y) => sum + y, 0) / of.length;
    const from = [1 - share(asks), share(asks)];
    const { shares } = accepted(labelShift(units, from));
    expect(Math.abs((shares[1] ?? NaN) - share(outcomes))).toBeLessThan(0.03);
    const shifted = units.map((unit) => shiftedProbabilities(unit, { from, to: shares })[1] ?? NaN);
    const error = (p: readonly number[]): number =>
      accepted(reliability(p, outcomes, { bins: 15, by: "equal-mass" })).expectedError;
    expect(error(units.map(([, p]) => p ?? NaN))).toBeGreaterThan(0.05);
    expect(error(shifted)).toBeLessThan(0.05);
  });
});
