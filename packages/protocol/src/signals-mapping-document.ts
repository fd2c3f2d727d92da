import { z } from "zod";
import { lintSignalsMapping } from "./signals-mapping-lint.ts";

/** Version of the format that maps files of signals and history. */
export const SIGNALS_MAPPING_API_VERSION = "ratchet.signals/v1";

const column = z.string().min(1).max(300);
const cell = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value));
const cells = z.array(cell).min(1).max(1000);
/** What happened, as a lower-case word with underscores. */
const typeWord = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/u, "must be a lower-case word with underscores, such as meeting_held");
const cellMap = z.record(z.string(), z.string()).describe("Raw cell to our word. Cells that are not listed stay.");

const fieldSchema = z
  .union([
    column,
    z.strictObject({ column, values: cellMap.exactOptional() }),
    z.strictObject({ constant: z.string().min(1).max(500) }),
  ])
  .describe("A column, a column with its cells translated, or one text for every row.");
export type SignalsMappingField = z.infer<typeof fieldSchema>;

const timeFormatSchema = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(5)])
  .describe("iso (default), epoch_s, epoch_ms, a pattern such as M/D/YYYY HH:mm, or several that are tried in turn.");

const atSchema = z.union([
  column,
  z.strictObject({
    column,
    format: timeFormatSchema.exactOptional(),
    optional: z.literal(true).describe("Where the cell is empty, the signal did not happen.").exactOptional(),
  }),
]);

const personSchema = z.strictObject({
  user_id: fieldSchema.exactOptional(),
  email: fieldSchema.exactOptional(),
  phone: fieldSchema.exactOptional(),
  anonymous_id: fieldSchema.exactOptional(),
});
const accountSchema = z.strictObject({
  account_id: fieldSchema.exactOptional(),
  domain: fieldSchema.exactOptional(),
  name: fieldSchema.exactOptional(),
});

const whenSchema = z
  .strictObject({
    column,
    in: cells.exactOptional(),
    not_in: cells.exactOptional(),
    filled: z.boolean().exactOptional(),
  })
  .describe("Only rows whose cell is one of `in`, none of `not_in`, or is (not) filled give this signal.");

const typeSchema = z
  .union([
    typeWord,
    z.strictObject({
      column,
      values: z.record(z.string(), typeWord).describe("Raw cell (an activity's name) to the type of its signal."),
      otherwise: z
        .union([z.enum(["skip", "quarantine"]), typeWord])
        .describe("What becomes of other cells: skip, quarantine (default), or a type for all of them.")
        .exactOptional(),
    }),
  ])
  .describe("What happened: the same for every row, or as a column says.");

const stageSchema = z
  .strictObject({
    pipeline: fieldSchema.exactOptional(),
    from: z
      .union([fieldSchema, z.strictObject({ previous: z.literal(true) })])
      .describe("The stage that was left. previous: the one that the row before it of the same `id` or unit entered.")
      .exactOptional(),
    to: fieldSchema,
    source: fieldSchema.describe("Who or what moved it.").exactOptional(),
  })
  .describe("A stage transition.");

const propertySchema = z.union([
  column,
  z.strictObject({
    column,
    as: z.string().min(1).max(200).exactOptional(),
    type: z.enum(["string", "number", "boolean"]).exactOptional(),
    values: cellMap.exactOptional(),
  }),
  z.strictObject({ constant: z.union([z.string().max(500), z.number(), z.boolean()]), as: z.string().min(1).max(200) }),
]);

const machineSchema = z
  .strictObject({
    vendor_says_machine: column.exactOptional(),
    user_agent: column.exactOptional(),
    ip: column.exactOptional(),
    url: column.exactOptional(),
  })
  .describe("What tells a person's open or click from a machine's.");

