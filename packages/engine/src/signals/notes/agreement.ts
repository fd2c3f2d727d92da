import { krippendorffAlpha } from "@ratchet/stats";
import { latestAnswers, type Review, type ReviewAnswer } from "./review.ts";

/** A question about one text that two people or more answered. */
export interface SecondOpinion {
  readonly reviewId: number;
  readonly source: string;
  readonly messageId: string;
  readonly field: string;
  /** The latest of each person; "cannot tell" is an answer. */
  readonly answers: readonly ReviewAnswer[];
}

/** How far people agree on one question. */
export interface FieldAgreement {
  readonly field: string;
  /** Texts that two people or more answered it for. */
  readonly n: number;
  /** Of those, with one answer. */
  readonly agreed: number;
  /** Beyond chance. Below 0.667 labels are no ground to conclude from, from 0.8 on they are a good one (Krippendorff 2004, chapter 11). */
  readonly alpha: ReturnType<typeof krippendorffAlpha>;
  /** Where they differ, at most 20, the latest first. */
  readonly disagreements: readonly SecondOpinion[];
}

const EXAMPLES_MAX = 20;

/** How far people agree, question by question in order of their names. Reviews that one person read say nothing and are passed over. */
export function labelAgreement(reviews: readonly Review[]): readonly FieldAgreement[] {
  const opinions = reviews.flatMap(secondOpinionsOf);
  const fields = [...new Set(opinions.map(({ field }) => field))].toSorted();
  return fields.map((field) => {
    const own = opinions.filter((opinion) => opinion.field === field);
    const labels = [...new Set(own.flatMap(({ answers }) => answers.map(({ label }) => label)))].toSorted();
    const differing = own.filter(({ answers }) => new Set(answers.map(({ label }) => label)).size > 1);
    return {
      field,
      n: own.length,
      agreed: own.length - differing.length,
      alpha: krippendorffAlpha(own.map(({ answers }) => answers.map(({ label }) => labels.indexOf(label)))),
      disagreements: differing
        .toSorted((a, b) => lastAt(b) - lastAt(a) || b.reviewId - a.reviewId)
        .slice(0, EXAMPLES_MAX),
    };
  });
}

function secondOpinionsOf({ id, source, messageId, questions, answers }: Review): readonly SecondOpinion[] {
  const latest = latestAnswers(answers);
  return questions.flatMap(({ field }) => {
    const own = latest.filter((answer) => answer.field === field);
    return own.length < 2 ? [] : [{ reviewId: id, source, messageId, field, answers: own }];
  });
}

function lastAt({ answers }: SecondOpinion): number {
  return Math.max(...answers.map(({ at }) => at));
}
