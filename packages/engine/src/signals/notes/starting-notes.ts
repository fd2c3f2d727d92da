import { INTENT_NOTES } from "./intent-notes.ts";
import type { LabelledNote, LabelSet } from "./label-set.ts";
import { NEXT_STEP_NOTES } from "./next-step-notes.ts";
import { OBJECTION_NOTES } from "./objection-notes.ts";
import { OUTCOME_NOTES } from "./outcome-notes.ts";

const STARTING = {
  outcome: OUTCOME_NOTES,
  objection: OBJECTION_NOTES,
  intent: INTENT_NOTES,
  next_step: NEXT_STEP_NOTES,
} as const;

/** The four questions that notes are read for before a team has its own. */
export const STARTING_LABEL_SETS: readonly LabelSet[] = Object.entries(STARTING).map(([name, notes]) => ({
  name,
  labels: Object.keys(notes),
}));

/** Neutral notes to start from: 24 a label. A team's own labels come beside them, or in their place. */
export const STARTING_NOTES: readonly LabelledNote[] = Object.entries(STARTING).flatMap(([set, notes]) =>
  Object.entries<readonly string[]>(notes).flatMap(([label, texts]) => texts.map((text) => ({ text, set, label }))),
);
