import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { abstentionCurve, abstentionThreshold } from "./abstention-curve.ts";
import { krippendorffAlpha } from "./label-agreement.ts";
import { labelShift, shiftedProbabilities } from "./label-shift.ts";
import { readText } from "./read-text.ts";
import { sparseMultinomial, sparseProbabilities, sparseScores } from "./sparse-multinomial.ts";
import { sparseRows, type SparseRow, type SparseRows } from "./sparse-rows.ts";
import { temperatureScaling } from "./temperature-scaling.ts";
import { termRow, termTable, weighedTerms, type TermTable } from "./term-table.ts";
import { textClassifier, textProbabilities, type TextModel } from "./text-classifier.ts";
import { textTerms, textWords } from "./text-terms.ts";

/** Texts that are no sentence: nothing, blanks, half a character, other scripts, one long word. */
const TEXTS = [
  "",
  " \n\t ",
  "\uD83D",
  "😀😀",
  "İstanbul ŞİŞLİ",
  "Ⅷ ﬁ ½",
  "見積もりを送ってください",
  "a".repeat(3000),
  "\u0000\uFFFF\uE000 <script>",
  "'’'",
  "NaN Infinity null undefined __proto__ constructor",
];

const VERY_LONG = "no ".repeat(20_000);

const row = (columns: readonly number[], values: readonly number[]): SparseRow => ({
  columns: Uint32Array.from(columns),
  values: Float64Array.from(values),
});

const packed = (rows: readonly SparseRow[], width: number): SparseRows => {
  const answer = sparseRows(rows, width);
  if (answer === null) throw new Error("the rows of this fixture are sound");
  return answer;
};

const FOUR = packed([row([0], [1]), row([0], [2]), row([1], [1]), row([], [])], 2);
const usual = { penalty: 1, seed: 1 };

const FITS: readonly Readonly<Parameters<typeof sparseMultinomial>>[] = [
  [{ rows: packed([], 0), outcomes: [], classes: 2 }, usual],
  [{ rows: packed([row([], [])], 0), outcomes: [0], classes: 2 }, usual],
  [{ rows: packed([row([], []), row([], [])], 0), outcomes: [0, 1], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 0, 0], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, 1], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, 1], classes: 900 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, 2], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, NaN], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, -1], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, 0.5], classes: 2 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, 1], classes: 0 }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, 1], classes: NaN }, usual],
  [{ rows: FOUR, outcomes: [0, 0, 1, 1], classes: 1e12 }, usual],
  ...[0, -1, NaN, Infinity, 1e-12, 1e12].map(
    (penalty) =>
      [
        { rows: FOUR, outcomes: [0, 0, 1, 1], classes: 2 },
        { penalty, seed: 1 },
      ] as const,
  ),
  [
    { rows: FOUR, outcomes: [0, 0, 1, 1], classes: 2 },
    { penalty: 1, seed: NaN },
  ],
  [
    { rows: FOUR, outcomes: [0, 0, 1, 1], classes: 2 },
    { ...usual, tolerance: NaN },
  ],
  [
    { rows: FOUR, outcomes: [0, 0, 1, 1], classes: 2 },
    { ...usual, tolerance: Infinity },
  ],
  [
    { rows: FOUR, outcomes: [0, 0, 1, 1], classes: 2 },
    { ...usual, passesMax: 0 },
  ],
  [{ rows: packed([row([0], [1e12]), row([0], [-1e12])], 1), outcomes: [0, 1], classes: 2 }, usual],
  [{ rows: packed([row([0], [1e200]), row([0], [-1e200])], 1), outcomes: [0, 1], classes: 2 }, usual],
  [{ rows: packed([row([0], [1e-300]), row([0], [-1e-300])], 1), outcomes: [0, 1], classes: 2 }, usual],
];

const ZEROS = Array.from({ length: 50 }, () => 0);

