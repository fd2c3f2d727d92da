import { reliability } from "../prediction/reliability.ts";
import { refuse, type Refused } from "../refused.ts";
import { abstentionCurve, type AbstentionPoint } from "./abstention-curve.ts";
import { heldOutFolds, TOLERANCE, type FitRefusal } from "./held-out-folds.ts";
import { sparseMultinomial, sparseScores, softmax, type SparseWeights } from "./sparse-multinomial.ts";
import { sparseRows } from "./sparse-rows.ts";
import { termRow, termTable, type TermTable } from "./term-table.ts";

/** Texts with one of several labels, numbered 0, 1, … below `classes`. */
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly number[];
  readonly classes: number;
}

/** All optional. */
export interface TextClassifierOptions {
  /** Ridge penalties to choose from by held-out log loss, in rising or falling order; default 0.1, 0.3, 1 and 3. */
  readonly penalties?: readonly number[];
  /** Parts the texts are dealt into to calibrate on what was left out; 2 to 20, default 5. */
  readonly folds?: number;
  /** Texts that must have a term for it to count; default 2. */
  readonly textsMin?: number;
  readonly seed?: number;
}

/** What a classifier needs to read a text. Plain typed arrays: they go into a file as they are. */
export interface TextModel extends SparseWeights {
  readonly table: Pick<TermTable, "hashes" | "rarity">;
  readonly intercepts: Float32Array;
  /** `coefficients[column·classes + label]`. */
  readonly coefficients: Float32Array;
  readonly temperature: number;
  /** How often each label came among the texts learned from: what `labelShift` compares with. */
  readonly shares: readonly number[];
}

/** How the classifier did on texts that were left out when it learned: each text once, by the model of the other folds. */
export interface HeldOutScore {
  readonly n: number;
  readonly accuracy: number;
  /** Expected calibration error of the confidence, at 15 bins of equal mass. */
  readonly calibrationError: number;
  /** From answering everything to answering the surest tenth. */
  readonly abstention: readonly AbstentionPoint[];
}

export interface TextClassifier {
  readonly kind: "estimate";
  /** The one chosen. */
  readonly penalty: number;
  readonly model: TextModel;
  readonly heldOut: HeldOutScore;
}

const DEFAULTS = { penalties: [0.1, 0.3, 1, 3], folds: 5, textsMin: 2, seed: 1 } as const;
const BINS = 15;
const STEPS = 10;

/**
 * A classifier of texts that knows how sure it may be: multinomial regression on n-grams of words and letters, with a temperature
 * fitted on held-out folds.
 *
 * @returns `one-class` unless two labels are seen, in every part that is learned from; `too-few` with fewer texts than folds or no term
 * in common; `no-signal` where held-out texts are told no better than without reading them; `invalid-input` for unequal lengths, a
 * label that is no index or an option out of range.
 * @formula p(label) ∝ exp((a + Σ value(term)·b(term))/T);  a, b as `sparseMultinomial`, values as `termTable`, T as `temperatureScaling`
 * @assumes texts are independent, and later ones are like these; terms add up
 * @see Wang & Manning (2012), "Baselines and bigrams: simple, good sentiment and topic classification"; Guo, Pleiss, Sun & Weinberger
 * (2017), "On calibration of modern neural networks", section 4.2
 * @example
 * const texts = ["no budget", "budget is gone", "no budget left", "call on friday", "call me", "please call"];
 * const { model } = textClassifier({ texts, labels: [0, 0, 0, 1, 1, 1], classes: 2 }, { folds: 3 });
 * readText(model, "budget frozen").label // => 0
 */
