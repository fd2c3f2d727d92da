import { z } from "zod";
import { listOf } from "./primitives.ts";

/** What can be wrong with data, by stable names. */
export const DEFECT_CODES = [
  "outcome.left_truncated",
  "outcome.right_censored",
  "outcome.negative_lag",
  "population.intake_ended",
  "column.written_after_outcome",
  "column.blank",
  "column.constant",
  "column.placeholder",
  "category.misspelt",
  "category.spelt_in_several_ways",
  "reference.broken",
] as const;

/** A defect of imported data, found from the data themselves. */
export const dataDefectSchema = z.object({
  code: z.enum(DEFECT_CODES),
  /** critical: conclusions drawn without mending it are wrong. warning: some may be. info: good to know. */
  severity: z.enum(["critical", "warning", "info"]),
  /** The columns it is about; lookups' are `<id>.<column>`. */
  columns: listOf(z.string()),
  /** Rows or units concerned. */
  affected: z.int().min(0),
  /** What is wrong, with its figures. */
  sentence: z.string(),
  /** Rows, cells or cohorts that show it. */
  examples: listOf(z.string()),
  fix: z.string(),
});
export type DataDefect = z.infer<typeof dataDefectSchema>;

/** Of an import of signals: `read = accepted + duplicates + conflicts + refused`. */
export const signalCountsSchema = z.object({
  /** Signals that rows told. */
  read: z.int().min(0),
  accepted: z.int().min(0),
  duplicates: z.int().min(0),
  /** Known under another body: the first one stands, this one is in quarantine. */
  conflicts: z.int().min(0),
  /** Well-formed, but not let in; in quarantine. */
  refused: z.int().min(0),
  /** Rows that told nothing under this map, and rightly so. */
  silent_rows: z.int().min(0),
  by_type: listOf(z.object({ type: z.string(), signals: z.int().min(1) })),
});
export type SignalCounts = z.infer<typeof signalCountsSchema>;
