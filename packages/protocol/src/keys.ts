import { z } from "zod";
import { SCOPES } from "./access.ts";
import { durationSchema } from "./duration.ts";
import { idSchema, listOf, timestampSchema } from "./primitives.ts";

const modeSchema = z.enum(["live", "test"]);
const NAME_LENGTH_MAX = 100;

/** One key. Its secret is never shown again. */
export const keyViewSchema = z.object({
  key_id: idSchema,
  name: z.string(),
  /** Decisions under a test key are marked so, and nothing learns from them. */
  mode: modeSchema,
  scopes: listOf(z.enum(SCOPES)),
  /** An AI agent's: it may ask and report, whatever its scopes say. */
  agent: z.boolean(),
  /** `live` is any that can be used, also a test key. */
  state: z.enum(["live", "revoked", "expired"]),
  /** Those that can be used, the newest first; two while the key is being rotated. */
  secrets: listOf(
    z.object({ last_four: z.string(), created_at: timestampSchema, ends_at: timestampSchema.nullable() }),
  ),
  created_at: timestampSchema,
  expires_at: timestampSchema.nullable(),
  revoked_at: timestampSchema.nullable(),
  /** To the hour; null: never used. */
  last_used_at: timestampSchema.nullable(),
});
export type KeyView = z.infer<typeof keyViewSchema>;

/** `GET /v1/keys`, in the order in which they were made. */
export const keyListViewSchema = z.object({ keys: listOf(keyViewSchema) });

/** Body of `POST /v1/keys`. */
export const createKeyRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(NAME_LENGTH_MAX),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  /** `live` where absent. A test key may decide and read. */
  mode: modeSchema.exactOptional(),
  /** For an AI agent; false where absent. */
  agent: z.boolean().exactOptional(),
  /** How long it lives, such as `90d`; for ever where absent. */
  expires_in: durationSchema.exactOptional(),
});

/** A key and its secret: the only time that it is shown. */
export const shownKeyViewSchema = z.object({ key: keyViewSchema, secret: z.string() });

/** Body of `POST /v1/keys/{key_id}/rotate`. */
export const rotateKeyRequestSchema = z.strictObject({
  /** How long the former secret still works, at most 30 days; `24h` where absent, `0h` ends it at once. */
  overlap: durationSchema.exactOptional(),
});
