import {
  digestOf,
  parseNoteModel,
  STARTING_LABEL_SETS,
  STARTING_NOTES,
  trainNoteModel,
  trainOnAnswers,
  writeNoteModel,
  type TaughtNote,
  type TrainingReport,
} from "@ratchet/engine";

/** What to train: the model to start from, or one on the team's answers too. Plain data, so that it can be handed to a thread. */
export type TrainingOrder =
  | { readonly kind: "starting" }
  | {
      readonly kind: "answers";
      readonly taught: readonly TaughtNote[];
      readonly round: number;
      /** The document of the model in use. */
      readonly inUse: string;
    };

/** What came of it. Plain data as well. */
export interface TrainedDocument {
  readonly version: string;
  readonly document: string;
  readonly trainedOn: string;
  readonly report: TrainingReport;
}

const SETS = { sets: STARTING_LABEL_SETS, notes: STARTING_NOTES } as const;

/** Carries out a training, from end to end. @throws where the answers are not of the label sets, which the API lets through for no one. */
export function carryOut(order: TrainingOrder): TrainedDocument {
  if (order.kind === "starting") {
    const trained = trainNoteModel(SETS);
    if (trained.kind === "err") throw new Error(trained.error.join("; "));
    const document = writeNoteModel(trained.value);
    const why = "learned from the neutral notes that come with Ratchet; the team's answers will tell how good it is";
    const report = { answers: 0, heldOut: null, before: null, taken: true, why };
    return { version: document.digest, document: JSON.stringify(document), trainedOn: digestOf(SETS), report };
  }
  const { taught, round, inUse } = order;
  const before = parseNoteModel(JSON.parse(inUse));
  const task = { sets: STARTING_LABEL_SETS, starting: STARTING_NOTES, taught, round };
  const trained = trainOnAnswers(task, before.kind === "ok" ? before.value.model : null);
  if (trained.kind === "err") throw new Error(trained.error.join("; "));
  const { model, trainedOn, report } = trained.value;
  const document = writeNoteModel(model);
  return { version: document.digest, document: JSON.stringify(document), trainedOn, report };
}
