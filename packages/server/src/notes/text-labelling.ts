import { setImmediate as breathe } from "node:timers/promises";
import {
  judgeText,
  labelId,
  labelSource,
  readNote,
  type Clock,
  type InboxItem,
  type KeptText,
  type MachineReading,
  type NoteModel,
  type ReviewDraft,
  type StateStore,
} from "@ratchet/engine";
import type { NoteModels } from "./note-models.ts";
import type { Provider } from "./provider.ts";

/** Reads what was written: machines label what they are sure of, people are asked the rest. */
export interface TextLabelling {
  /** Reads at most so many texts that the model in use has not read. @returns how many it read. */
  readonly readSome: (textsMax: number) => Promise<number>;
}

/** Reviews that wait at most: more than a team reads. What is not asked stays unlabelled until a better model reads it. */
export const WAITING_MAX = 1_000;
/** Texts judged and stored together. */
const PAGE = 25;
/** Calls of a provider at the same time. */
const CALLS_MAX = 4;
const ANSWERED_MAX = 10_000;
const CURSOR = "note_labelling";

/** How far the model in use has read. Up to `again` another one had read before. */
interface Cursor {
  readonly version: string;
  readonly read: number;
  readonly again: number;
}

export function openTextLabelling(parts: {
  readonly state: StateStore;
  readonly clock: Clock;
  readonly models: NoteModels;
  readonly provider: Provider | null;
  readonly notice: (items: number) => void;
  /** Raised when the server stops: what is under way is finished, and no more begun. */
  readonly signal: AbortSignal;
}): TextLabelling {
  const { state, models } = parts;
  let running: Promise<unknown> = Promise.resolve();
  const readSome = async (textsMax: number): Promise<number> => {
    // Without a text there is no need of a model, which takes a second to learn the first time.
    if ((await state.texts({ afterSeq: 0, limit: 1 })).length === 0) return 0;
    const { model, version } = await models.inUse();
    let cursor = await cursorOf(state, version);
    const answered = cursor.read < cursor.again ? await answeredTexts(state) : new Set<string>();
    let read = 0;
    while (read < textsMax && !parts.signal.aborted) {
      const page = await state.texts({ afterSeq: cursor.read, limit: Math.min(PAGE, textsMax - read) });
      const last = page.at(-1);
      if (last === undefined) break;
      await readPage(parts, { page, model, cursor, answered });
      cursor = { ...cursor, read: last.seq };
      await state.putSetting(CURSOR, JSON.stringify(cursor));
      read += page.length;
    }
    return read;
  };
  return {
    readSome: (textsMax) => {
      // One at a time: two would ask the same questions of the same texts.
      const run = running.then(() => readSome(textsMax));
      running = run.catch(() => undefined);
      return run;
    },
  };
}

type Parts = Parameters<typeof openTextLabelling>[0];

interface Page {
  readonly page: readonly KeptText[];
  readonly model: NoteModel;
  readonly cursor: Cursor;
  /** Texts that people have labelled: no machine need read those again. */
  readonly answered: ReadonlySet<string>;
}

/** Labels first, then the questions, then (by the caller) the cursor: cut short anywhere, it is done again and nothing comes twice. */
async function readPage(
  { state, clock, provider, notice }: Parts,
  { page, model, cursor, answered }: Page,
): Promise<void> {
  const texts = page.filter((text) => text.text !== "" && !answered.has(keyOf(text)));
  const provided = provider === null ? [] : await readByProvider(provider, texts);
  const items: InboxItem[] = [];
  const asked: ReviewDraft[] = [];
  const settled: KeptText[] = [];
  for (const [i, text] of texts.entries()) {
    const own: MachineReading = { labeller: "model", version: cursor.version, readings: readNote(model, text.text) };
    const other = provided[i] ?? null;
    const machines = other === null ? [own] : [own, other];
    const isAgain = text.seq <= cursor.again;
    const { labels, review } = judgeText({ text, machines, isAgain, at: clock() });
    for (const label of labels)
      items.push({ kind: "label", source: labelSource(label.labeller), messageId: labelId(label), label });
    if (review !== null) asked.push(review);
    else if (isAgain) settled.push(text);
    await breathe();
  }
  if (items.length > 0) await state.acknowledge(items);
  notice(items.length);
  const { waiting } = await state.reviewCounts();
  await state.putReviews(asked.slice(0, Math.max(0, WAITING_MAX - waiting)));
  await state.settleReviews(settled);
}

async function readByProvider(
  provider: Provider,
  texts: readonly KeptText[],
): Promise<readonly (MachineReading | null)[]> {
  const readings: (MachineReading | null)[] = [];
  for (let from = 0; from < texts.length; from += CALLS_MAX)
    readings.push(...(await Promise.all(texts.slice(from, from + CALLS_MAX).map(({ text }) => provider.read(text)))));
  return readings;
}

async function cursorOf(state: StateStore, version: string): Promise<Cursor> {
  const kept = await state.setting(CURSOR);
  if (kept === null) return { version, read: 0, again: 0 };
  const cursor: Cursor = JSON.parse(kept);
  return cursor.version === version ? cursor : { version, read: 0, again: Math.max(cursor.read, cursor.again) };
}

async function answeredTexts(state: StateStore): Promise<ReadonlySet<string>> {
  return new Set((await state.answeredReviews({ limit: ANSWERED_MAX })).map(keyOf));
}

function keyOf({ source, messageId }: Pick<KeptText, "source" | "messageId">): string {
  return JSON.stringify([source, messageId]);
}
