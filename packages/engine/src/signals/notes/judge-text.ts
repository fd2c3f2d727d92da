import { probability } from "@ratchet/stats";
import type { Instant } from "../../time.ts";
import type { NoteGuess, NoteReading } from "./label-set.ts";
import { CANNOT_TELL, type Label } from "./label.ts";
import {
  isAudited,
  opinionsWanted,
  type KeptText,
  type ReviewDraft,
  type ReviewQuestion,
  type Suggestion,
} from "./review.ts";

/** What one machine made of a text: one reading a label set. */
export interface MachineReading {
  readonly labeller: Suggestion["labeller"];
  readonly version: string;
  readonly readings: readonly NoteReading[];
  /**
   * How sure a provider may be, by the team's answers: of what it says of itself, the share that was right. Null of the whole: too few
   * answers yet, and what it says are suggestions. Absent: the confidence is calibrated already.
   */
  readonly calibrate?: ((stated: number) => number) | null;
}

/** A text to judge. */
export interface TextToJudge {
  readonly text: KeptText;
  /** The one whose label counts for less last. */
  readonly machines: readonly MachineReading[];
  /** It was judged before, by another model: a label that no longer holds must be taken back. */
  readonly isAgain: boolean;
  readonly at: Instant;
}

/** Labels for the facts, and what people should be asked; null where nothing is left to ask. */
export interface TextJudgement {
  readonly labels: readonly Label[];
  readonly review: ReviewDraft | null;
}

/** Calibrated confidence from which on a provider's label counts: the accuracy that our own model's labels must have. */
export const PROVIDER_CONFIDENCE_MIN = 0.85;

/**
 * Decides what becomes of a text: every question that a machine answers with enough confidence gets its label; one that none answers is put
 * to people, and so is a small share of those that were answered.
 */
export function judgeText({ text, machines, isAgain, at }: TextToJudge): TextJudgement {
  const fields = [...new Set(machines.flatMap(({ readings }) => readings.map(({ set }) => set)))];
  const judged = fields.map((field) => judgeField(field, machines));
  const { source, messageId, unitId, decisionId, occurredAt } = text;
  const about = { source, messageId, unitId, decisionId, nth: 0, labelledAt: at, occurredAt };
  const labels = judged.flatMap(({ field, given, silent }): readonly Label[] => [
    ...given.map(({ label, confidence, span, labeller, version }) => ({
      ...about,
      field,
      label,
      confidence,
      span,
      labeller,
      version,
    })),
    ...(isAgain ? silent : []).map((who) => ({
      ...about,
      field,
      ...who,
      label: CANNOT_TELL,
      confidence: null,
      span: null,
    })),
  ]);
  const audit = isAudited(text);
  const questions = judged.flatMap(({ question, given }): readonly ReviewQuestion[] => {
    if (given.length === 0) return [question];
    return audit ? [{ ...question, reason: "audit" }] : [];
  });
  const worth = questions.reduce((sum, { suggestions }) => sum + 1 - (suggestions[0]?.confidence ?? 0), 0);
  const review = { source, messageId, questions, worth, opinionsWanted: opinionsWanted(text), askedAt: at };
  return { labels, review: questions.length === 0 ? null : review };
}

interface FieldJudgement {
  readonly field: string;
  readonly given: readonly Suggestion[];
  /** Machines that abstained. */
  readonly silent: readonly Pick<Suggestion, "labeller" | "version">[];
  readonly question: ReviewQuestion;
}

function judgeField(field: string, machines: readonly MachineReading[]): FieldJudgement {
  const heard = machines.flatMap((machine) => {
    const reading = machine.readings.find(({ set }) => set === field);
    return reading === undefined ? [] : [{ machine, reading, suggestion: suggestionOf(machine, reading) }];
  });
  const given = heard.flatMap(({ machine, reading, suggestion }) =>
    suggestion !== null && isGiven(machine, reading, suggestion) ? [suggestion] : [],
  );
  const suggestions = heard
    .flatMap(({ suggestion }) => (suggestion === null ? [] : [suggestion]))
    .toSorted((a, b) => b.confidence - a.confidence);
  const [abstained] = heard.flatMap(({ machine, reading }) =>
    machine.labeller === "model" && reading.kind === "abstained" ? [reading.reason] : [],
  );
  return {
    field,
    given,
    silent: heard
      .filter(({ suggestion }) => !given.some((one) => one === suggestion))
      .map(({ machine: { labeller, version } }) => ({ labeller, version })),
    question: { field, reason: abstained ?? "unsure", suggestions },
  };
}

function isGiven({ calibrate }: MachineReading, reading: NoteReading, { confidence }: Suggestion): boolean {
  if (calibrate === null) return false;
  return calibrate === undefined ? reading.kind === "labelled" : confidence >= PROVIDER_CONFIDENCE_MIN;
}

/** Null where the machine said nothing at all. */
function suggestionOf({ labeller, version, calibrate }: MachineReading, reading: NoteReading): Suggestion | null {
  const guess: NoteGuess | null =
    reading.kind === "labelled"
      ? { label: reading.label, confidence: reading.confidence, span: reading.span }
      : reading.guess;
  if (guess === null) return null;
  if (calibrate === undefined) return { ...guess, labeller, version, stated: null };
  const stated = guess.confidence;
  // Of a provider that nobody has checked yet, nothing is known.
  const confidence = calibrate === null ? 0.5 : Math.min(1, Math.max(0, calibrate(stated)));
  return { ...guess, confidence: probability(confidence), labeller, version, stated };
}