const signalSchema = z.strictObject({
  type: typeSchema,
  at: atSchema.describe("When it happened. The map's own `at` where absent.").exactOptional(),
  when: z.union([whenSchema, z.array(whenSchema).min(1).max(10)]).exactOptional(),
  id: z.array(column).min(1).max(10).describe("Columns that together name this signal once.").exactOptional(),
  person: personSchema.exactOptional(),
  account: accountSchema.exactOptional(),
  decision: column.describe("The id of the decision that it answers.").exactOptional(),
  value: z
    .union([column, z.strictObject({ constant: z.number() })])
    .describe("An amount in units, written 1234.56.")
    .exactOptional(),
  currency: fieldSchema.describe("ISO 4217, of `value`.").exactOptional(),
  stage: stageSchema.exactOptional(),
  properties: z.array(propertySchema).max(50).exactOptional(),
  machine: machineSchema.exactOptional(),
  text: column.describe("Words that somebody wrote.").exactOptional(),
});
export type SignalsMappingSignal = z.infer<typeof signalSchema>;

const lookupSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/u, "must be a short lower-case word, such as deal"),
    file: z
      .string()
      .regex(/^[^/\\]{1,200}$/u, "must be the name of a file in the same folder as the imported one, without a path"),
    key: column.describe("The column of that file which names its rows."),
    from: column.describe("The column of the imported file that holds the key."),
    delimiter: z.enum([",", ";", "\t", "|"]).exactOptional(),
  })
  .describe("A second file, looked up by key: its columns are then <id>.<column>.");

const populationSchema = z
  .strictObject({
    unit: column.describe("Who the rows are about. One row each, or many in an event log."),
    starts: atSchema
      .describe("When a unit entered: from then on the outcome could happen. In an event log, its first row.")
      .exactOptional(),
    outcome: z
      .strictObject({
        column: column.exactOptional(),
        positive: cells
          .describe("Cells that mean it happened; without it, every cell that is filled and not false.")
          .exactOptional(),
        pending: cells.describe("Cells that mean it is not known yet.").exactOptional(),
        at: atSchema.describe("When it happened.").exactOptional(),
      })
      .exactOptional(),
  })
  .describe("What the data report looks at: who could have an outcome from when on, and who had it.");

const signalsMappingShape = z.strictObject({
  api_version: z.literal(SIGNALS_MAPPING_API_VERSION),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, "must be lower-case words joined by hyphens, such as crm-deals"),
  format: z
    .enum(["csv", "ndjson", "parquet"])
    .describe("What the file is, plain or gzip; told from its first bytes where absent.")
    .exactOptional(),
  delimiter: z.enum([",", ";", "\t", "|"]).describe("Of a CSV. Guessed where absent.").exactOptional(),
  missing: z.array(cell).max(100).describe("Cells that say nothing, such as Select; read as empty.").exactOptional(),
  lookups: z.array(lookupSchema).max(10).exactOptional(),
  id: z
    .array(column)
    .min(1)
    .max(10)
    .describe("Columns that together name a row once. Without it: who, what and when.")
    .exactOptional(),
  at: atSchema.describe("When it happened, for signals that have no `at` of their own.").exactOptional(),
  person: personSchema.describe("Who did it, for signals that do not say otherwise.").exactOptional(),
  account: accountSchema.describe("Which account it is about.").exactOptional(),
  signals: z.array(signalSchema).min(1).max(50).describe("What each row tells: as many signals as apply to it."),
  population: populationSchema.exactOptional(),
});
export type SignalsMappingShape = z.infer<typeof signalsMappingShape>;

/**
 * The signals mapping: how rows of a CRM's, marketing tool's or warehouse's file become signals. Every key is documented in
 * `docs/reference/signals-mapping.md`.
 */
export const signalsMappingDocumentSchema = signalsMappingShape.superRefine((map, refinement) => {
  for (const { path, message } of lintSignalsMapping(map))
    refinement.addIssue({ code: "custom", path: [...path], message });
});
export type SignalsMappingDocument = z.infer<typeof signalsMappingDocumentSchema>;
