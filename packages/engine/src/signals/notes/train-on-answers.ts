import { err, mersenneRng, ok, reliability, type Result } from "@ratchet/stats";
import { digestOf, hashToUnitInterval, type Digest } from "../../digest.ts";
import type { LabelledNote, LabelSet } from "./label-set.ts";
import { CANNOT_TELL } from "./label.ts";
import { readNote, trainNoteModel, type NoteModel } from "./note-model.ts";
import { latestAnswers, type Review } from "./review.ts";

/** What a team's answers teach, with the text that each belongs to. */
export interface TaughtNote extends LabelledNote {
  readonly source: string;
  readonly messageId: string;
}

/** How a model did on answers that it had not seen. */
export interface AnswersScore {
  readonly n: number;
  readonly accuracy: number;
  /** Expected calibration error of its confidence, by bins of equal mass. */
  readonly calibrationError: number;
  /** What a calibrated model would stay below on so many answers, 95 times in 100; at least 0.05. */
  readonly calibrationLimit: number;
}

/** What became of a training. */
export interface TrainingReport {
  /** Answers of the team that it learned from, beside the starting set. */
  readonly answers: number;
  readonly heldOut: AnswersScore | null;
  /** On the same answers, by the model in use, which may have seen some of them; null where there was none. */
  readonly before: AnswersScore | null;
  readonly taken: boolean;
  /** Why it was taken into use, or why the one before stays, in a sentence. */
  readonly why: string;
}

/** A trained model, with its report and the digest of what it learned from. */
export interface TrainedOnAnswers {
  readonly model: NoteModel;
  readonly trainedOn: Digest;
  readonly report: TrainingReport;
}

/** What to learn from. */
export interface TrainingTask {
  readonly sets: readonly LabelSet[];
  readonly starting: readonly LabelledNote[];
  /** The latest first. */
  readonly taught: readonly TaughtNote[];
  /** Which answers are held out depends on it: another share in each training, so that each comes to teach. */
  readonly round: number;
}

/** Answers held out below which nobody can say whether a model is calibrated. */
const HELD_OUT_MIN = 40;
const HELD_OUT_SHARE = 0.25;
const TAUGHT_MAX = 5_000;
const CALIBRATION_WANTED = 0.05;
const BINS_MAX = 15;
const PER_BIN = 10;
const DRAWS = 400;

/**
 * The labels that a team gave, for learning: a question that people answered differently teaches nothing, nor does "cannot tell", nor a
 * text that is gone.
 */
export function taughtNotes(reviews: readonly Review[]): readonly TaughtNote[] {
  return reviews.flatMap(({ text, questions, answers, source, messageId }) => {
    if (text.text === "") return [];
    const latest = latestAnswers(answers);
    return questions.flatMap(({ field }) => {
      const labels = [...new Set(latest.filter((one) => one.field === field).map(({ label }) => label))];
      const [label] = labels;
      return label === undefined || labels.length > 1 || label === CANNOT_TELL
        ? []
        : [{ source, messageId, text: text.text, set: field, label }];
    });
  });
}

/**
 * Trains on the starting set and the team's answers, but for a share of the texts that are held out to find out whether the model's
 * confidence can be believed. Deterministic: the same answers in the same round give the same bytes.
 *
 * @param inUse - the model that stays where the new one is not taken.
 * @returns the faults of `trainNoteModel` where an answer is not in its set.
 */
export function trainOnAnswers(
  { sets, starting, taught, round }: TrainingTask,
  inUse: NoteModel | null,
): Result<TrainedOnAnswers, readonly string[]> {
  const latest = taught.slice(0, TAUGHT_MAX);
  const isHeldOut = ({ source, messageId }: TaughtNote): boolean =>
    hashToUnitInterval(["held-out", String(round), source, messageId]) < HELD_OUT_SHARE;
  const heldOut = latest.filter(isHeldOut);
  const learned = latest.filter((note) => !isHeldOut(note)).map(({ text, set, label }) => ({ text, set, label }));
  const notes = [...starting, ...learned];
  const trained = trainNoteModel({ sets, notes });
  if (trained.kind === "err") return err(trained.error);
  const score = scoreOf(trained.value, heldOut);
  const before = inUse === null ? null : scoreOf(inUse, heldOut);
  const taken = score !== null && score.n >= HELD_OUT_MIN && score.calibrationError <= score.calibrationLimit;
  return ok({
    model: trained.value,
    trainedOn: digestOf({ sets, notes }),
    report: { answers: learned.length, heldOut: score, before, taken, why: reasonFor(score, taken) },
  });
}

function reasonFor(score: AnswersScore | null, taken: boolean): string {
  if (score === null || score.n < HELD_OUT_MIN)
    return `${score?.n ?? 0} answers were held out; ${HELD_OUT_MIN} are needed to say whether its confidence can be believed`;
  const error = `calibration error ${score.calibrationError.toFixed(3)} on ${score.n} answers held out`;
  return taken
    ? `${error}, within the ${score.calibrationLimit.toFixed(3)} that a calibrated model would show`
    : `${error}, above the ${score.calibrationLimit.toFixed(3)} that a calibrated model would show: its confidence cannot be believed`;
}

/** Null without a held-out answer that the model has an opinion on. */
function scoreOf(model: NoteModel, notes: readonly TaughtNote[]): AnswersScore | null {
  const judged = notes.flatMap(({ text, set, label }) => {
    const reading = readNote(model, text).find((one) => one.set === set);
    const guess = reading?.kind === "labelled" ? reading : (reading?.guess ?? null);
    return guess === null ? [] : [{ confidence: Number(guess.confidence), right: guess.label === label ? 1 : 0 }];
  });
  if (judged.length === 0) return null;
  const confidences = judged.map(({ confidence }) => confidence);
  const right = judged.map((one) => one.right);
  return {
    n: judged.length,
    accuracy: right.reduce<number>((sum, r) => sum + r, 0) / right.length,
    calibrationError: errorOf(confidences, right),
    calibrationLimit: calibrationLimit(confidences),
  };
}

/**
 * The 95 % quantile of the calibration error of a model whose confidences are true, by drawing what would be right from them: binned errors
 * are never 0, and the fewer the answers, the larger.
 *
 * @see Bröcker & Smith (2007), "Increasing the reliability of reliability diagrams": consistency resampling.
 */
function calibrationLimit(confidences: readonly number[]): number {
  const rng = mersenneRng(1);
  const errors = Array.from({ length: DRAWS }, () =>
    errorOf(
      confidences,
      confidences.map((p) => (rng.next() < p ? 1 : 0)),
    ),
  ).toSorted((a, b) => a - b);
  return Math.max(CALIBRATION_WANTED, errors[Math.ceil(0.95 * DRAWS) - 1] ?? 0);
}

function errorOf(confidences: readonly number[], right: readonly number[]): number {
  const bins = Math.max(1, Math.min(BINS_MAX, Math.floor(confidences.length / PER_BIN)));
  const found = reliability(confidences, right, { bins, by: "equal-mass" });
  if (found.kind === "refused") throw new Error(found.message);
  return found.expectedError;
}