const SCORES: readonly Parameters<typeof temperatureScaling>[] = [
  [[], []],
  [[[1, 0]], [0]],
  [[[1, 0]], [1]],
  [[[1]], [0]],
  [
    [
      [0, 0],
      [0, 0],
    ],
    [0, 1],
  ],
  [Array.from({ length: 50 }, () => [30, 0]), ZEROS],
  [Array.from({ length: 50 }, () => [1e12, 0]), ZEROS],
  [Array.from({ length: 50 }, () => [1e-12, 0]), ZEROS],
  [
    [
      [1e99, 0],
      [0, 1e99],
    ],
    [0, 1],
  ],
  [
    [
      [1e300, 0],
      [0, 1],
    ],
    [0, 1],
  ],
  [[[NaN, 0]], [0]],
  [[[Infinity, 0]], [0]],
  [
    [[1, 0], [1]],
    [0, 0],
  ],
  [[[1, 0]], [0, 1]],
  [[[1, 0]], [2]],
  [[[1, 0]], [NaN]],
];

const CURVES: readonly (readonly [readonly number[], readonly number[], number])[] = [
  [[], [], 10],
  [[0.5], [1], 10],
  [[0.5], [0], 10],
  [[0.5, 0.5, 0.5], [1, 0, 1], 10],
  [[0.1, 0.9], [1, 1], 1],
  [[0, 1], [0, 0], 1000],
  [[NaN, 0.5], [1, 0], 10],
  [[1.5, 0.5], [1, 0], 10],
  [[0.5, 0.5], [1], 10],
  [[0.5, 0.5], [1, 0.5], 10],
  [[0.5, 0.6], [1, 0], 0],
  [[0.5, 0.6], [1, 0], NaN],
  [[0.5, 0.6], [1, 0], 1e12],
];

const SOME = ["no budget", "budget is gone", "no budget left", "call on friday", "call me", "please call"];
const LABELS = [0, 0, 0, 1, 1, 1];

const CLASSIFIERS: readonly Readonly<Parameters<typeof textClassifier>>[] = [
  [{ texts: [], labels: [], classes: 2 }],
  [{ texts: ["a"], labels: [0], classes: 2 }],
  [{ texts: SOME, labels: LABELS, classes: 2 }],
  [{ texts: SOME, labels: [0, 0, 0, 0, 0, 0], classes: 2 }],
  [{ texts: SOME, labels: [0, 0, 0, 0, 0, 1], classes: 2 }],
  [{ texts: SOME, labels: LABELS, classes: 50 }],
  [{ texts: SOME, labels: [0, 1], classes: 2 }],
  [{ texts: SOME, labels: [0, 0, 0, 1, 1, NaN], classes: 2 }],
  [{ texts: SOME, labels: [0, 0, 0, 1, 1, 2], classes: 2 }],
  [{ texts: SOME, labels: LABELS, classes: NaN }],
  [{ texts: SOME.map(() => "same"), labels: LABELS, classes: 2 }],
  [{ texts: SOME.map(() => ""), labels: LABELS, classes: 2 }],
  [{ texts: TEXTS, labels: TEXTS.map((_, i) => i % 2), classes: 2 }],
  ...[1, 0, NaN, 2.5, 1e12].map((folds) => [{ texts: SOME, labels: LABELS, classes: 2 }, { folds }] as const),
  ...[[], [0], [NaN], [Infinity], [1e-9], [1e12]].map(
    (penalties) => [{ texts: SOME, labels: LABELS, classes: 2 }, { penalties }] as const,
  ),
  ...[0, NaN, 7].map((textsMin) => [{ texts: SOME, labels: LABELS, classes: 2 }, { textsMin }] as const),
  [{ texts: SOME, labels: LABELS, classes: 2 }, { seed: NaN }],
];

