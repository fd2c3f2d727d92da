import { hashToUnitInterval } from "../../digest.ts";
import type { ActorId, DecisionId, PersonRef, UnitId } from "../../ids.ts";
import type { Instant } from "../../time.ts";
import type { AbstentionReason, NoteGuess } from "./label-set.ts";
import type { LabellerKind } from "./label.ts";

/** Words that somebody wrote, kept apart from facts: only the state store has them, and an erasure reaches them. */
export interface KeptText {
  /** From 1, in order of arrival. */
  readonly seq: number;
  readonly source: string;
  readonly messageId: string;
  /** Of the signal: `note_written`, `replied`. */
  readonly type: string;
  readonly unitId: UnitId;
  readonly decisionId: DecisionId | null;
  readonly person: PersonRef | null;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
  /** Empty once it named somebody who was erased. */
  readonly text: string;
}

/** What a machine would have said. */
export interface Suggestion extends NoteGuess {
  readonly labeller: Exclude<LabellerKind, "person">;
  readonly version: string;
  /** What the provider itself said of its sureness, uncalibrated; null for our own model. */
  readonly stated: number | null;
}

/** Why a person is asked: a machine abstained, or a share of what it labelled is looked at all the same. */
export type ReviewReason = AbstentionReason | "audit";

/** One question of a review: a person answers with a label of its set, or that it cannot be told. */
export interface ReviewQuestion {
  readonly field: string;
  readonly reason: ReviewReason;
  /** The likeliest first; for the reader's eyes. */
  readonly suggestions: readonly Suggestion[];
}

/** A text that people should read. */
export interface ReviewDraft {
  readonly source: string;
  readonly messageId: string;
  readonly questions: readonly ReviewQuestion[];
  /** How much an answer would teach, ≥ 0: the larger, the sooner. */
  readonly worth: number;
  /** How many people are asked, each without seeing the others' answers. */
  readonly opinionsWanted: number;
  readonly askedAt: Instant;
}

/** One person's answer to one question. The latest of a person counts. */
export interface ReviewAnswer {
  readonly field: string;
  /** A label of the question's set, or `CANNOT_TELL`. */
  readonly label: string;
  readonly by: ActorId;
  readonly at: Instant;
}

/** A review with what became of it. */
export interface Review extends ReviewDraft {
  /** From 1, in order of asking. */
  readonly id: number;
  readonly text: KeptText;
  /** In order of time. */
  readonly answers: readonly ReviewAnswer[];
}

/** Share of reviews that two people read. */
const SECOND_OPINION_SHARE = 0.1;
/** Share of confident labels that a person reads all the same: without them nobody would know how good those are. */
const AUDIT_SHARE = 0.02;

/** How many people read a text: a hash decides, so that nobody can pick which. */
export function opinionsWanted({ source, messageId }: Pick<KeptText, "source" | "messageId">): 1 | 2 {
  return hashToUnitInterval(["second-opinion", source, messageId]) < SECOND_OPINION_SHARE ? 2 : 1;
}

/** Whether a person reads a text that was labelled with confidence. */
export function isAudited({ source, messageId }: Pick<KeptText, "source" | "messageId">): boolean {
  return hashToUnitInterval(["audit", source, messageId]) < AUDIT_SHARE;
}

/** People who answered every question of a review. */
export function readersOf({ questions, answers }: Pick<Review, "questions" | "answers">): readonly ActorId[] {
  const people = [...new Set(answers.map(({ by }) => by))];
  return people.filter((by) =>
    questions.every(({ field }) => answers.some((answer) => answer.by === by && answer.field === field)),
  );
}

/** Whether nobody else need read it. */
export function isAnswered(review: Pick<Review, "questions" | "answers" | "opinionsWanted">): boolean {
  return readersOf(review).length >= review.opinionsWanted;
}

/** Each person's latest answer to each question. */
export function latestAnswers(answers: readonly ReviewAnswer[]): readonly ReviewAnswer[] {
  const latest = new Map(answers.map((answer) => [`${answer.field} ${answer.by}`, answer]));
  return [...latest.values()];
}
