import { z } from "zod";
import { digestSchema, listOf, probabilitiesSchema, timestampSchema } from "./primitives.ts";

/** `GET /v1/evidence/{digest}`: an immutable snapshot. The document's canonical JSON hashes to the digest. */
export const evidenceViewSchema = z.object({
  digest: digestSchema,
  kind: z.string(),
  document: z.record(z.string(), z.unknown()),
});
export type EvidenceView = z.infer<typeof evidenceViewSchema>;

/** One link of the ledger. */
export const ledgerEntryViewSchema = z.object({
  seq: z.int().min(1),
  at: timestampSchema,
  actor: z.string(),
  kind: z.string(),
  change_id: z.string().nullable(),
  /** What happened, in words. */
  sentence: z.string(),
  body: z.record(z.string(), z.unknown()),
  previous: digestSchema,
  hash: digestSchema,
});
export type LedgerEntryView = z.infer<typeof ledgerEntryViewSchema>;

export const ledgerQuerySchema = z.strictObject({
  after_seq: z.coerce.number().int().min(0).exactOptional(),
  change_id: z.string().exactOptional(),
  limit: z.coerce.number().int().min(1).max(1000).exactOptional(),
});

/** `GET /v1/ledger`, in order of `seq`. The verification covers the whole ledger, not only the entries listed. */
export const ledgerViewSchema = z.object({
  entries: listOf(ledgerEntryViewSchema),
  verification: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("whole"), seq: z.int().min(0), hash: digestSchema }),
    z.object({ kind: z.literal("broken"), seq: z.int().min(0), message: z.string() }),
  ]),
});
export type LedgerView = z.infer<typeof ledgerViewSchema>;

export const leverViewSchema = z.object({
  kind: z.literal("choice"),
  name: z.string(),
  point: z.string(),
  actions: listOf(z.string()),
  baseline: z.string(),
  segment_by: listOf(z.object({ field: z.string(), breaks: listOf(z.number()).nullable() })),
  decision_window_ms: z.number().min(0),
  /** Own probabilities by segment; a segment that is not here inherits its nearest ancestor's. */
  segments: z.record(z.string(), probabilitiesSchema),
});

export const playbookQuerySchema = z.strictObject({ version: z.coerce.number().int().min(0).exactOptional() });

/** `GET /v1/playbook`: the one in force, or any earlier version. */
export const playbookViewSchema = z.object({
  version: z.int().min(0),
  digest: digestSchema,
  parent: digestSchema.nullable(),
  /** The change that made it; null for the first. */
  change_id: z.string().nullable(),
  in_force: z.boolean(),
  /** In force now; the greatest `version` that can be asked for. */
  latest: z.int().min(0),
  levers: listOf(leverViewSchema),
});
export type PlaybookView = z.infer<typeof playbookViewSchema>;
