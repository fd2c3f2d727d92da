import {
  isoOf,
  parseNoteModel,
  taughtNotes,
  type Clock,
  type KeptNoteModel,
  type NoteModel,
  type StateStore,
  type TrainingReport,
} from "@ratchet/engine";
import { trainApart } from "./train-apart.ts";

/** The model of notes in use, and how another comes into use. */
export interface NoteModels {
  /** Trains the one to start from where there is none yet. */
  readonly inUse: () => Promise<{ readonly model: NoteModel; readonly version: string }>;
  /** Trains on the team's answers by now. */
  readonly retrain: () => Promise<TrainingReport>;
  /** Retrains once enough people have answered since the last time. */
  readonly retrainWhenDue: () => Promise<TrainingReport | null>;
  /** Every training, the newest first. */
  readonly history: () => Promise<readonly KeptNoteModel[]>;
  readonly reportOf: (kept: KeptNoteModel) => TrainingReport;
}

/** Reviews answered after which it is trained again. */
const ANSWERS_BETWEEN = 25;
const ANSWERED_MAX = 5_000;
const MODELS_MAX = 10_000;
/** How many trainings there were, and how many reviews had been answered at the last. */
const TRAINING = "note_training";

export function openNoteModels(
  { state, clock }: { readonly state: StateStore; readonly clock: Clock },
  signal: AbortSignal,
): NoteModels {
  let open: { readonly model: NoteModel; readonly version: string } | null = null;
  const history = (): Promise<readonly KeptNoteModel[]> => state.noteModels({ limit: MODELS_MAX });
  const inUse = async (): Promise<{ readonly model: NoteModel; readonly version: string }> => {
    const kept = (await history()).find(({ taken }) => taken);
    const version = kept?.version ?? (await begin());
    if (open?.version === version) return open;
    const document = await state.noteModelDocument(version);
    const read = parseNoteModel(document === null ? null : JSON.parse(document));
    if (read.kind === "err") throw new Error(`the model of notes ${version} cannot be read: ${read.error.join("; ")}`);
    open = { model: read.value.model, version };
    return open;
  };
  const begin = async (): Promise<string> => {
    const { version, document, trainedOn, report } = await trainApart({ kind: "starting" }, signal);
    await state.putNoteModel(
      { version, trainedOn, taken: true, report: JSON.stringify(report), at: clock() },
      document,
    );
    return version;
  };
  const retrain = async (): Promise<TrainingReport> => {
    const { version: before } = await inUse();
    const { answered } = await state.reviewCounts();
    const round = (await trainingSoFar(state)).rounds + 1;
    const taught = taughtNotes(await state.answeredReviews({ limit: ANSWERED_MAX }));
    const order = { kind: "answers", taught, round, inUse: (await state.noteModelDocument(before)) ?? "null" } as const;
    const { version, document, trainedOn, report } = await trainApart(order, signal);
    const { taken } = report;
    await state.putNoteModel({ version, trainedOn, taken, report: JSON.stringify(report), at: clock() }, document);
    await state.putSetting(TRAINING, JSON.stringify({ rounds: round, answered, at: isoOf(clock()) }));
    return report;
  };
  return {
    inUse,
    retrain,
    retrainWhenDue: async () => {
      const { answered } = await state.reviewCounts();
      return answered - (await trainingSoFar(state)).answered >= ANSWERS_BETWEEN ? retrain() : null;
    },
    history,
    reportOf: ({ report }) => {
      const read: TrainingReport = JSON.parse(report);
      return read;
    },
  };
}

async function trainingSoFar(state: StateStore): Promise<{ readonly rounds: number; readonly answered: number }> {
  const kept = await state.setting(TRAINING);
  if (kept === null) return { rounds: 0, answered: 0 };
  const read: { readonly rounds: number; readonly answered: number } = JSON.parse(kept);
  return read;
}
