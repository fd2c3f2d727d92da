import { z } from "zod";
import { timeReader } from "../import/time-format.ts";

const path = z.string().max(500);
const paths = z
  .union([path, z.array(path).min(1).max(20)])
  .transform((given) => (typeof given === "string" ? [given] : given));
const words = z.record(z.string().max(200), z.union([z.string(), z.number(), z.boolean()]));
const signalType = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/u, "a signal type is a lower-case word, with underscores: see the list of types");
const header = z
  .string()
  .max(100)
  .transform((name) => name.toLowerCase());

/** One value: where it stands (the first path that leads to something), in which words, and what it is otherwise. */
const field = z.union([
  paths.transform((from) => ({ from, values: undefined, default: undefined })),
  z.strictObject({
    from: paths,
    /** From the vendor's words to ours; other words stay as they are. */
    values: words.optional(),
    default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  }),
  z
    .strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) })
    .transform(({ value }) => ({ from: [], values: undefined, default: value })),
]);

const meaning = z.union([
  signalType.transform((type) => ({ type, properties: {}, text: undefined })),
  /** With constants kept beside it, and where the words stand that somebody wrote, for this type alone. */
  z.strictObject({ type: signalType, properties: words.default({}), text: paths.optional() }),
]);

const timeFormat = z.string().refine((format) => timeReader(format).kind === "ok", {
  message: "a time format is iso, epoch_s, epoch_ms, or names year, month and day once each, such as MM/DD/YYYY HH:mm",
});

const hmac = z.strictObject({
  kind: z.literal("hmac"),
  header,
  algorithm: z.enum(["sha1", "sha256"]),
  encoding: z.enum(["hex", "base64"]),
  /** How the secret that the vendor shows is to be read. */
  key: z.enum(["text", "hex", "base64"]).default("text"),
  /** What stands before the digest in the header, such as `sha256=`. */
  prefix: z.string().max(20).default(""),
  /** What is signed: text with {body}, {timestamp}, {url}, {method}. */
  signed: z
    .string()
    .max(200)
    .refine((text) => text.includes("{body}"), { message: "what is signed must include {body}" })
    .default("{body}"),
  timestamp: z
    .strictObject({
      header,
      format: z.enum(["epoch_s", "epoch_ms", "iso"]).default("epoch_s"),
      window_seconds: z.number().int().min(1).max(86_400).default(300),
    })
    .optional(),
});

const verify = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("shared_secret") }),
  hmac,
  /** Standard Webhooks 1.0.0, also under the older header names of Svix. */
  z.strictObject({ kind: z.literal("standard_webhooks"), headers: z.enum(["webhook", "svix"]).default("webhook") }),
]);

/**
 * How an unknown vendor's webhooks are read: a document, no code.
 *
 * Paths are `a.b.0.c` (with `*` for every child) or JSON pointers, from the event; a text that holds JSON is opened. Every place that takes
 * a path takes a list of them: the first that leads to something counts.
 */
export const webhookMappingSchema = z.strictObject({
  version: z.literal(1),
  /** As in the route: lower case, with hyphens. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/u, "a name is lower case, with hyphens"),
  title: z.string().max(200).optional(),
  verify: verify.default({ kind: "shared_secret" }),
  /** Where in the body the events stand; without it the body is the event, or an array of them. */
  events: path.optional(),
  /** An event without any of these is not one: it is kept as unread. */
  needs: z.array(path).max(20).default([]),
  type: z.union([
    z.strictObject({ value: signalType }),
    z.strictObject({
      /** The words that together name the event, joined by `/`. A missing word is blank. */
      from: paths,
      /** From the joined words to our type; where the whole is not listed, ever fewer of the words, from the left, are looked up. */
      values: z.record(z.string().max(300), meaning),
      /** Events that are deliberately no signals, looked up likewise: why. `*` is every event that is not listed. */
      ignore: z.record(z.string().max(300), z.string().max(500)).default({}),
    }),
  ]),
  /** The vendor's own id of the event. */
  id: paths.optional(),
  /** What makes an event unique where it has no id: the message id is a digest of these. Without them, of the whole event. */
  unique: z.array(path).min(1).max(20).optional(),
  /** The first format that reads it counts. */
  time: z
    .strictObject({
      from: paths,
      format: z.union([timeFormat.transform((format) => [format]), z.array(timeFormat).min(1).max(5)]),
    })
    .optional(),
  person: z
    .strictObject({
      user_id: field.optional(),
      anonymous_id: field.optional(),
      email: field.optional(),
      phone: field.optional(),
    })
    .default({}),
  account: z
    .strictObject({ account_id: field.optional(), domain: field.optional(), name: field.optional() })
    .default({}),
  decision_id: paths.optional(),
  amount: z
    .strictObject({
      from: paths,
      /** How many of the vendor's units make one of the currency: 100 for cents. */
      per_unit: z.number().positive().default(1),
      currency: field.optional(),
    })
    .optional(),
  machine: z
    .strictObject({
      vendor_says_machine: field.optional(),
      user_agent: field.optional(),
      ip: field.optional(),
      url: field.optional(),
    })
    .default({}),
  text: paths.optional(),
  properties: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/u), field).default({}),
});

/** A checked mapping. */
export type WebhookMapping = z.infer<typeof webhookMappingSchema>;

/** A checked field of a mapping. */
export type MappedField = z.infer<typeof field>;