function table(): TermTable {
  const answer = termTable(SOME, { textsMin: 1 });
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

function model(): TextModel {
  const answer = textClassifier({ texts: SOME, labels: LABELS, classes: 2 }, { folds: 3 });
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer.model;
}

const weights = { intercepts: Float64Array.of(0, 1), coefficients: Float64Array.of(1, -1), classes: 2 };
const ROWS = [row([], []), row([0], [1e12]), row([0], [0]), row([7], [1]), row([0], [-1e300])];

export const textEdges: EdgeTable = {
  abstentionCurve: CURVES.map(
    ([confidences, right, steps]) =>
      () =>
        abstentionCurve(confidences, right, { steps }),
  ),
  abstentionThreshold: [0, 0.5, 1, 2, -1, NaN].flatMap((accuracy) => [
    () => abstentionThreshold({ points: [] }, accuracy),
    () => abstentionThreshold({ points: [{ threshold: 0.5, coverage: 1, accuracy: 0.7 }] }, accuracy),
  ]),
  krippendorffAlpha: [
    () => krippendorffAlpha([]),
    () => krippendorffAlpha([[0]]),
    () => krippendorffAlpha([[0, 0], [], [1]]),
    () => krippendorffAlpha([[0, 1]]),
    () => krippendorffAlpha(Array.from({ length: 3 }, () => [0, 0])),
    () => krippendorffAlpha(Array.from({ length: 3 }, () => [0, 1])),
    () =>
      krippendorffAlpha([
        [0, NaN],
        [1, 1],
      ]),
    () =>
      krippendorffAlpha([
        [0, 1e12],
        [1, Infinity],
      ]),
    () =>
      krippendorffAlpha([
        [0, 0],
        [1, 1],
      ]),
  ],
  labelShift: [
    () => labelShift([], [0.5, 0.5]),
    () => labelShift([[0.5, 0.5]], [0.5, 0.5]),
    () => labelShift([[1, 0]], [0.5, 0.5]),
    () => labelShift([[0, 1]], [1, 0]),
    () => labelShift([[0.5, 0.5]], [0, 1]),
    () => labelShift([[0.7, 0.7]], [0.5, 0.5]),
    () => labelShift([[NaN, 1]], [0.5, 0.5]),
    () => labelShift([[1]], [1]),
    () => labelShift([[0.5, 0.5]], [0.5, NaN]),
    () => labelShift([[0.5, 0.25, 0.25]], [0.5, 0.5]),
    () => labelShift([[1 - 1e-9, 1e-9]], [1 - 1e-9, 1e-9]),
  ],
  shiftedProbabilities: [
    () => shiftedProbabilities([0.5, 0.5], { from: [0.5, 0.5], to: [1, 0] }),
    () => shiftedProbabilities([0, 1], { from: [0.5, 0.5], to: [1, 0] }),
    () => shiftedProbabilities([0.5, 0.5], { from: [1, 0], to: [0.5, 0.5] }),
    () => shiftedProbabilities([], { from: [], to: [] }),
  ],
  readText: [...TEXTS, VERY_LONG].map((text) => () => readText(model(), text)),
  sparseMultinomial: FITS.map(
    ([input, options]) =>
      () =>
        sparseMultinomial(input, options),
  ),
  sparseProbabilities: ROWS.map((unit) => () => sparseProbabilities(weights, unit)),
  sparseRows: [
    () => sparseRows([], 0),
    () => sparseRows(ROWS, 8),
    () => sparseRows(ROWS, 1),
    () => sparseRows(ROWS, NaN),
    () => sparseRows(ROWS, -1),
    () => sparseRows([row([0], [NaN])], 1),
    () => sparseRows([row([0], [Infinity])], 1),
    () => sparseRows([row([0, 1], [1])], 2),
  ],
  sparseScores: ROWS.map((unit) => () => sparseScores(weights, unit)),
  temperatureScaling: SCORES.map(
    ([scores, outcomes]) =>
      () =>
        temperatureScaling(scores, outcomes),
  ),
  termRow: [...TEXTS, VERY_LONG].map((text) => () => termRow(table(), text)),
  termTable: [
    ...[0, 1, 2, 1e12, NaN, 1.5].map((textsMin) => () => termTable(TEXTS, { textsMin })),
    () => termTable([], { textsMin: 1 }),
    () => termTable([""], { textsMin: 1 }),
  ],
  textClassifier: CLASSIFIERS.map(
    ([input, options]) =>
      () =>
        textClassifier(input, options),
  ),
  textProbabilities: TEXTS.map((text) => () => textProbabilities(model(), text)),
  textTerms: TEXTS.map((text) => () => textTerms(text)),
  textWords: TEXTS.map((text) => () => textWords(text)),
  weighedTerms: TEXTS.map((text) => () => weighedTerms(table(), text)),
};

export const textArithmetic: Arithmetic = {};
