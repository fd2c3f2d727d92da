import type { UnitId } from "../ids.ts";
import type { KeptText, Review, ReviewAnswer, ReviewDraft } from "../signals/notes/review.ts";
import type { Instant } from "../time.ts";

/** Which reviews to list: those that still wait. */
export interface ReviewQuery {
  /** `oldest` first, or `worth`: those that would teach most, then the oldest. */
  readonly order: "oldest" | "worth";
  /** Leave out what this person has answered in full. */
  readonly notAnsweredBy?: string;
  readonly limit: number;
}

/** How long the queue is. */
export interface ReviewCounts {
  readonly waiting: number;
  /** When the longest waiting one was asked; null where none waits. */
  readonly oldestAt: Instant | null;
  /** Reviews that somebody has answered. */
  readonly answered: number;
}

/** A model of notes that was trained, and whether it was taken into use. The newest that was taken is the one in use. */
export interface KeptNoteModel {
  /** Digest of the model's document. */
  readonly version: string;
  /** Digest of what it was trained on. */
  readonly trainedOn: string;
  readonly taken: boolean;
  /** What was found on answers left out, as a JSON document; says why it was not taken, where it was not. */
  readonly report: string;
  readonly at: Instant;
}

/**
 * Texts and what people make of them: the only tables that hold the words of a note or a reply.
 *
 * A text arrives with the acknowledgement of its signal (`InboxItem.text`), in its transaction.
 */
export interface NotesStore {
  /** In order of arrival. */
  texts(query: { readonly afterSeq: number; readonly limit: number }): Promise<readonly KeptText[]>;
  /** Empties the texts about these persons and units and closes their reviews; answers stay, they hold no word. @returns how many. */
  forgetTexts(whom: { readonly persons: readonly string[]; readonly units: readonly UnitId[] }): Promise<number>;

  /**
   * Asks. What is asked already and nobody has answered gets the new questions, and waits since it was first asked; what was answered, or
   * has no text, stays as it is.
   */
  putReviews(drafts: readonly ReviewDraft[]): Promise<void>;
  /** Closes reviews that nobody has answered: a machine knows now. */
  settleReviews(texts: readonly Pick<KeptText, "source" | "messageId">[]): Promise<void>;
  /** Those that wait and whose text is not gone. */
  reviews(query: ReviewQuery): Promise<readonly Review[]>;
  /** null where there is none. */
  review(id: number): Promise<Review | null>;
  /**
   * Adds answers; one that says what its person last said changes nothing. Enough answers close the review.
   *
   * @returns the review with its answers, and those that were new; null where there is no such review.
   */
  answerReview(
    id: number,
    answers: readonly ReviewAnswer[],
  ): Promise<{ readonly review: Review; readonly added: readonly ReviewAnswer[] } | null>;
  /** Reviews with answers, the latest answered first. */
  answeredReviews(query: { readonly limit: number }): Promise<readonly Review[]>;
  reviewCounts(): Promise<ReviewCounts>;

  /** Keeps a model; its document only where it was taken. One that is there already stays. */
  putNoteModel(model: KeptNoteModel, document: string): Promise<void>;
  /** The newest first. */
  noteModels(query: { readonly limit: number }): Promise<readonly KeptNoteModel[]>;
  /** The document of a model that was taken; null for another. */
  noteModelDocument(version: string): Promise<string | null>;
}
