import type { MappingDocument, MappingGuess, MappingOutcome } from "@ratchet/protocol";

/** Each row is a unit of its own; the file is in order of time. Neither is a column. */
export const ROW = "\u0000row";

export interface OutcomeDraft {
  readonly id: string;
  readonly kind: "conversion" | "value";
  readonly column: string;
  readonly minimumEffect: number;
}

/** What a person confirms: the questions of the mapping in plain form. The rest of the guess goes along unchanged. */
export interface MappingDraft {
  readonly name: string;
  /** A column, or `ROW`. */
  readonly unit: string | null;
  readonly time: string | null;
  readonly action: string | null;
  readonly baseline: string | null;
  readonly assignment: "randomised" | "observational";
  readonly outcomes: readonly OutcomeDraft[];
  readonly objective: string | null;
  readonly context: readonly string[];
}

const EFFECT = { conversion: 0.01, value: 1 };

/** The guess as a draft; where nothing was recognised, the questions are open. */
export function draftOf(guess: MappingGuess, fileName: string): MappingDraft {
  const map = guess.mapping;
  if (map === null) {
    return {
      name: sourceName(fileName),
      unit: null,
      time: null,
      action: null,
      baseline: null,
      assignment: "observational",
      outcomes: [],
      objective: null,
      context: [],
    };
  }
  return {
    name: map.name,
    unit: "row" in map.unit ? ROW : map.unit.column,
    time: "row_order" in map.time ? ROW : map.time.column,
    action: map.action.column,
    baseline: map.baseline,
    assignment: map.assignment,
    outcomes: map.outcomes.map(({ id, kind, column, minimum_effect }) => ({
      id,
      kind,
      column,
      minimumEffect: minimum_effect,
    })),
    objective: map.objective,
    context: (map.context ?? []).map((field) => (typeof field === "string" ? field : field.column)),
  };
}

/** A file's name as a source's: lower-case words joined by hyphens. */
export function sourceName(fileName: string): string {
  const words = fileName
    .toLowerCase()
    .replace(/\.(?:csv|tsv|txt)?(?:\.gz)?$/u, "")
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "");
  return words.slice(0, 60) || "my-csv";
}

/** An outcome read from a column. */
export function outcomeOf(column: string, preview: readonly string[]): OutcomeDraft {
  const isYesNo = preview.every((cell) => /^(?:|0|1|true|false|yes|no|y|n|t|f)$/iu.test(cell.trim()));
  const kind = isYesNo ? "conversion" : "value";
  const id =
    column
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/gu, "_")
      .replaceAll(/^[^a-z]+|_+$/gu, "") || "outcome";
  return { id: id.slice(0, 60), kind, column, minimumEffect: EFFECT[kind] };
}

/** What is still to be answered, in words. */
export function openQuestions(draft: MappingDraft): readonly string[] {
  return [
    ...(draft.unit === null ? ["who was treated"] : []),
    ...(draft.time === null ? ["when"] : []),
    ...(draft.action === null ? ["what was done"] : []),
    ...(draft.outcomes.length === 0 ? ["what came of it"] : []),
    ...(draft.objective === null ? ["what to improve"] : []),
    ...(draft.baseline === null ? ["what to compare with"] : []),
  ];
}

/** The draft as a mapping, over what the guess says beyond it; null while a question is open. */
export function mappingOf(draft: MappingDraft, guess: MappingDocument | null): MappingDocument | null {
  const { unit, time, action, baseline, objective } = draft;
  if (unit === null || time === null || action === null || baseline === null || objective === null) return null;
  if (draft.outcomes.length === 0) return null;
  const isOrdered = time === ROW;
  const { propensity: guessedPropensity, segments, ...rest } = guess ?? blank();
  const kept = (segments ?? []).filter(({ field }) => contextOf(draft, guess).some((one) => fieldName(one) === field));
  const propensity = draft.assignment === "observational" ? undefined : (guessedPropensity ?? "estimate");
  return {
    ...rest,
    name: draft.name,
    unit: unit === ROW ? { row: true } : { column: unit },
    time: timeOf(time, guess),
    action: guess?.action.column === action ? guess.action : { column: action },
    baseline,
    assignment: draft.assignment,
    ...(propensity === undefined ? {} : { propensity }),
    context: contextOf(draft, guess),
    ...(kept.length === 0 ? {} : { segments: kept }),
    outcomes: draft.outcomes.map((outcome) => documentOf(outcome, guess, isOrdered)),
    objective,
    guardrails: (rest.guardrails ?? []).filter((id) => draft.outcomes.some((outcome) => outcome.id === id)),
  };
}

type ContextField = NonNullable<MappingDocument["context"]>[number];

function blank(): Pick<MappingDocument, "api_version"> & Partial<MappingDocument> {
  return { api_version: "ratchet.map/v1" };
}

function fieldName(field: ContextField): string {
  return typeof field === "string" ? field : (field.as ?? field.column);
}

function contextOf(draft: MappingDraft, guess: MappingDocument | null): ContextField[] {
  const taken = new Set([draft.unit, draft.time, draft.action, ...draft.outcomes.map(({ column }) => column)]);
  const guessed = guess?.context ?? [];
  return draft.context
    .filter((column) => !taken.has(column))
    .map((column) => guessed.find((field) => (typeof field === "string" ? field : field.column) === column) ?? column);
}

function timeOf(time: string, guess: MappingDocument | null): MappingDocument["time"] {
  const guessed = guess?.time;
  if (time === ROW) {
    const isGuessed = guessed !== undefined && "row_order" in guessed;
    return isGuessed ? guessed : { row_order: { start: "2025-01-01T00:00:00.000Z", every: "1m" } };
  }
  return guessed !== undefined && "column" in guessed && guessed.column === time ? guessed : { column: time };
}

/** What the guess knows of the same column (which cells are positive, the window) is kept. */
function documentOf(outcome: OutcomeDraft, guess: MappingDocument | null, isOrdered: boolean): MappingOutcome {
  const { id, kind, column, minimumEffect } = outcome;
  const guessed = guess?.outcomes.find((one) => one.column === column && one.kind === kind);
  const { at, window, ...known } = guessed ?? { id, kind, column, minimum_effect: minimumEffect };
  const times = isOrdered ? {} : { ...(at === undefined ? {} : { at }), ...(window === undefined ? {} : { window }) };
  return { ...known, ...times, id, minimum_effect: minimumEffect };
}
