import {
  abstentionThreshold,
  err,
  ok,
  probability,
  readText,
  textClassifier,
  type FitRefusal,
  type HeldOutScore,
  type Refused,
  type Result,
  type TextClassifier,
  type TextModel,
} from "@ratchet/stats";
import {
  labelSetFaults,
  type LabelledNote,
  type LabelSet,
  type NoteGuess,
  type NoteReading,
  type TextLabeller,
} from "./label-set.ts";

/** What was learned of one label set, or why nothing could be. */
export type LearnedSet =
  | {
      readonly kind: "learned";
      readonly set: LabelSet;
      readonly model: TextModel;
      /** Confidence below which the model abstains. */
      readonly threshold: number;
      /** How it did on notes left out: show it beside every label. */
      readonly heldOut: HeldOutScore;
    }
  | { readonly kind: "untrained"; readonly set: LabelSet; readonly refusal: Refused<FitRefusal> };

/** One classifier for each label set. */
export interface NoteModel {
  readonly learned: readonly LearnedSet[];
}

/** All optional. */
export interface NoteModelOptions {
  /** Share of its labels that should be right; sets the threshold from what was left out. Default 0.85. */
  readonly accuracyWanted?: number;
  /** Confidence below which no label is given, however well the held-out notes went; default 0.5. */
  readonly confidenceMin?: number;
  readonly seed?: number;
}

const DEFAULTS = { accuracyWanted: 0.85, confidenceMin: 0.5, seed: 1 } as const;
/** Share of a text's words that the model must have seen; the rest may be names, numbers and the like. */
const KNOWN_MIN = 1 / 3;
const NOTES_MAX = 200_000;
const FAULTS_MAX = 20;

/**
 * Learns to label notes from labelled ones. Deterministic: the same notes in the same order give the same bytes.
 *
 * @returns the faults, at most 20, where a label is not in its set; a set that cannot be learned yet is `untrained`, with the reason.
 */
export function trainNoteModel(
  { sets, notes }: { readonly sets: readonly LabelSet[]; readonly notes: readonly LabelledNote[] },
  options: NoteModelOptions = {},
): Result<NoteModel, readonly string[]> {
  const settings = { ...DEFAULTS, ...options };
  const faults = [...labelSetFaults(sets), ...optionFaults(settings), ...noteFaults(sets, notes)];
  if (faults.length > 0) return err(faults.slice(0, FAULTS_MAX));
  return ok({
    learned: sets.map((set) => {
      const own = notes.filter((note) => note.set === set.name);
      const answer = textClassifier(
        {
          texts: own.map(({ text }) => text),
          labels: own.map(({ label }) => set.labels.indexOf(label)),
          classes: set.labels.length,
        },
        { seed: settings.seed },
      );
      return answer.kind === "refused" ? { kind: "untrained", set, refusal: answer } : learnedOf(set, answer, settings);
    }),
  });
}

/** Reads a text for every label set, in order: a label of the set, or an abstention. */
export function readNote({ learned }: NoteModel, text: string): readonly NoteReading[] {
  return learned.map((part): NoteReading => {
    const { name, labels } = part.set;
    if (part.kind === "untrained") return { kind: "abstained", set: name, reason: "untrained", guess: null };
    const { label, confidence, span, known } = readText(part.model, text);
    const named = labels[label];
    if (named === undefined) throw new Error(`the model of ${name} answers outside its ${labels.length} labels`);
    const guess: NoteGuess = { label: named, confidence: probability(confidence), span };
    if (known < KNOWN_MIN) return { kind: "abstained", set: name, reason: "unfamiliar", guess };
    return confidence >= part.threshold
      ? { kind: "labelled", set: name, ...guess }
      : { kind: "abstained", set: name, reason: "unsure", guess };
  });
}

/** A model as a labeller; `version` is its document's digest. */
export function modelLabeller(model: NoteModel, version: string): TextLabeller {
  return {
    name: "model",
    version,
    sets: model.learned.map(({ set }) => set),
    label: (text) => Promise.resolve(readNote(model, text)),
  };
}

function learnedOf(
  set: LabelSet,
  { model, heldOut }: TextClassifier,
  { accuracyWanted, confidenceMin }: Required<NoteModelOptions>,
): LearnedSet {
  const { abstention } = heldOut;
  const wanted = abstentionThreshold({ points: abstention }, accuracyWanted);
  // Good enough without abstaining: then the least confidence seen says nothing against a lower one. Never good enough: then the model
  // only guesses, as 1 is what a sum of exponentials reaches for texts beyond doubt alone.
  const needed = wanted === abstention[0]?.threshold ? 0 : (wanted ?? 1);
  return { kind: "learned", set, model, threshold: Math.max(confidenceMin, needed), heldOut };
}

function optionFaults({ accuracyWanted, confidenceMin, seed }: Required<NoteModelOptions>): readonly string[] {
  const share = (x: number): boolean => x >= 0 && x <= 1;
  return [
    ...(share(accuracyWanted) ? [] : [`accuracyWanted must be in [0, 1], got ${accuracyWanted}`]),
    ...(share(confidenceMin) ? [] : [`confidenceMin must be in [0, 1], got ${confidenceMin}`]),
    ...(Number.isSafeInteger(seed) ? [] : [`a seed must be an integer, got ${seed}`]),
  ];
}

function noteFaults(sets: readonly LabelSet[], notes: readonly LabelledNote[]): readonly string[] {
  if (notes.length > NOTES_MAX) return [`${notes.length} notes are more than ${NOTES_MAX}: learn from the latest`];
  const labels = new Map(sets.map((set) => [set.name, new Set(set.labels)]));
  return notes.flatMap(({ set, label }, i) => {
    const known = labels.get(set);
    if (known === undefined) return [`note ${i + 1} is for the label set "${set}", which there is not`];
    return known.has(label) ? [] : [`note ${i + 1}: "${label}" is no label of ${set}`];
  });
}
