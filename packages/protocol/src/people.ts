import { z } from "zod";
import { idSchema, listOf, sentTimestampSchema, timestampSchema } from "./primitives.ts";

/** An e-mail address, a telephone number, a sender's own id, or the surrogate that facts carry. */
const personNameSchema = z.string().trim().min(1).max(320);
/** A channel, such as `email` or `phone`; `all` is every one. */
const channelSchema = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/u, "must be a lower-case word, such as email, or all");

/** Why nobody may contact a person. */
const suppressionBasisSchema = z.enum(["unsubscribed", "complained", "bounced_hard", "objected", "manual"]);
/** On what ground a person may be contacted. */
const consentBasisSchema = z.enum(["consent", "contract", "legitimate_interest", "implied"]);

/** What is known about a person. Only this answer, of all, names one directly. */
export const personViewSchema = z.object({
  /** Every surrogate under which facts may carry the person. */
  refs: listOf(z.string()),
  identifiers: listOf(
    z.object({ kind: z.enum(["user_id", "email", "phone", "anonymous_id", "name"]), value: z.string() }),
  ),
  /** The unit that assignments go by: the oldest; null where none is known. */
  unit_id: z.string().nullable(),
  other_units: listOf(z.string()),
  /** Surrogate of the account. */
  account: z.string().nullable(),
  /** Whether a message named it, or the domain of the e-mail address does. */
  account_by: z.enum(["message", "domain", "rule"]).nullable(),
  former_accounts: listOf(z.string()),
  first_seen_at: timestampSchema.nullable(),
});
export type PersonView = z.infer<typeof personViewSchema>;

/** Query of `GET /v1/people`. */
export const personQuerySchema = z.strictObject({ person: personNameSchema });

/** Body of `POST /v1/people/merge`: a record was merged or converted into another. */
export const mergePeopleRequestSchema = z.strictObject({ person: personNameSchema, former: personNameSchema });

/** `GET /v1/people/merges`: how much of what was decided is of units that turned out to be others too. */
export const mergesViewSchema = z.object({
  /** Units for which another one stands now. */
  merged: z.int().min(0),
  /** Of those, how many had been decided for themselves: their people may have met two cohorts. */
  decided_before: z.int().min(0),
  /** Units that were ever decided for. */
  decided: z.int().min(0),
  /** `decided_before ÷ decided`; null where nothing was decided yet. */
  share: z.number().min(0).max(1).nullable(),
});

/** Body of `POST /v1/people/erase`. */
export const erasePersonRequestSchema = z.strictObject({ person: personNameSchema, by: idSchema.exactOptional() });

/** What an erasure removed. The ledger has its id and the counts, and nothing else. */
export const erasureViewSchema = z.object({
  erasure_id: z.string(),
  /** Surrogates that now lead to nobody. */
  refs: z.int().min(0),
  /** Rows about the person that were removed. */
  rows: z.int().min(0),
  /** Stored texts that quoted the person and no longer do. */
  texts: z.int().min(0),
  uploads: z.int().min(0),
  /** Somebody asked that the person not be contacted: that alone was kept, under a keyed hash. */
  suppressed: z.boolean(),
});
export type ErasureView = z.infer<typeof erasureViewSchema>;

/** Query of `GET /v1/people/allowed`. */
export const contactQuerySchema = z.strictObject({ unit: personNameSchema, channel: channelSchema.exactOptional() });

/** Whether a person may be contacted on a channel now, and the rule that says no. */
export const contactViewSchema = z.object({
  allowed: z.boolean(),
  channel: z.string(),
  /** `suppression.unsubscribed`, `consent.withdrawn`, `consent.expired` …; null where nothing refuses. */
  rule: z.string().nullable(),
  source: z.string().nullable(),
  since: timestampSchema.nullable(),
});
export type ContactView = z.infer<typeof contactViewSchema>;

const common = {
  person: personNameSchema,
  /** Every channel where absent. */
  channel: channelSchema.exactOptional(),
  /** Who says so: a system, or the person who enters it. */
  source: idSchema,
  /**
   * With `source` and the person its idempotency key: sent twice, it is recorded once; with another kind, basis, channel or end it is
   * refused (409 `person.conflict`), and the first stands.
   */
  message_id: idSchema,
  /** When the person said so; now where absent. Never later than now. */
  at: sentTimestampSchema.exactOptional(),
  /** From when on it says nothing any more; never where absent. */
  expires_at: sentTimestampSchema.exactOptional(),
} as const;

/** Body of `POST /v1/suppressions`: nobody may contact this person. */
export const suppressionRequestSchema = z.strictObject({ ...common, basis: suppressionBasisSchema });

/** Body of `POST /v1/suppressions/lift`: the suppressions of this person that stand now were a mistake. */
export const liftRequestSchema = z.strictObject({
  person: personNameSchema,
  /** Only those of this channel, and those of every channel; all where absent. */
  channel: channelSchema.exactOptional(),
  by: z
    .string()
    .regex(/^person:.{1,190}$/u, "must be a person, such as person:owner: nothing else may lift a suppression")
    .exactOptional(),
  /** Why it was a mistake. It is written to the ledger for ever, and must not name the person. */
  reason: z.string().trim().min(10).max(500),
});

/** Body of `POST /v1/consents`: on what ground this person may be contacted, or no longer. */
export const consentRequestSchema = z.strictObject({
  ...common,
  kind: z.enum(["granted", "withdrawn"]),
  basis: consentBasisSchema,
});
