import type { KeptText, ReviewAnswer } from "../signals/notes/review.ts";
import type { InboxItem } from "./state-store.ts";

// oxlint-disable-next-line no-control-regex -- the zero is one of the two that are meant
const UNSTORABLE = /\u0000|\p{Surrogate}/gu;

/** The text that an item brings, without its number; null where it brings none. */
export function textOf(item: InboxItem): Omit<KeptText, "seq"> | null {
  if (item.kind !== "signal" || item.text === undefined || item.text === "") return null;
  const { source, messageId, type, unitId, decisionId, occurredAt, receivedAt, detail } = item.signal;
  const person = detail?.person ?? null;
  return { source, messageId, type, unitId, decisionId, person, occurredAt, receivedAt, text: storable(item.text) };
}

/** Zeros and halves of characters, which not every store keeps, become U+FFFD: one for one, so that places in the text stay. */
function storable(text: string): string {
  return text.replaceAll(UNSTORABLE, "\uFFFD");
}

/** Of the answers given, those that do not repeat what their person said last. */
export function newAnswers(before: readonly ReviewAnswer[], given: readonly ReviewAnswer[]): readonly ReviewAnswer[] {
  const added: ReviewAnswer[] = [];
  for (const answer of given) {
    const last = [...before, ...added].findLast(({ by, field }) => by === answer.by && field === answer.field);
    if (last?.label !== answer.label) added.push(answer);
  }
  return added;
}
