import { softmax, sparseScores } from "./sparse-multinomial.ts";
import { surest, type TextModel } from "./text-classifier.ts";
import { rowOfTerms, weighedTerms, type WeighedTerm } from "./term-table.ts";
import { textWords, type TextWord } from "./text-terms.ts";

/** A place in a text: `start` included, `end` not, in UTF-16 units as `slice` takes them. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A place and what its terms add to the log-odds of the label against the next best. */
export interface TextEvidence extends TextSpan {
  readonly logOdds: number;
}

/** What a model makes of a text. */
export interface TextReading {
  /** The most probable label. */
  readonly label: number;
  readonly confidence: number;
  /** One a label; they sum to 1. */
  readonly probabilities: Float64Array;
  /** Share of the text's words that the model has seen: 0 when it answers without having read anything. */
  readonly known: number;
  /** The run of words that speaks most for the label; null where nothing does. */
  readonly span: TextSpan | null;
  /** The places that speak most for it, strongest first; at most `EVIDENCE_MAX`, all above 0. */
  readonly evidence: readonly TextEvidence[];
}

const EVIDENCE_MAX = 5;

/**
 * Reads a text with a model: the label, how sure it is, and which words say so.
 *
 * The model is linear, so what each term adds is exact: its value times the difference of its coefficients between the label and the
 * runner-up, over the temperature. Terms share it among the words they cover; the span is the run of words with the largest sum.
 *
 * @part textClassifier
 * @see Bentley (1984), "Programming pearls: algorithm design techniques", for the largest sum.
 * @example
 * const texts = ["no budget", "budget is gone", "no budget left", "call on friday", "call me", "please call"];
 * const { model } = textClassifier({ texts, labels: [0, 0, 0, 1, 1, 1], classes: 2 }, { folds: 3 });
 * readText(model, "sorry, please call").span // => { start: 7, end: 18 }
 */
export function readText(model: TextModel, text: string): TextReading {
  const terms = weighedTerms({ kind: "estimate", ...model.table }, text);
  const probabilities = softmax(sparseScores(model, rowOfTerms(terms)), model.temperature);
  const { label, confidence } = surest(probabilities);
  const rest = probabilities.map((p, c) => (c === label ? -1 : p));
  const spoken = contributions(model, terms, { label, against: surest(rest).label });
  const words = textWords(text);
  return {
    label,
    confidence,
    probabilities,
    known: knownShare(words, terms),
    span: strongestRun(words, spoken),
    evidence: strongestPlaces(spoken),
  };
}

function contributions(
  { coefficients, classes, temperature }: TextModel,
  terms: readonly WeighedTerm[],
  { label, against }: { readonly label: number; readonly against: number },
): readonly TextEvidence[] {
  return terms.map(({ term, column, value }) => {
    const difference = (coefficients[column * classes + label] ?? 0) - (coefficients[column * classes + against] ?? 0);
    return { start: term.start, end: term.end, logOdds: (value * difference) / temperature };
  });
}

function knownShare(words: readonly TextWord[], terms: readonly WeighedTerm[]): number {
  const known = new Set(terms.flatMap(({ term }) => (term.block === "word" ? [term.start] : [])));
  return words.length === 0 ? 0 : words.filter(({ start }) => known.has(start)).length / words.length;
}

function strongestPlaces(spoken: readonly TextEvidence[]): readonly TextEvidence[] {
  const places = new Map<string, TextEvidence>();
  for (const { start, end, logOdds } of spoken) {
    const key = `${start} ${end}`;
    places.set(key, { start, end, logOdds: logOdds + (places.get(key)?.logOdds ?? 0) });
  }
  return [...places.values()]
    .filter(({ logOdds }) => logOdds > 0)
    .sort((a, b) => b.logOdds - a.logOdds || a.start - b.start)
    .slice(0, EVIDENCE_MAX);
}

function strongestRun(words: readonly TextWord[], spoken: readonly TextEvidence[]): TextSpan | null {
  const places = new Map(words.map(({ start }, k) => [start, k]));
  const sums = new Float64Array(words.length);
  for (const { start, end, logOdds } of spoken) {
    const first = places.get(start) ?? 0;
    let last = first;
    while (last + 1 < words.length && (words[last + 1]?.start ?? end) < end) last++;
    for (let k = first; k <= last; k++) sums[k] = (sums[k] ?? 0) + logOdds / (last - first + 1);
  }
  let best = { from: 0, to: -1, sum: 0 };
  let [from, sum] = [0, 0];
  sums.forEach((part, k) => {
    if (sum <= 0) [from, sum] = [k, 0];
    sum += part;
    if (sum > best.sum) best = { from, to: k, sum };
  });
  const [first, last] = [words[best.from], words[best.to]];
  return first === undefined || last === undefined ? null : { start: first.start, end: last.end };
}
