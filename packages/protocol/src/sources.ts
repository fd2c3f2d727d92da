import { z } from "zod";
import { mappingDocumentSchema } from "./mapping-document.ts";
import { signalsMappingDocumentSchema } from "./signals-mapping-document.ts";
import { dataStateSchema } from "./data-health.ts";
import { durationMs, durationSchema } from "./duration.ts";
import { idSchema, listOf, shareSchema, timestampSchema } from "./primitives.ts";

/** How a source's messages are read. */
const sourceKindSchema = z.enum(["api", "segment", "cloudevents", "webhook", "file"]);

/** What became of everything that a source sent since the server started: `accepted + duplicates + quarantined = sent`. */
const tallySchema = z.object({
  requests: z.int().min(0),
  sent: z.int().min(0),
  accepted: z.int().min(0),
  duplicates: z.int().min(0),
  quarantined: z.int().min(0),
  /** Events of a vendor that are deliberately no signals; not among the sent. */
  ignored: z.int().min(0),
  last_at: timestampSchema.nullable(),
});

/** A source's clock by its last deliveries. Its times are read corrected by `shift_ms`; what it said stays in the facts. */
const sourceClockSchema = z.object({
  /** `disagree`: some deliveries are off and others not; `beyond_bound`: off by more than a day. Neither is corrected. */
  state: z.enum(["right", "off", "disagree", "beyond_bound", "too_few"]),
  /** What is added to its latest times now, ms; negative where its clock is ahead. 0: nothing is corrected. */
  shift_ms: z.int(),
  /** What its last deliveries say must be added, ms; null where they do not say one thing. */
  measured_shift_ms: z.int().nullable(),
  uncertainty_ms: z.int().min(0).nullable(),
  /** Deliveries (requests that brought something dated) that the state rests on. */
  deliveries: z.int().min(0),
});

/** How late a source's signals arrive, of those that say when they happened, over the last 90 days. */
const sourceDelaysSchema = z.object({
  messages: z.int().min(0),
  /** So many per cent of the signals arrive within so many ms; null where nothing arrived, or later than 64 days. */
  median_ms: z.number().nullable(),
  p95_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  later_than_day: shareSchema,
});

/** A key or a secret that is good now. */
const liveKeySchema = z.object({
  /** Its last four characters; null where they are not known, or would be too much of it. */
  ends: z.string().nullable(),
  /** It was replaced, and is refused from then on; null for the one in use. */
  until: timestampSchema.nullable(),
});

/** One system that sends to us. Its key and its secret are never shown again. */
export const sourceViewSchema = z.object({
  source_id: idSchema,
  kind: sourceKindSchema,
  vendor: z.string().nullable(),
  /** What its team's words mean was told to it. */
  has_settings: z.boolean(),
  /** Whether its signals may count as outcomes. */
  carries_outcomes: z.boolean(),
  /** Its key, and the one before while that still holds. */
  keys: listOf(liveKeySchema),
  /** What its vendor signs with, likewise; none where nothing is signed. */
  secrets: listOf(liveKeySchema),
  created_at: timestampSchema,
  disabled_at: timestampSchema.nullable(),
  tally: tallySchema,
  /** Rows of it that wait in quarantine. */
  waiting: z.int().min(0),
  clock: sourceClockSchema,
  delays: sourceDelaysSchema,
  /** The worst that the last look at the data said of it; `GET /v1/data-health` has every check. */
  health: z.object({ state: dataStateSchema, sentence: z.string() }),
});
export type SourceView = z.infer<typeof sourceViewSchema>;

/** `GET /v1/sources`, by id. */
export const sourceListViewSchema = z.object({ sources: listOf(sourceViewSchema) });

/** Body of `POST /v1/sources`. */
export const createSourceRequestSchema = z.strictObject({
  source_id: idSchema,
  kind: sourceKindSchema,
  /** Which vendor's webhooks; only with kind `webhook`. */
  vendor: z.string().exactOptional(),
  /** How a vendor's webhooks are read that is not known by heart, as YAML text (`examples/webhook-mappings`); it names the vendor. */
  mapping: z.string().min(1).exactOptional(),
  /** What the vendor signs with; only with kind `webhook`. */
  secret: z.string().min(1).exactOptional(),
  /** May its signals count as outcomes? True where absent. */
  carries_outcomes: z.boolean().exactOptional(),
});

/** Body of `POST /v1/sources/{source_id}/settings`: what is named is replaced, what is not stays. */
export const sourceSettingsRequestSchema = z.strictObject({
  /** What the team's words mean (`docs/reference/source-settings.schema.json`), as YAML text; null takes it away. */
  settings: z.string().min(1).nullable().exactOptional(),
  /** Another mapping of a vendor that is not known by heart, as YAML text. */
  mapping: z.string().min(1).exactOptional(),
  /** Another secret, where the one told was wrong: it is forgotten at once. After the vendor changed it: `…/secret`. */
  secret: z.string().min(1).exactOptional(),
});

/** Longest time for which an old key or secret may hold beside the new one. */
const OVERLAP_DAYS_MAX = 30;
// Piped, so that only what is a duration is measured.
const overlapSchema = durationSchema.pipe(
  z
    .string()
    .refine(
      (overlap) => durationMs(overlap) <= OVERLAP_DAYS_MAX * durationMs("1d"),
      `must be ${OVERLAP_DAYS_MAX}d at the longest`,
    ),
);

/** Body of `POST /v1/sources/{source_id}/key`. */
export const rotateKeyRequestSchema = z.strictObject({
  /** How long the old one holds beside the new one: 24h where absent; `0s` ends it at once. */
  overlap: overlapSchema.exactOptional(),
});

/** Body of `POST /v1/sources/{source_id}/secret`. */
export const rotateSecretRequestSchema = z.strictObject({
  /** What the vendor signs with from now on. */
  secret: z.string().min(1),
  /** As of a key. */
  overlap: overlapSchema.exactOptional(),
});

/** A new key, shown this once. */
export const sourceKeyViewSchema = z.object({ source: sourceViewSchema, key: z.string() });
export type SourceKeyView = z.infer<typeof sourceKeyViewSchema>;

/** `GET /v1/sources/{source_id}/requests`: the last requests, newest first. */
export const sourceRequestsViewSchema = z.object({
  requests: listOf(
    z.object({
      at: timestampSchema,
      route: z.string(),
      status: z.int(),
      sent: z.int().min(0),
      accepted: z.int().min(0),
      duplicates: z.int().min(0),
      quarantined: z.int().min(0),
      /** As in the source's tally. */
      ignored: z.int().min(0),
      fault: z.string().nullable(),
    }),
  ),
});

/** Body of `POST /v1/quarantine/replay`: certain rows, or all that wait, of one source where it names one. */
export const replayRequestSchema = z.strictObject({
  seqs: z.array(z.int().min(1)).min(1).max(1000).exactOptional(),
  source: z.string().exactOptional(),
  /** A mended map of a file's rows, as YAML text or as the same document; where absent, the latest that files of their name came in with. */
  mapping: z.union([z.string().min(1), mappingDocumentSchema, signalsMappingDocumentSchema]).exactOptional(),
});

/** What became of the rows that were read again. A row that still does not fit stays where it was. */
export const replayViewSchema = z.object({
  replayed: z.int().min(0),
  released: z.int().min(0),
  /** Rows that cannot be read again by themselves: contradictions, and what came before layouts were kept. */
  not_replayable: z.int().min(0),
  still: listOf(z.object({ seq: z.int().min(1), code: z.string(), message: z.string() })),
});
export type ReplayView = z.infer<typeof replayViewSchema>;
