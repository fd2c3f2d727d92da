import { z } from "zod";
import { durationSchema } from "./duration.ts";

/** Version of the mapping format. */
export const MAPPING_API_VERSION = "ratchet.map/v1";

const column = z.string().min(1);
const id = z.string().min(1).max(200);
/** A raw cell that a map lists. Numbers and booleans are compared as the text that a CSV holds. */
const cell = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value));
const cells = z.array(cell).min(1);

const unitSchema = z
  .union([
    z.strictObject({ column: column.describe("The column that names who was treated.") }),
    z.strictObject({ row: z.literal(true).describe("Each row is a unit of its own.") }),
  ])
  .describe("What is randomised: the account where one is known, else the contact or lead.");

const timeColumnSchema = z.strictObject({
  column,
  format: z
    .string()
    .min(1)
    .describe(
      "iso (default), epoch_s, epoch_ms, or a pattern of YYYY, YY, MM, M, DD, D, HH, H, mm, ss and literal marks, such as M/D/YYYY.",
    ),
});
const timeSchema = z
  .union([
    timeColumnSchema.partial({ format: true }),
    z.strictObject({
      row_order: z.strictObject({
        start: z.iso.datetime({ offset: true }).describe("The time given to the first row."),
        every: durationSchema.describe("How long after it the next row follows."),
      }),
    }),
  ])
  .describe("When the decision was made. row_order: the file is in order of time but has no times.");

const actionSchema = z.strictObject({
  column,
  values: z
    .record(z.string(), id)
    .describe("Raw cell to action id. Cells that are not listed keep their text.")
    .exactOptional(),
  only: z
    .array(id)
    .min(2)
    .describe("Action ids to keep; rows with others are left out and counted. Without it, every action is kept.")
    .exactOptional(),
});

const propensitySchema = z
  .union([
    z.enum(["uniform", "estimate"]),
    z.strictObject({ column }),
    z.strictObject({ constant: z.record(z.string(), z.number().gt(0).max(1)) }),
  ])
  .describe(
    "Probability with which the log's own rule chose the action taken. uniform: 1 ÷ number of actions (list them under action.only or " +
      "action.values). estimate: each action's share of the file. Absent for observational logs.",
  );

const contextFieldSchema = z.union([
  column,
  z.strictObject({ column, as: id.exactOptional(), type: z.enum(["string", "number", "boolean"]).exactOptional() }),
]);

const segmentSchema = z.strictObject({
  field: id.describe("A context field by its name (its `as` where it has one)."),
  breaks: z.array(z.number()).min(1).describe("Ascending cut points for a number.").exactOptional(),
});

/** An outcome column: what it measures, which cells mean that it happened, how long it may take. */
export const mappingOutcomeSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/u, "must be a lower-case word with underscores, such as meeting_held"),
  kind: z.enum(["conversion", "value"]),
  column,
  positive: cells
    .describe(
      "Cells that mean it happened. Without it: 1, true, yes, y, t (any case); 0, false, no, n, f and empty mean it did not.",
    )
    .exactOptional(),
  at: column
    .describe("The column with the time it happened, in the format of `time`. Without it, it is known with the row.")
    .exactOptional(),
  window: durationSchema.describe("How long after the decision it still counts. Needs real times.").exactOptional(),
  direction: z.enum(["increase", "decrease"]).describe("Which way is better; increase where absent.").exactOptional(),
  minimum_effect: z.number().gt(0).describe("Smallest absolute difference per unit that would be worth a change."),
  pending: cells.describe("Cells that mean it is not known yet: such rows are left out and counted.").exactOptional(),
});
export type MappingOutcome = z.infer<typeof mappingOutcomeSchema>;

const mappingShape = z.strictObject({
  api_version: z.literal(MAPPING_API_VERSION),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, "must be lower-case words joined by hyphens, such as spring-emails"),
  point: id.describe("The decision point; content where absent.").exactOptional(),
  delimiter: z.enum([",", ";", "\t", "|"]).describe("Guessed from the header where absent.").exactOptional(),
  unit: unitSchema,
  time: timeSchema,
  action: actionSchema,
  baseline: id.describe("The action that others are compared with, and that the holdout gets."),
  assignment: z
    .enum(["randomised", "observational"])
    .describe("Whether actions were drawn at random. Without that no difference is called an effect."),
  propensity: propensitySchema.exactOptional(),
  context: z
    .array(contextFieldSchema)
    .max(100)
    .describe("Columns known when the decision was made. Never put outcomes here.")
    .exactOptional(),
  segments: z.array(segmentSchema).max(5).describe("Levels of the segment tree, coarsest first.").exactOptional(),
  outcomes: z.array(mappingOutcomeSchema).min(1).max(20),
  objective: z.string().describe("The outcome that the loop improves."),
  guardrails: z.array(z.string()).describe("Outcomes that must not get worse.").exactOptional(),
  cycle: z
    .strictObject({ rows: z.int().min(1) })
    .describe("Rows per learning cycle; 2000 where absent.")
    .exactOptional(),
});
type MappingShape = z.infer<typeof mappingShape>;

interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a schema of single keys cannot say. */
function lint(map: MappingShape): readonly Finding[] {
  return [...lintActions(map), ...lintSegments(map), ...lintOutcomes(map)];
}

function lintActions(map: MappingShape): readonly Finding[] {
  const found: Finding[] = [];
  const listed = map.action.only ?? Object.values(map.action.values ?? {});
  if (map.action.only !== undefined && !map.action.only.includes(map.baseline)) {
    found.push({
      path: ["baseline"],
      message: `baseline "${map.baseline}" is not among action.only; add it there or name one of ${quoted(map.action.only)}`,
    });
  }
  const { propensity, assignment } = map;
  if (assignment === "observational" && propensity !== undefined) {
    found.push({
      path: ["propensity"],
      message: "an observational log has no propensities; remove this key, or say assignment: randomised",
    });
  }
  if (assignment === "randomised" && propensity === undefined) {
    found.push({
      path: ["assignment"],
      message: "a randomised log needs a propensity: a column, a constant, uniform or estimate",
    });
  }
  if (propensity === "uniform" && listed.length < 2) {
    found.push({
      path: ["propensity"],
      message: "uniform needs the actions listed under action.only or action.values; or use estimate",
    });
  }
  if (typeof propensity === "object" && "constant" in propensity) {
    const sum = Object.values(propensity.constant).reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) > 1e-6)
      found.push({ path: ["propensity", "constant"], message: `the probabilities add up to ${sum}, not to 1` });
    if (!(map.baseline in propensity.constant))
      found.push({ path: ["propensity", "constant"], message: `no probability for the baseline "${map.baseline}"` });
  }
  return found;
}

/** The names that context fields go by. */
export function contextNames(map: Pick<MappingShape, "context">): readonly string[] {
  return (map.context ?? []).map((field) => (typeof field === "string" ? field : (field.as ?? field.column)));
}

function lintSegments(map: MappingShape): readonly Finding[] {
  const names = contextNames(map);
  const found: Finding[] = repeated(names).map((name) => ({
    path: ["context"],
    message: `context field "${name}" is named twice`,
  }));
  for (const [i, level] of (map.segments ?? []).entries()) {
    if (!names.includes(level.field)) {
      found.push({
        path: ["segments", i, "field"],
        message: `"${level.field}" is not a context field; add it to context first`,
      });
    }
    if (level.breaks !== undefined && names.includes(level.field) && contextType(map, level.field) !== "number") {
      found.push({
        path: ["segments", i, "breaks"],
        message: `breaks cut numbers; give the context field type: number, as in {column: ${level.field}, type: number}`,
      });
    }
    if (level.breaks?.some((b, j, all) => j > 0 && b <= (all[j - 1] ?? b)) === true) {
      found.push({ path: ["segments", i, "breaks"], message: "breaks must rise" });
    }
  }
  return found;
}

function lintOutcomes(map: MappingShape): readonly Finding[] {
  const ids = map.outcomes.map((outcome) => outcome.id);
  const found: Finding[] = repeated(ids).map((name) => ({
    path: ["outcomes"],
    message: `outcome "${name}" is defined twice`,
  }));
  if (!ids.includes(map.objective))
    found.push({
      path: ["objective"],
      message: `objective "${map.objective}" is not among the outcomes ${quoted(ids)}`,
    });
  for (const [i, name] of (map.guardrails ?? []).entries()) {
    if (!ids.includes(name))
      found.push({ path: ["guardrails", i], message: `guardrail "${name}" is not among the outcomes ${quoted(ids)}` });
  }
  const ordered = "row_order" in map.time;
  for (const [i, outcome] of map.outcomes.entries()) {
    const path = ["outcomes", i];
    if (outcome.window !== undefined && ordered)
      found.push({
        path: [...path, "window"],
        message: "a window needs real times, and this map takes time from the row order",
      });
    if (outcome.at !== undefined && ordered)
      found.push({
        path: [...path, "at"],
        message: "`at` needs real times, and this map takes time from the row order",
      });
    if (outcome.at !== undefined && outcome.window === undefined)
      found.push({
        path: [...path, "at"],
        message: "`at` needs a window: how long after the decision it still counts",
      });
    if (outcome.at === undefined && outcome.window !== undefined && !ordered)
      found.push({ path: [...path, "window"], message: "a window needs `at`, the column with the time it happened" });
    if (outcome.kind === "value" && outcome.positive !== undefined)
      found.push({
        path: [...path, "positive"],
        message: "a value outcome reads the amount itself; `positive` is for conversions",
      });
  }
  return found;
}

function contextType(map: MappingShape, name: string): string {
  const field = (map.context ?? []).find((one) => typeof one !== "string" && (one.as ?? one.column) === name);
  return typeof field === "object" ? (field.type ?? "string") : "string";
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/**
 * The import mapping: how the columns of somebody else's log become decisions and outcomes. Every key is documented in
 * `docs/reference/mapping.md`.
 */
export const mappingDocumentSchema = mappingShape.superRefine((map, refinement) => {
  for (const { path, message } of lint(map)) refinement.addIssue({ code: "custom", path: [...path], message });
});
export type MappingDocument = z.infer<typeof mappingDocumentSchema>;
