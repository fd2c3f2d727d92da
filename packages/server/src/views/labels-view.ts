import {
  isoOf,
  STARTING_LABEL_SETS,
  type AnswersScore,
  type FieldAgreement,
  type KeptNoteModel,
  type LearnedSet,
  type Review,
  type TrainingReport,
} from "@ratchet/engine";
import type { AgreementView, LabelsStatusView, ReviewView, TrainingView } from "@ratchet/protocol";

type QuestionStatus = NonNullable<LabelsStatusView["model"]>["questions"][number];

export function reviewView({ id, text, questions, askedAt, answers, ...review }: Review): ReviewView {
  return {
    review_id: String(id),
    source: text.source,
    message_id: text.messageId,
    type: text.type,
    unit_id: text.unitId,
    occurred_at: isoOf(text.occurredAt),
    asked_at: isoOf(askedAt),
    text: text.text,
    questions: questions.map(({ field, reason, suggestions }) => ({
      field,
      labels: labelsOf(field),
      reason,
      // What a provider says of itself would only lead the reader.
      suggestions: suggestions.map(({ label, confidence, span, labeller, version }) => ({
        label,
        confidence,
        span,
        labeller,
        version,
      })),
    })),
    opinions_wanted: review.opinionsWanted,
    opinions: new Set(answers.map(({ by }) => by)).size,
  };
}

/** The closed set of a question; empty for one that there is not. */
export function labelsOf(field: string): readonly string[] {
  return STARTING_LABEL_SETS.find(({ name }) => name === field)?.labels ?? [];
}

export function trainingView({ version, trainedOn, at }: KeptNoteModel, report: TrainingReport): TrainingView {
  const { answers, taken, why, heldOut, before } = report;
  return {
    version,
    trained_on: trainedOn,
    at: isoOf(at),
    answers,
    taken,
    why,
    held_out: scoreView(heldOut),
    before: scoreView(before),
  };
}

export function questionStatus(part: LearnedSet): QuestionStatus {
  const about = { field: part.set.name, labels: part.set.labels.length };
  if (part.kind === "untrained")
    return { ...about, threshold: null, held_out: null, answers_share: null, answers_right: null };
  const { n, accuracy, calibrationError, abstention } = part.heldOut;
  const at = abstention.find(({ threshold }) => threshold >= part.threshold);
  return {
    ...about,
    threshold: Math.min(1, part.threshold),
    held_out: { n, accuracy, calibration_error: calibrationError, calibration_limit: null },
    answers_share: at?.coverage ?? null,
    answers_right: at?.accuracy ?? null,
  };
}

export function agreementView({ field, n, agreed, alpha, disagreements }: FieldAgreement): AgreementView {
  return {
    field,
    n,
    agreed,
    alpha: alpha.kind === "refused" ? null : { estimate: alpha.alpha, lower: alpha.lower, upper: alpha.upper },
    why: alpha.kind === "refused" ? alpha.message : null,
    disagreements: disagreements.map(({ reviewId, source, messageId, answers }) => ({
      review_id: String(reviewId),
      source,
      message_id: messageId,
      answers: answers.map(({ by, label, at }) => ({ by, label, at: isoOf(at) })),
    })),
  };
}

function scoreView(score: AnswersScore | null): TrainingView["held_out"] {
  if (score === null) return null;
  const { n, accuracy, calibrationError, calibrationLimit } = score;
  return { n, accuracy, calibration_error: calibrationError, calibration_limit: calibrationLimit };
}
