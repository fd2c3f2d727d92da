import { z } from "zod";
import { idSchema, listOf, shareSchema, timestampSchema } from "./primitives.ts";

/** A question or a label of the closed sets, or `cannot_tell`. */
const wordSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/u, "must be a lower-case word with underscores, such as meeting_booked");

/** Query of `GET /v1/outcome-reviews`. */
export const reviewQuerySchema = z.strictObject({
  /** `worth`: those whose answer would teach most first. */
  order: z.enum(["oldest", "worth"]).exactOptional(),
  /** Who asks: what this person has answered is left out. */
  by: idSchema.exactOptional(),
  limit: z.coerce.number().int().min(1).max(200).exactOptional(),
});

/** What a machine would say. For the reader's eyes: it is no label. */
const suggestionSchema = z.object({
  label: wordSchema,
  /** Calibrated; 0.5 for a provider of which nothing is known yet. */
  confidence: shareSchema,
  /** Where in the text it says so, in UTF-16 units: start included, end not. */
  span: z.object({ start: z.int().min(0), end: z.int().min(0) }).nullable(),
  labeller: z.enum(["model", "provider"]),
  version: z.string(),
});

/** One text that people should read. Only this answer, of all about notes, holds its words. */
const reviewViewSchema = z.object({
  review_id: z.string(),
  /** Of the signal that carried the text. */
  source: z.string(),
  message_id: z.string(),
  type: z.string(),
  unit_id: z.string(),
  occurred_at: timestampSchema,
  asked_at: timestampSchema,
  text: z.string(),
  questions: listOf(
    z.object({
      field: wordSchema,
      /** What may be answered, beside `cannot_tell`. */
      labels: listOf(wordSchema),
      /** Why a person is asked; `audit` where a machine was sure. */
      reason: z.enum(["unsure", "unfamiliar", "untrained", "failed", "audit"]),
      suggestions: listOf(suggestionSchema),
    }),
  ),
  /** How many people are asked. */
  opinions_wanted: z.int().min(1),
  /** How many have answered. Their answers are not shown to the next. */
  opinions: z.int().min(0),
});
export type ReviewView = z.infer<typeof reviewViewSchema>;

/** Answer of `GET /v1/outcome-reviews`. */
export const reviewListViewSchema = z.object({
  reviews: listOf(reviewViewSchema),
  /** How many wait, these included. */
  waiting: z.int().min(0),
  oldest_at: timestampSchema.nullable(),
});

/** Body of `POST /v1/outcome-reviews/{review_id}/label`. Sent twice, it counts once. */
export const labelReviewRequestSchema = z.strictObject({
  /** Who says so, such as `person:ada`. */
  by: idSchema.exactOptional(),
  /** By question: one of its labels, or `cannot_tell`. */
  labels: z
    .record(wordSchema, wordSchema)
    .refine((labels) => Object.keys(labels).length > 0, "name one question at least"),
});

/** What became of an answer. */
export const labelReviewViewSchema = z.object({
  review_id: z.string(),
  /** Answers that were new. */
  recorded: z.int().min(0),
  /** Whether nobody else need read it. */
  done: z.boolean(),
});

const scoreSchema = z.object({
  n: z.int().min(0),
  accuracy: shareSchema,
  calibration_error: z.number().min(0),
  /** What a calibrated model would stay below on so many answers; null where that was not worked out. */
  calibration_limit: z.number().min(0).nullable(),
});

const trainingSchema = z.object({
  version: z.string(),
  /** Digest of the notes and label sets that it learned from. */
  trained_on: z.string(),
  at: timestampSchema,
  /** Answers of the team among them. */
  answers: z.int().min(0),
  taken: z.boolean(),
  why: z.string(),
  held_out: scoreSchema.nullable(),
  before: scoreSchema.nullable(),
});

const agreementSchema = z.object({
  field: wordSchema,
  /** Texts that two people or more answered it for. */
  n: z.int().min(0),
  agreed: z.int().min(0),
  /** Krippendorff's alpha: 1 always agreed, 0 as by chance. Null where `why` says that it cannot be told. */
  alpha: z.object({ estimate: z.number(), lower: z.number(), upper: z.number() }).nullable(),
  why: z.string().nullable(),
  disagreements: listOf(
    z.object({
      review_id: z.string(),
      source: z.string(),
      message_id: z.string(),
      answers: listOf(z.object({ by: z.string(), label: wordSchema, at: timestampSchema })),
    }),
  ),
});
export type AgreementView = z.infer<typeof agreementSchema>;

/** Answer of `GET /v1/labels/status`. */
export const labelsStatusViewSchema = z.object({
  /** The model in use, with what it can do by question; null before the first text. */
  model: z
    .object({
      version: z.string(),
      trained_at: timestampSchema,
      questions: listOf(
        z.object({
          field: wordSchema,
          labels: z.int().min(2),
          /** Confidence below which it abstains; null where it has not learned this yet. */
          threshold: shareSchema.nullable(),
          held_out: scoreSchema.nullable(),
          /** Share of notes left out that it would answer, and the share of those that it would answer rightly. */
          answers_share: shareSchema.nullable(),
          answers_right: shareSchema.nullable(),
        }),
      ),
    })
    .nullable(),
  /** The last training, taken into use or not. */
  last_training: trainingSchema.nullable(),
  queue: z.object({
    waiting: z.int().min(0),
    /** No more than this wait; what is not asked stays unlabelled. */
    waiting_max: z.int().min(1),
    oldest_at: timestampSchema.nullable(),
    answered: z.int().min(0),
  }),
  agreement: listOf(agreementSchema),
  /** Null where none is configured. */
  provider: z
    .object({
      model: z.string(),
      /** Answers of the team to what it suggested. */
      answers: z.int().min(0),
      accuracy: shareSchema.nullable(),
      /** Whether its labels count: only once answers bear its confidence out. */
      calibrated: z.boolean(),
      /** Why it is left alone for now. */
      failing: z.string().nullable(),
    })
    .nullable(),
});
export type LabelsStatusView = z.infer<typeof labelsStatusViewSchema>;

/** Answer of `POST /v1/labels/train`. */
export const trainingViewSchema = trainingSchema;
export type TrainingView = z.infer<typeof trainingViewSchema>;