export function textClassifier(
  { texts, labels, classes }: LabelledTexts,
  options: TextClassifierOptions = {},
): TextClassifier | Refused<FitRefusal> {
  const settings = { ...DEFAULTS, ...options };
  const fault = inputFault({ texts, labels, classes }, settings);
  if (fault !== null) return fault;
  const table = termTable(texts, settings);
  if (table.kind === "refused") return table;
  const rows = sparseRows(
    texts.map((text) => termRow(table, text)),
    table.hashes.length,
  );
  if (rows === null) throw new Error("rows of a table fit the table");
  const problem = { rows, outcomes: labels, classes };
  const heldOut = heldOutFolds(problem, settings);
  if (heldOut.kind === "refused") return heldOut;
  const { penalty, temperature, scores } = heldOut;
  const fit = sparseMultinomial(problem, { penalty, seed: settings.seed, tolerance: TOLERANCE });
  if (fit.kind === "refused") return fit;
  const model = {
    table: { hashes: table.hashes, rarity: table.rarity },
    classes,
    intercepts: Float32Array.from(fit.intercepts),
    coefficients: Float32Array.from(fit.coefficients),
    temperature,
    shares: Array.from({ length: classes }, (_, c) => labels.filter((label) => label === c).length / labels.length),
  };
  return { kind: "estimate", model, penalty, heldOut: heldOutScore(scores, labels, temperature) };
}

/**
 * P(each label) of a text under a model, calibrated; they sum to 1.
 *
 * @part textClassifier
 * @example
 * const texts = ["no budget", "budget is gone", "no budget left", "call on friday", "call me", "please call"];
 * const { model } = textClassifier({ texts, labels: [0, 0, 0, 1, 1, 1], classes: 2 }, { folds: 3 });
 * textProbabilities(model, "").length // => 2
 */
export function textProbabilities(model: TextModel, text: string): Float64Array {
  return softmax(sparseScores(model, termRow({ kind: "estimate", ...model.table }, text)), model.temperature);
}

function heldOutScore(scores: readonly Float64Array[], labels: readonly number[], temperature: number): HeldOutScore {
  const answers = scores.map((score) => surest(softmax(score, temperature)));
  const confidences = answers.map(({ confidence }) => confidence);
  const right = answers.map(({ label }, i) => Number(label === labels[i]));
  const calibration = reliability(confidences, right, { bins: BINS, by: "equal-mass" });
  const curve = abstentionCurve(confidences, right, { steps: STEPS });
  if (calibration.kind === "refused" || curve.kind === "refused") throw new Error("held-out answers are forecasts");
  return {
    n: labels.length,
    accuracy: right.reduce((sum, r) => sum + r, 0) / labels.length,
    calibrationError: calibration.expectedError,
    abstention: curve.points,
  };
}

/** The most probable label; the first of equals. */
export function surest(probabilities: Float64Array): { readonly label: number; readonly confidence: number } {
  let label = 0;
  for (let c = 1; c < probabilities.length; c++) if ((probabilities[c] ?? 0) > (probabilities[label] ?? 0)) label = c;
  return { label, confidence: Math.min(1, probabilities[label] ?? 0) };
}

function inputFault(
  { texts, labels, classes }: LabelledTexts,
  { folds, seed, penalties }: Required<TextClassifierOptions>,
): Refused<"invalid-input" | "too-few"> | null {
  if (texts.length !== labels.length) return refuse("invalid-input", "texts and labels must be equally many");
  if (!Number.isSafeInteger(classes) || classes < 2 || classes > 1000)
    return refuse("invalid-input", `classes must be a count from 2 to 1000, got ${classes}`);
  if (!labels.every((label) => Number.isSafeInteger(label) && label >= 0 && label < classes))
    return refuse("invalid-input", `labels must be indices from 0, below ${classes}`);
  if (!Number.isSafeInteger(folds) || folds < 2 || folds > 20)
    return refuse("invalid-input", `folds must be 2 to 20, got ${folds}`);
  if (!Number.isSafeInteger(seed)) return refuse("invalid-input", `a seed must be an integer, got ${seed}`);
  if (penalties.length === 0 || !penalties.every((penalty) => penalty > 0 && penalty < Infinity))
    return refuse("invalid-input", `penalties must be one or more numbers above 0, got ${penalties.join(", ")}`);
  return texts.length >= folds ? null : refuse("too-few", `${texts.length} texts cannot be dealt into ${folds} folds`);
}
