import { z } from "zod";
import { idSchema, listOf, sentTimestampSchema, timestampSchema } from "./primitives.ts";

/** Most rows of one call. */
const ROWS_PER_REQUEST_MAX = 1000;

const text = z.string().max(500).nullish();
const id = idSchema.nullish();
/** An id where there is one; blank is what an empty column is exported as. */
const idOrBlank = z
  .string()
  .max(200)
  // oxlint-disable-next-line no-control-regex -- control characters in an id are exactly what is refused here
  .regex(/^[^\u0000-\u001f\u007f]*$/u, "must not hold control characters")
  .nullish();
const flag = z.boolean().nullish();
/** What else is worth keeping, flat. What names a person directly is dropped. */
const attributes = z.record(
  z.string().min(1).max(100),
  z.union([z.string().max(500), z.number(), z.boolean(), z.null()]),
);

/** A column that is absent was not told and stays as it was; null empties it. */
const common = {
  /** The source's own id of the object. */
  id: idSchema,
  /** As of when the row is true, by the source. With `id` it names the row once. */
  updated_at: sentTimestampSchema,
  created_at: sentTimestampSchema.nullish(),
  owner_id: idOrBlank,
  stage: text,
  pipeline: text,
  /** When the object entered its stage, where the source knows. */
  stage_entered_at: sentTimestampSchema.nullish(),
  attributes: attributes.nullish(),
} as const;

const person = {
  email: text,
  phone: text,
  name: text,
  account_id: id,
  country: text,
  region: text,
  industry: text,
  persona: text,
  email_opted_out: flag,
} as const;

export const accountRowSchema = z.strictObject({
  ...common,
  name: text,
  domain: text,
  industry: text,
  employees: z.int().min(0).nullish(),
  region: text,
  country: text,
  /** Whether it fits the ideal customer profile. */
  icp: flag,
});

export const contactRowSchema = z.strictObject({ ...common, ...person, title: text });

export const leadRowSchema = z.strictObject({
  ...common,
  ...person,
  company: text,
  domain: text,
  lead_source: text,
  /** The contact that the lead became. */
  converted_contact_id: id,
  converted_account_id: id,
});

export const opportunityRowSchema = z.strictObject({
  ...common,
  account_id: id,
  amount: z.number().nullish(),
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/u, "must be an ISO 4217 code, such as EUR")
    .nullish(),
  status: z.enum(["open", "won", "lost"]).nullish(),
  /** When it was won or lost; a day in the future, on which that is expected, counts for nothing. */
  closed_at: z.union([sentTimestampSchema, z.iso.date()]).nullish(),
  lead_source: text,
  /** All parts that people play in it now: economic_buyer, champion … */
  contacts: z
    .array(z.strictObject({ contact_id: idSchema, role: z.string().min(1).max(100) }))
    .max(200)
    .nullish(),
});

/** Body of `POST /v1/accounts` and its like: the rows, bare or under `rows`. Each is checked by itself. */
export const upsertRequestSchema = z.union([
  z.array(z.unknown()).min(1).max(ROWS_PER_REQUEST_MAX),
  z.strictObject({ rows: z.array(z.unknown()).min(1).max(ROWS_PER_REQUEST_MAX) }),
]);

/** What became of the rows, `sent = accepted + duplicates + quarantined`, and of the signals that they told. */
export const upsertResponseSchema = z.object({
  sent: z.int().min(0),
  accepted: z.int().min(0),
  duplicates: z.int().min(0),
  quarantined: z.int().min(0),
  signals: z.int().min(0),
  rejected: listOf(z.object({ index: z.int().min(0), code: z.string(), message: z.string() })),
});
export type UpsertResponse = z.infer<typeof upsertResponseSchema>;

const recordKindSchema = z.enum(["account", "contact", "lead", "opportunity"]);

/** Query of `GET /v1/records`. */
export const recordQuerySchema = z.strictObject({ kind: recordKindSchema, source: idSchema, id: idSchema });

/** An object as it is by everything heard. */
export const recordViewSchema = z.object({
  kind: recordKindSchema,
  source: z.string(),
  /** As facts name it: a person by a surrogate. */
  object: z.string(),
  updated_at: timestampSchema,
  /** Each field by the latest row that told it. Nothing that names a person. */
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** Who plays which part in an opportunity. */
  contacts: listOf(z.object({ person: z.string(), role: z.string() })),
  versions: z.int().min(1),
});
export type RecordView = z.infer<typeof recordViewSchema>;

/** Body of `POST /v1/matching`: which account a lead belongs to (`docs/reference/matching.schema.json`), as YAML text. */
export const matchingRequestSchema = z.strictObject({ rules: z.string().min(1) });

/** Leads whose account is not clear, for a person: name the account in the CRM, or add a rule. */
export const matchingViewSchema = z.object({
  rules: z.int().min(0),
  leads: z.int().min(0),
  /** How many were matched by what: `account_id`, `domain`, `rule:ID`, `none`, `ambiguous`. */
  by: listOf(z.object({ by: z.string(), leads: z.int().min(1) })),
  ambiguous: listOf(z.object({ source: z.string(), lead: z.string(), candidates: listOf(z.string()), by: z.string() })),
});
export type MatchingView = z.infer<typeof matchingViewSchema>;
