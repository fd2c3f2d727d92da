import { z } from "zod";
import { idSchema, listOf, timestampSchema } from "./primitives.ts";
import { healthViewSchema } from "./today.ts";

/** `GET /v1/status`: what is running, on what, and whether it is well. */
export const statusViewSchema = z.object({
  version: z.string(),
  state: z.enum(["empty", "running"]),
  started_at: timestampSchema,
  now: timestampSchema,
  stores: z.object({ state: z.string(), facts: z.string(), directory: z.string().nullable() }),
  counts: z.object({
    decisions: z.int().min(0),
    signals: z.int().min(0),
    backlog: z.int().min(0),
    quarantined: z.int().min(0),
    ledger_entries: z.int().min(0),
  }),
  checks: listOf(healthViewSchema),
});
export type StatusView = z.infer<typeof statusViewSchema>;

/** Body of `POST /v1/workspace/sample`: fills an empty workspace from the simulator's sample company. */
/** `POST /v1/workspace`: an empty workspace is set up from a playbook, as YAML text or as the same document in JSON. */
export const setUpRequestSchema = z.strictObject({
  playbook: z.union([z.string(), z.record(z.string(), z.unknown())]),
  /** What may be changed about it; a cautious default where absent. */
  policy: z.union([z.string(), z.record(z.string(), z.unknown())]).exactOptional(),
});
export type SetUpRequest = z.infer<typeof setUpRequestSchema>;

export const setUpViewSchema = z.object({
  playbook_version: z.int().min(1),
  levers: listOf(z.object({ name: z.string(), kind: z.string(), point: z.string() })),
  sentence: z.string(),
});
export type SetUpView = z.infer<typeof setUpViewSchema>;

export const sampleRequestSchema = z.strictObject({
  seed: z.int().min(0).exactOptional(),
  cycles: z.int().min(1).max(100).exactOptional(),
});
export type SampleRequest = z.infer<typeof sampleRequestSchema>;

/** What a piece of work is doing, for a progress bar. */
export const jobViewSchema = z.object({
  job_id: idSchema,
  state: z.enum(["running", "done", "failed"]),
  sentence: z.string(),
  /** 0 to 1. */
  progress: z.number().min(0).max(1),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** Answer of `POST /v1/cycles`: what one turn of the loop did, in sentences. */
export const cycleViewSchema = z.object({ cycle: z.int().min(0), summary: z.string(), did: listOf(z.string()) });
export type CycleView = z.infer<typeof cycleViewSchema>;

/** One row of input that did not fit. */
export const quarantinedRowViewSchema = z.object({
  /** Its number in the quarantine, for a replay. */
  seq: z.int().min(1),
  source: z.string(),
  position: z.string(),
  code: z.string(),
  reason: z.string(),
  raw: z.string(),
  at: timestampSchema,
  /** When it was let in after all; null while it waits. */
  released_at: timestampSchema.nullable(),
});

export const quarantineQuerySchema = z.strictObject({
  source: z.string().exactOptional(),
  limit: z.coerce.number().int().min(1).max(1000).exactOptional(),
});

/** `GET /v1/quarantine`, oldest first. */
export const quarantineViewSchema = z.object({ rows: listOf(quarantinedRowViewSchema), total: z.int().min(0) });
export type QuarantineView = z.infer<typeof quarantineViewSchema>;
