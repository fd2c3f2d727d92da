import { z } from "zod";
import { idSchema, listOf, timestampSchema } from "./primitives.ts";

/** What a check says of one thing. `no_data`: too little was heard to tell, which is never green. */
export const dataStateSchema = z.enum(["green", "info", "warning", "critical", "no_data"]);

/** One check of one thing: a source, a field, a decision point. */
const dataCheckViewSchema = z.object({
  /** `freshness`, `volume`, `missing-context` … : docs/reference/data-health.md has them all. */
  check: z.string(),
  source: z.string().nullable(),
  /** What was looked at, in words. */
  subject: z.string(),
  state: dataStateSchema,
  /** What is seen, and what it does. */
  sentence: z.string(),
  /** Metrics that it touches; `all` where none can be told apart. Empty where nothing is wrong. */
  metrics: z.union([listOf(z.string()), z.literal("all")]),
  /** From when the data are touched. */
  since: timestampSchema.nullable(),
  /** Named numbers: shares from 0 to 1, times in ms. */
  figures: z.record(z.string(), z.number()),
  /** Message ids, at most three; never contents. */
  examples: listOf(z.string()),
  /** What to do about it; empty where nothing is wrong. */
  fix: z.string(),
});
export type DataCheckView = z.infer<typeof dataCheckViewSchema>;

/** How often a field was not told in one week (of seven days counted from 1970). */
const missingWeekSchema = z.object({
  of: z.enum(["decisions", "signals"]),
  source: z.string(),
  field: z.string(),
  week: timestampSchema,
  n: z.int().min(0),
  missing: z.int().min(0),
});

/** A critical finding about an imported file. It is no incident: a file does not change, and no look could find that it is over. */
const importFindingSchema = z.object({
  import_id: idSchema,
  file: z.string(),
  source: z.string(),
  code: z.string(),
  sentence: z.string(),
  fix: z.string(),
});

/** `GET /v1/data-health`: the last look, worst first; `POST /v1/data-health/check`: a look that is taken now. */
export const dataHealthViewSchema = z.object({
  /** When it was looked; null before the first look. */
  at: timestampSchema.nullable(),
  /** The worst finding; without one, `green` where anything could be judged at all. */
  state: dataStateSchema,
  checks: listOf(dataCheckViewSchema),
  missing_by_week: listOf(missingWeekSchema),
  /** Of the last import of each source. They block nothing by themselves. */
  imports: listOf(importFindingSchema),
  /** Open incidents. */
  open_incidents: z.int().min(0),
});
export type DataHealthView = z.infer<typeof dataHealthViewSchema>;

/** Something that is, or was, wrong with the data. */
export const incidentViewSchema = z.object({
  incident_id: idSchema,
  check: z.string(),
  source: z.string().nullable(),
  severity: z.enum(["warning", "critical"]),
  state: z.enum(["open", "recovered", "explained"]),
  sentence: z.string(),
  metrics: z.union([listOf(z.string()), z.literal("all")]),
  /** Whether nothing is learned from these metrics while it is open. */
  blocks_learning: z.boolean(),
  /** From when, and until when, the data are touched. */
  from: timestampSchema,
  to: timestampSchema.nullable(),
  opened_at: timestampSchema,
  escalated_at: timestampSchema.nullable(),
  resolved_at: timestampSchema.nullable(),
  /** Who resolved it: `engine`, or the person who explained it; null while it is open. */
  by: z.string().nullable(),
  reason: z.string().nullable(),
});
export type IncidentView = z.infer<typeof incidentViewSchema>;

export const incidentQuerySchema = z.strictObject({
  state: z.enum(["open", "all"]).exactOptional(),
  limit: z.coerce.number().int().min(1).max(1000).exactOptional(),
});

/** `GET /v1/incidents`, latest first. */
export const incidentListViewSchema = z.object({ incidents: listOf(incidentViewSchema), open: z.int().min(0) });

/** Body of `POST /v1/incidents/{incident_id}/resolve`: a person says that nothing is wrong with the data, and why. */
export const resolveIncidentRequestSchema = z.strictObject({
  by: idSchema.exactOptional(),
  reason: z.string().trim().min(3).max(500),
});
