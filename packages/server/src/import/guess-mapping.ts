import {
  MAPPING_API_VERSION,
  mappingDocumentSchema,
  type MappingDocument,
  type MappingGuess,
  type MappingOutcome,
} from "@ratchet/protocol";
import { stringify } from "yaml";
import { columnProfiles, type ColumnProfile } from "./column-profile.ts";
import { csvRecords } from "./csv-records.ts";
import { guessOutcomes } from "./guess-outcomes.ts";
import { logBytes, type LogOrigin } from "./log-bytes.ts";

type Note = MappingGuess["notes"][number];

/** A guessed part of a map; null where nothing was recognised. */
interface Guess<T> {
  readonly value: T | null;
  readonly note: Note;
}

const ROWS_READ = 200;
const ROWS_SHOWN = 20;
const UNIT_WORDS = [
  "id",
  "userid",
  "user",
  "lead",
  "account",
  "contact",
  "customer",
  "company",
  "opportunity",
  "person",
  "client",
];
/** Words in the names of columns that identify a person directly: facts hold none, so they are never guessed into a map. */
const PERSONAL_WORDS = ["email", "mail", "name", "firstname", "lastname", "phone", "mobile", "address"];
/** Words in the name of a column that says what was done; the first group is used for experiments only. */
const EXPERIMENT_WORDS = ["treatment", "variant", "arm", "group", "version", "experiment", "bucket"];
const ACTION_WORDS = [
  "action",
  "template",
  "message",
  "segment",
  "campaign",
  "offer",
  "sequence",
  "cadence",
  "play",
  "channel",
  "product",
];
const ACTIONS_MAX = 20;
const BASELINE = /control|baseline|default|placebo|holdout|^psa$|^none$|^no\b|^off$|^0$|^a$/iu;

/**
 * A mapping guessed from the first 200 rows, with how sure each part is, for a person to confirm. Nothing is imported on a guess alone.
 *
 * @param name - what the file is called; the map is named after it.
 * @throws LogFileError where the file holds nothing.
 */
export async function guessMapping(from: LogOrigin, name: string): Promise<MappingGuess> {
  const { header, rows } = await firstRows(from);
  const columns = columnProfiles(header, rows);
  const outcomes = guessOutcomes(columns);
  const impersonal = columns.filter((column) => !column.words.some((word) => PERSONAL_WORDS.includes(word)));
  const free = impersonal.filter((column) => !outcomes.some((outcome) => outcome.column === column.name));
  const unit = guessUnit(free, rows.length);
  const time = guessTime(free);
  const action = guessAction(
    free.filter((column) => column.name !== columnOf(unit.value) && column.name !== columnOf(time.value)),
  );
  const taken = new Set([columnOf(unit.value), columnOf(time.value), action.value?.name]);
  const draft = draftOf({ name, unit, time, action, outcomes, rest: free.filter((column) => !taken.has(column.name)) });
  const mapping = mappingDocumentSchema.safeParse(draft);
  return {
    mapping: mapping.success ? mapping.data : null,
    yaml: stringify(draft, { lineWidth: 120 }),
    notes: [
      unit.note,
      time.note,
      action.note,
      ...baselineNotes(action.value),
      assignmentNote(action.value),
      outcomeNote(outcomes),
    ],
    columns: header,
    preview: rows.slice(0, ROWS_SHOWN),
  };
}

async function firstRows(
  from: LogOrigin,
): Promise<{ readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }> {
  for await (const [header, ...records] of csvRecords(
    logBytes(from, () => {}),
    null,
  )) {
    const width = header?.fields.length ?? 0;
    const whole = records.filter((record) => record.fault === null && record.fields.length === width);
    return {
      header: (header?.fields ?? []).map((cell) => cell.trim()),
      rows: whole.slice(0, ROWS_READ).map((record) => record.fields),
    };
  }
  return { header: [], rows: [] };
}

function guessUnit(columns: readonly ColumnProfile[], rows: number): Guess<MappingDocument["unit"]> {
  const isOwn = (column: ColumnProfile): boolean => column.filled === rows && column.values.length >= 0.9 * rows;
  const column = columns.find(
    (candidate) => isOwn(candidate) && candidate.words.some((word) => UNIT_WORDS.includes(word)),
  );
  if (column !== undefined) {
    return {
      value: { column: column.name },
      note: note("unit", "high", `"${column.name}" names who was treated: nearly every row has its own`),
    };
  }
  return {
    value: { row: true },
    note: note("unit", "low", "no column names who was treated, so each row counts as somebody new"),
  };
}

