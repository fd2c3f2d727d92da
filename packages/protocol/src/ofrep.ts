import { z } from "zod";
import { idSchema, listOf } from "./primitives.ts";

/** What every key of a flag may begin with: `gtm.content` and `content` are the same decision point. */
export const OFREP_KEY_PREFIX = "gtm.";

/**
 * Body of both evaluation routes. `targetingKey` is checked apart, because the protocol has a code of its own for a context without one; what
 * else the context holds is flattened, and never fails an evaluation.
 */
export const ofrepRequestSchema = z.looseObject({ context: z.record(z.string(), z.unknown()).exactOptional() });

/** Whom an evaluation is about: the unit, as `unit_id` is elsewhere. */
export const targetingKeySchema = idSchema;

/** The codes that providers know. */
const ofrepErrorCodeSchema = z.enum([
  "PARSE_ERROR",
  "TARGETING_KEY_MISSING",
  "INVALID_CONTEXT",
  "FLAG_NOT_FOUND",
  "GENERAL",
]);
export type OfrepErrorCode = z.infer<typeof ofrepErrorCodeSchema>;

/** What rides along with a value. Providers drop whatever is no text, number or boolean. */
const metadataSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/**
 * A decision as a flag. There is always a `value`, of one type for each decision point: a text for a choice, a number for weights, a boolean for a
 * threshold. `variant` is the action in every case.
 */
export const ofrepFlagSchema = z.object({
  key: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  reason: z.enum(["SPLIT", "TARGETING_MATCH", "DEFAULT", "DISABLED"]),
  variant: z.string(),
  metadata: metadataSchema,
});
export type OfrepFlag = z.infer<typeof ofrepFlagSchema>;

/** An evaluation that failed. Without `key` some providers show neither code nor text. */
export const ofrepFailureSchema = z.object({
  key: z.string(),
  errorCode: ofrepErrorCodeSchema,
  errorDetails: z.string(),
});
export type OfrepFailure = z.infer<typeof ofrepFailureSchema>;

/** Answer of the bulk evaluation: every decision point, under both of its keys. One that fails never fails the others. */
export const ofrepBulkSchema = z.object({
  flags: listOf(z.union([ofrepFlagSchema, ofrepFailureSchema])),
  metadata: metadataSchema,
});
export type OfrepBulk = z.infer<typeof ofrepBulkSchema>;
