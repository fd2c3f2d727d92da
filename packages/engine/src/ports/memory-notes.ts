import {
  isAnswered,
  readersOf,
  type KeptText,
  type Review,
  type ReviewAnswer,
  type ReviewDraft,
} from "../signals/notes/review.ts";
import type { KeptNoteModel, NotesStore, ReviewQuery } from "./notes-store.ts";
import { newAnswers, textOf } from "./notes-rules.ts";
import type { InboxItem } from "./state-store.ts";

interface KeptReview {
  readonly id: number;
  draft: ReviewDraft;
  answers: readonly ReviewAnswer[];
  isOpen: boolean;
}

type Named = Pick<KeptText, "source" | "messageId">;

const keyOf = ({ source, messageId }: Named): string => JSON.stringify([source, messageId]);

/** The texts and reviews of the in-memory reference, and how the inbox tells of them. */
export function memoryNotes(): {
  readonly store: NotesStore;
  readonly written: (item: InboxItem) => void;
  readonly rewrite: (rewritten: (text: string) => string) => void;
} {
  const texts: KeptText[] = [];
  const seqs = new Map<string, number>();
  const reviews = memoryReviews((named) => texts[(seqs.get(keyOf(named)) ?? 0) - 1] ?? null);
  const empty = (text: KeptText): void => {
    texts[text.seq - 1] = { ...text, text: "" };
    reviews.close(text);
  };
  return {
    written: (item) => {
      const text = textOf(item);
      if (text === null || seqs.has(keyOf(text))) return;
      texts.push({ ...text, seq: texts.length + 1 });
      seqs.set(keyOf(text), texts.length);
    },
    rewrite: (rewritten) =>
      texts.forEach((text, i) => {
        texts[i] = { ...text, text: rewritten(text.text) };
      }),
    store: {
      texts: async ({ afterSeq, limit }) => texts.slice(afterSeq, afterSeq + limit),
      forgetTexts: async ({ persons, units }) => {
        const [refs, ids] = [new Set<string>(persons), new Set<string>([...persons, ...units])];
        const gone = texts.filter((one) => one.text !== "" && (refs.has(one.person ?? "") || ids.has(one.unitId)));
        gone.forEach(empty);
        return gone.length;
      },
      ...reviews.store,
      ...memoryNoteModels(),
    },
  };
}

type ReviewStore = Omit<NotesStore, "texts" | "forgetTexts" | "putNoteModel" | "noteModels" | "noteModelDocument">;

function memoryReviews(textNamed: (named: Named) => KeptText | null): {
  readonly store: ReviewStore;
  readonly close: (named: Named) => void;
} {
  const kept: KeptReview[] = [];
  const ofText = (named: Named): KeptReview | undefined => kept.find(({ draft }) => keyOf(draft) === keyOf(named));
  const viewOf = ({ id, draft, answers }: KeptReview): readonly Review[] => {
    const text = textNamed(draft);
    return text === null ? [] : [{ ...draft, id, text, answers }];
  };
  const waiting = (): readonly KeptReview[] =>
    kept.filter((one) => one.isOpen && viewOf(one).some(({ text }) => text.text !== ""));
  const close = (named: Named): void => {
    const found = ofText(named);
    if (found !== undefined) found.isOpen = false;
  };
  return {
    close,
    store: {
      ...asking({ kept, ofText, textNamed, close }),
      reviews: async ({ order, notAnsweredBy, limit }) =>
        [...waiting()]
          .filter(({ draft, answers }) => !readersOf({ ...draft, answers }).some((by) => by === notAnsweredBy))
          .sort((a, b) => compareReviews(a.draft, b.draft, order) || a.id - b.id)
          .slice(0, limit)
          .flatMap(viewOf),
      review: async (id) => kept.filter((one) => one.id === id).flatMap(viewOf)[0] ?? null,
      answerReview: async (id, answers) => {
        const found = kept[id - 1];
        if (found === undefined) return null;
        const added = newAnswers(found.answers, answers);
        found.answers = [...found.answers, ...added];
        if (isAnswered({ ...found.draft, answers: found.answers })) found.isOpen = false;
        const [review] = viewOf(found);
        return review === undefined ? null : { review, added };
      },
      answeredReviews: async ({ limit }) =>
        kept
          .filter(({ answers }) => answers.length > 0)
          .toSorted((a, b) => lastAt(b) - lastAt(a) || b.id - a.id)
          .slice(0, limit)
          .flatMap(viewOf),
      reviewCounts: async () => {
        const open = waiting();
        const oldest = open.map(({ draft }) => draft.askedAt).toSorted((a, b) => a - b)[0];
        return {
          waiting: open.length,
          oldestAt: oldest ?? null,
          answered: kept.filter(({ answers }) => answers.length > 0).length,
        };
      },
    },
  };
}

/** Asking, and taking questions back. */
function asking(parts: {
  readonly kept: KeptReview[];
  readonly ofText: (named: Named) => KeptReview | undefined;
  readonly textNamed: (named: Named) => KeptText | null;
  readonly close: (named: Named) => void;
}): Pick<NotesStore, "putReviews" | "settleReviews"> {
  const { kept, ofText, textNamed, close } = parts;
  return {
    putReviews: async (drafts) => {
      for (const draft of drafts) {
        const asked = ofText(draft);
        if (asked === undefined) {
          if (textNamed(draft) !== null) kept.push({ id: kept.length + 1, draft, answers: [], isOpen: true });
        } else if (asked.answers.length === 0) {
          asked.draft = { ...draft, askedAt: asked.draft.askedAt };
          asked.isOpen = true;
        }
      }
    },
    settleReviews: async (texts) => texts.filter((named) => ofText(named)?.answers.length === 0).forEach(close),
  };
}

function compareReviews(a: ReviewDraft, b: ReviewDraft, order: ReviewQuery["order"]): number {
  return order === "worth" ? b.worth - a.worth : a.askedAt - b.askedAt;
}

function lastAt({ answers }: KeptReview): number {
  return answers.at(-1)?.at ?? 0;
}

function memoryNoteModels(): Pick<NotesStore, "putNoteModel" | "noteModels" | "noteModelDocument"> {
  const models: { readonly model: KeptNoteModel; readonly document: string | null }[] = [];
  return {
    putNoteModel: async (model, document) => {
      if (models.some((known) => known.model.version === model.version)) return;
      models.push({ model, document: model.taken ? document : null });
    },
    noteModels: async ({ limit }) =>
      models
        .map(({ model }) => model)
        .toReversed()
        .slice(0, limit),
    noteModelDocument: async (version) => models.find(({ model }) => model.version === version)?.document ?? null,
  };
}
