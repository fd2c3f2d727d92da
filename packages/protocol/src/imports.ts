import { z } from "zod";
import { dataDefectSchema, signalCountsSchema } from "./data-defects.ts";
import { mappingDocumentSchema } from "./mapping-document.ts";
import { idSchema, listOf, timestampSchema } from "./primitives.ts";
import { signalsMappingDocumentSchema } from "./signals-mapping-document.ts";

/** How many rows each reason sent to quarantine. */
export const quarantineCountSchema = z.object({ code: z.string(), count: z.int().min(1), example: z.string() });

export const actionCountSchema = z.object({ action: z.string(), rows: z.int().min(0) });

/** How often an outcome happened among the imported rows. */
export const outcomeRateSchema = z.object({
  metric: z.string(),
  kind: z.enum(["conversion", "value"]),
  happened: z.int().min(0),
  /** Rows where it is not yet known; they are in no rate. */
  pending: z.int().min(0),
  /** Share of rows for a conversion, amount per row for a value; null without rows. */
  per_row: z.number().nullable(),
});

/** What an import found: nothing is dropped without being counted here. */
export const dataReportSchema = z.object({
  source: z.string(),
  rows: z.int().min(0),
  /** Rows now in the store that were not there before. */
  imported: z.int().min(0),
  /** Rows that an earlier import of the same source brought already. */
  duplicates: z.int().min(0),
  /** Rows whose decision is known under another body: the first one stands. */
  conflicts: z.int().min(0),
  quarantined: z.int().min(0),
  quarantined_by_code: listOf(quarantineCountSchema),
  /** Rows left out because an outcome is not yet known. */
  pending: z.int().min(0),
  /** Outcomes now in the store that were not there before. */
  signals_added: z.int().min(0),
  actions: listOf(actionCountSchema),
  outcomes: listOf(outcomeRateSchema),
  first_at: timestampSchema.nullable(),
  last_at: timestampSchema.nullable(),
  /** Of a file of signals; `imported` then counts the rows that told one, and what was new among those is said here. */
  signals: signalCountsSchema.exactOptional(),
  /** What is wrong with the data, worst first; absent where they were not looked at. */
  defects: listOf(dataDefectSchema).exactOptional(),
});
export type DataReport = z.infer<typeof dataReportSchema>;

/** `GET /v1/imports/{import_id}`. */
export const importViewSchema = z.object({
  import_id: idSchema,
  name: z.string(),
  file: z.string(),
  state: z.enum(["running", "done", "failed"]),
  started_at: timestampSchema,
  bytes_read: z.number().min(0),
  /** null where the size is not known beforehand. */
  bytes_total: z.number().min(0).nullable(),
  rows: z.int().min(0),
  imported: z.int().min(0),
  quarantined: z.int().min(0),
  /** Once it is done. */
  report: dataReportSchema.nullable(),
  /** Why it failed. */
  problem: z.string().nullable(),
});
export type ImportView = z.infer<typeof importViewSchema>;

export const importListViewSchema = z.object({ imports: listOf(importViewSchema) });
export type ImportListView = z.infer<typeof importListViewSchema>;

/** A mapping guessed from a file's first rows, for a person to confirm. */
export const mappingGuessSchema = z.object({
  /** Complete enough to import with, or null where a needed column was not recognised. */
  mapping: mappingDocumentSchema.nullable(),
  /** The same, as YAML to edit. */
  yaml: z.string(),
  notes: listOf(z.object({ key: z.string(), confidence: z.enum(["high", "medium", "low"]), sentence: z.string() })),
  columns: listOf(z.string()),
  preview: listOf(listOf(z.string())),
});
export type MappingGuess = z.infer<typeof mappingGuessSchema>;

export const uploadQuerySchema = z.strictObject({ name: z.string().min(1).max(200) });

/** Answer of `POST /v1/uploads`, whose body is the file itself. */
export const uploadViewSchema = z.object({
  upload_id: idSchema,
  name: z.string(),
  bytes: z.int().min(0),
  guess: mappingGuessSchema,
});
export type UploadView = z.infer<typeof uploadViewSchema>;

/** One row of an uploaded file, as a mapping reads it. */
export const previewRowViewSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("fits"),
    position: z.string(),
    unit_id: z.string(),
    decided_at: timestampSchema,
    action: z.string(),
    /** Reading of each outcome: 1 or 0 for a conversion, the amount for a value. */
    outcomes: z.record(z.string(), z.number()),
  }),
  z.object({
    kind: z.literal("left_out"),
    position: z.string(),
    /** The code that the row would be counted under: in quarantine, pending or excluded. */
    code: z.string(),
    reason: z.string(),
    raw: z.string(),
  }),
]);
export type PreviewRowView = z.infer<typeof previewRowViewSchema>;

/** Body of `POST /v1/uploads/{upload_id}/preview`: the map to try, as in an import. Nothing is stored. */
export const previewRequestSchema = z.strictObject({
  mapping: z.union([z.string(), mappingDocumentSchema, signalsMappingDocumentSchema]),
});
export type PreviewRequest = z.infer<typeof previewRequestSchema>;

/** What a mapping makes of an upload: a map of decisions of its first rows, a map of signals of all. */
export const mappingPreviewSchema = z.object({
  /** Rows read; those listed are the first of them. */
  checked: z.int().min(0),
  fitting: z.int().min(0),
  rows: listOf(previewRowViewSchema),
  left_out_by_code: listOf(quarantineCountSchema),
  /** By a map of signals, which reads the whole file: what an import would find, as if nothing were there yet. */
  report: dataReportSchema.exactOptional(),
});
export type MappingPreview = z.infer<typeof mappingPreviewSchema>;

/**
 * Body of `POST /v1/imports`: the map as YAML text (see `docs/reference/mapping.md` and `signals-mapping.md`) or as the same document in
 * JSON.
 */
export const importRequestSchema = z.strictObject({
  upload_id: idSchema,
  mapping: z.union([z.string(), mappingDocumentSchema, signalsMappingDocumentSchema]),
});
export type ImportRequest = z.infer<typeof importRequestSchema>;
