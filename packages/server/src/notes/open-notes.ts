import type { Clock, StateStore } from "@ratchet/engine";
import { repeat } from "../jobs/repeat.ts";
import type { Log } from "../log.ts";
import { openNoteModels, type NoteModels } from "./note-models.ts";
import { openProvider, type LabellerSettings, type Provider } from "./provider.ts";
import { openTextLabelling } from "./text-labelling.ts";

/** What people wrote, as the routes need it. */
export interface Notes {
  readonly models: NoteModels;
  /** Null where none is configured. */
  readonly provider: Provider | null;
  /** Reads what is waiting, where nothing reads it in the background. */
  readonly upToDate: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const EVERY_MS = 2_000;
const BACK_OFF_MS_MAX = 5 * 60_000;
/** Texts read in one run, so that the server can stop, and others have their turn. */
const TEXTS_MAX = 500;

/** What notes are read with. */
export interface NotesParts {
  readonly state: StateStore;
  readonly clock: Clock;
  readonly labeller: LabellerSettings | null;
  /** Whether to read by itself, every two seconds, and to learn from answers. */
  readonly inBackground: boolean;
  readonly notice: (items: number) => void;
  readonly log: Log;
}

export function openNotes({ state, clock, labeller, inBackground, notice, log }: NotesParts): Notes {
  const abort = new AbortController();
  const models = openNoteModels({ state, clock }, abort.signal);
  const provider = labeller === null ? null : openProvider(labeller, { state, clock, signal: abort.signal });
  const labelling = openTextLabelling({ state, clock, models, provider, notice, signal: abort.signal });
  if (!inBackground) {
    return {
      models,
      provider,
      upToDate: async () => {
        let read = TEXTS_MAX;
        while (read === TEXTS_MAX) read = await labelling.readSome(TEXTS_MAX);
      },
      stop: async () => abort.abort(),
    };
  }
  const loop = repeat(
    async () => {
      await labelling.readSome(TEXTS_MAX);
      const report = await models.retrainWhenDue();
      if (report !== null) log.info({ taken: report.taken, why: report.why }, "learned to read notes from the answers");
    },
    {
      everyMs: EVERY_MS,
      backOffMsMax: BACK_OFF_MS_MAX,
      onError: (error) => {
        if (!abort.signal.aborted) log.error({ err: error }, "notes could not be read; it is tried again");
      },
    },
  );
  return {
    models,
    provider,
    upToDate: async () => {},
    stop: async () => {
      abort.abort();
      await loop.stop();
    },
  };
}