function guessTime(columns: readonly ColumnProfile[]): Guess<MappingDocument["time"]> {
  const column = columns.find((candidate) => candidate.timeFormats.length > 0);
  const [format, other] = column?.timeFormats ?? [];
  if (column === undefined || format === undefined) {
    const sentence = "no column holds a time, so the rows are taken to be in order of time";
    return {
      value: { row_order: { start: "2020-01-01T00:00:00Z", every: "1s" } },
      note: note("time", "low", sentence),
    };
  }
  const value = format === "iso" ? { column: column.name } : { column: column.name, format };
  const sentence = `"${column.name}" holds times written as ${format}`;
  if (other === undefined) return { value, note: note("time", "high", sentence) };
  return { value, note: note("time", "medium", `${sentence}; they could also be ${other}`) };
}

function guessAction(columns: readonly ColumnProfile[]): Guess<ColumnProfile> {
  const scored = columns
    .filter(({ values }) => values.length >= 2 && values.length <= ACTIONS_MAX)
    .map((column) => ({ column, score: actionScore(column) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  if (best === undefined)
    return {
      value: null,
      note: note("action", "low", "no column seems to say what was done; name it under action.column"),
    };
  const clear = best.score >= 3 && best.score > (second?.score ?? 0);
  const sentence = `"${best.column.name}" says what was done: ${best.column.values.map((value) => `"${value}"`).join(", ")}`;
  return { value: best.column, note: note("action", clear ? "high" : "medium", sentence) };
}

/** Words that experiments use weigh most; then a name that is nothing but such a word, and a value that sounds like doing nothing. */
function actionScore({ words, values }: ColumnProfile): number {
  const weight = words.some((word) => EXPERIMENT_WORDS.includes(word))
    ? 3
    : words.some((word) => ACTION_WORDS.includes(word))
      ? 2
      : 0;
  if (weight === 0) return 0;
  return weight + (words.length === 1 ? 1 : 0) + (values.some((value) => BASELINE.test(value)) ? 1 : 0);
}

function baselineOf({ values }: ColumnProfile): string {
  return values.find((value) => BASELINE.test(value)) ?? [...values].sort()[0] ?? "";
}

function baselineNotes(action: ColumnProfile | null): readonly Note[] {
  if (action === null) return [];
  const baseline = baselineOf(action);
  const sure = BASELINE.test(baseline);
  return [
    note(
      "baseline",
      sure ? "medium" : "low",
      `the others are compared with "${baseline}"${sure ? "" : "; name the one you would go back to"}`,
    ),
  ];
}

function isExperiment(action: ColumnProfile | null): boolean {
  return action?.words.some((word) => EXPERIMENT_WORDS.includes(word)) === true;
}

function assignmentNote(action: ColumnProfile | null): Note {
  return isExperiment(action)
    ? note("assignment", "medium", "the name sounds like an experiment; say observational if people chose who got what")
    : note(
        "assignment",
        "low",
        "taken as chosen by people; if it was drawn at random, say assignment: randomised and propensity: estimate",
      );
}

function outcomeNote(outcomes: readonly MappingOutcome[]): Note {
  const [objective] = outcomes;
  if (objective === undefined)
    return note("outcomes", "low", "no column seems to say what came of it; list it under outcomes");
  const named = outcomes.map((outcome) => `"${outcome.column}"`).join(", ");
  return note(
    "outcomes",
    "medium",
    `what came of it: ${named}; the objective is ${objective.id}, and a tenth more would be worth a change`,
  );
}

interface DraftParts {
  readonly name: string;
  readonly unit: Guess<MappingDocument["unit"]>;
  readonly time: Guess<MappingDocument["time"]>;
  readonly action: Guess<ColumnProfile>;
  readonly outcomes: readonly MappingOutcome[];
  readonly rest: readonly ColumnProfile[];
}

/** The map as far as it was recognised. */
function draftOf({ name, unit, time, action, outcomes, rest }: DraftParts): Readonly<Record<string, unknown>> {
  const randomised = isExperiment(action.value);
  const context = rest.filter((column) => column.isNumber || column.values.length <= ACTIONS_MAX);
  return {
    api_version: MAPPING_API_VERSION,
    name: slugOf(name),
    unit: unit.value,
    time: time.value,
    action: { column: action.value?.name ?? "" },
    baseline: action.value === null ? "" : baselineOf(action.value),
    assignment: randomised ? "randomised" : "observational",
    ...(randomised ? { propensity: "estimate" } : {}),
    context: context.map((column) =>
      column.isNumber && !column.isTruth ? { column: column.name, type: "number" } : column.name,
    ),
    outcomes,
    objective: outcomes[0]?.id ?? "",
  };
}

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/\.(?:csv|tsv|txt)?(?:\.gz)?$/u, "")
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "")
    .slice(0, 63);
  return slug === "" ? "log" : slug;
}

function columnOf(part: MappingDocument["unit"] | MappingDocument["time"] | null): string | null {
  return part !== null && "column" in part ? part.column : null;
}

function note(key: string, confidence: Note["confidence"], sentence: string): Note {
  return { key, confidence, sentence };
}
