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

const leverBasicsSchema = z.object({
  name: z.string(),
  point: z.string(),
  /** What it can answer: actions, bands, or the two sides of a threshold. */
  actions: listOf(z.string()),
  segment_by: listOf(z.object({ field: z.string(), breaks: listOf(z.number()).nullable() })),
  decision_window_ms: z.number().min(0),
  /** It decides and records only; its askers do their own thing. */
  shadow: z.boolean(),
});

const weightsValueSchema = z.object({ intercept: z.number(), weights: z.record(z.string(), z.number()) });
const thresholdValueSchema = z.object({ threshold: z.number(), band: z.number(), chance: z.number() });

/** A lever of the playbook. `segments` holds own values; a segment that is not there inherits its nearest ancestor's. */
export const leverViewSchema = z.discriminatedUnion("kind", [
  leverBasicsSchema.extend({
    kind: z.literal("choice"),
    baseline: z.string(),
    segments: z.record(z.string(), probabilitiesSchema),
  }),
  leverBasicsSchema.extend({
    kind: z.literal("weights"),
    features: listOf(z.object({ name: z.string(), field: z.string(), kind: z.enum(["numeric", "flag", "category"]) })),
    bands: listOf(z.object({ name: z.string(), at_least: z.number() })),
    baseline: weightsValueSchema,
    segments: z.record(z.string(), weightsValueSchema),
  }),
  leverBasicsSchema.extend({
    kind: z.literal("threshold"),
    /** The lever or the field of the context that gives the score. */
    score: z.string(),
    above: z.string(),
    below: z.string(),
    baseline: thresholdValueSchema,
    segments: z.record(z.string(), thresholdValueSchema),
  }),
]);

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
  /** The same as a document that can be kept, compared and checked: `docs/reference/playbook.schema.json`. */
  document: z.record(z.string(), z.unknown()).exactOptional(),
});
export type PlaybookView = z.infer<typeof playbookViewSchema>;
