import {
  CANNOT_TELL,
  ENGINE,
  isAnswered,
  isoOf,
  labelAgreement,
  labelId,
  labelSource,
  type ActorId,
  type InboxItem,
  type Label,
  type Review,
  type ReviewAnswer,
} from "@ratchet/engine";
import { ROUTES, type LabelsStatusView } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import { speaker } from "../access/speaker.ts";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { WAITING_MAX } from "../notes/text-labelling.ts";
import { agreementView, labelsOf, questionStatus, reviewView, trainingView } from "../views/labels-view.ts";

const LIMIT = 50;
/** Reviews whose answers agreement is measured on: the latest. */
const ANSWERED_MAX = 5_000;

/** What people wrote: the queue of what machines cannot tell, and how well everybody reads. */
export function noteRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  const { stores, notes } = context;
  const { state } = stores;
  on(app, "outcomeReviews", async (c) => {
    const { order = "oldest", by, limit = LIMIT } = readQuery(c, ROUTES.outcomeReviews.query);
    await notes.upToDate();
    const reviews = await state.reviews({ order, limit, ...(by === undefined ? {} : { notAnsweredBy: by }) });
    const { waiting, oldestAt } = await state.reviewCounts();
    return { reviews: reviews.map(reviewView), waiting, oldest_at: oldestAt === null ? null : isoOf(oldestAt) };
  });
  on(app, "labelReview", async (c) => {
    const { by, labels } = await readBody(c, ROUTES.labelReview.request);
    const review = await reviewAsked(context, c);
    return answer(context, review, { by: personFrom(c, by), labels });
  });
  on(app, "labelsStatus", async () => {
    await notes.upToDate();
    return statusOf(context);
  });
  on(app, "trainLabels", async () => {
    await notes.upToDate();
    const report = await notes.models.retrain();
    const [newest] = await notes.models.history();
    if (newest === undefined) throw new Error("a training leaves a model");
    return trainingView(newest, report);
  });
}

async function reviewAsked({ stores }: AppContext, c: Context): Promise<Review> {
  const asked = parameter(c, "review_id");
  const review = /^\d{1,15}$/u.test(asked) ? await stores.state.review(Number(asked)) : null;
  if (review !== null) return review;
  throw new ProblemError("review.not_found", `there is no review "${asked}"; list them with GET /v1/outcome-reviews`);
}

/** Nothing that learns may teach itself. */
function personFrom(c: Context<ServerEnvironment>, by: string | undefined): ActorId {
  const person = speaker(c, by);
  if (person === ENGINE) throw new ProblemError("review.not_a_person", '"engine" is nobody who reads');
  return person;
}

/** Durable before it is answered: the answer, and its labels on their way to the facts. */
async function answer(
  context: AppContext,
  review: Review,
  { by, labels }: { readonly by: ActorId; readonly labels: Readonly<Record<string, string>> },
): Promise<{ readonly review_id: string; readonly recorded: number; readonly done: boolean }> {
  const { state, clock } = context.stores;
  const at = clock();
  const given = Object.entries(labels).map(([field, label]) => checked(review, { field, label, by, at }));
  const kept = await state.answerReview(review.id, given);
  if (kept === null) throw new ProblemError("review.not_found", `review ${review.id} is gone`);
  // All of them, also those recorded before: their way to the facts may have been cut short then.
  const items = given.flatMap(({ field }) => labelItems(kept.review, field, by));
  await state.acknowledge(items);
  context.projector.notice(items.length);
  return { review_id: String(review.id), recorded: kept.added.length, done: isAnswered(kept.review) };
}

function checked({ questions, id }: Review, answered: ReviewAnswer): ReviewAnswer {
  const { field, label } = answered;
  if (!questions.some((question) => question.field === field)) {
    const asked = questions.map((question) => question.field).join(", ");
    throw new ProblemError("review.unknown_question", `review ${id} does not ask for "${field}", but for ${asked}`);
  }
  const labels = labelsOf(field);
  if (label !== CANNOT_TELL && !labels.includes(label))
    throw new ProblemError(
      "review.unknown_label",
      `"${label}" is no label of ${field}; choose one of ${labels.join(", ")}, or ${CANNOT_TELL}`,
    );
  return answered;
}

/** What this person has said of a question, as facts: one each time they thought again. */
function labelItems({ text, answers }: Review, field: string, by: ActorId): readonly InboxItem[] {
  const { source, messageId, unitId, decisionId, occurredAt } = text;
  const own = answers.filter((one) => one.by === by && one.field === field);
  return own.map(({ label, at }, nth): InboxItem => {
    const fact: Label = {
      source,
      messageId,
      unitId,
      decisionId,
      field,
      label,
      confidence: null,
      span: null,
      labeller: "person",
      version: by,
      nth,
      labelledAt: at,
      occurredAt,
    };
    return { kind: "label", source: labelSource("person"), messageId: labelId(fact), label: fact };
  });
}

async function statusOf({ stores, notes }: AppContext): Promise<LabelsStatusView> {
  const { state } = stores;
  const history = await notes.models.history();
  const [last] = history;
  const current = history.find(({ taken }) => taken);
  const { waiting, oldestAt, answered } = await state.reviewCounts();
  const calibration = (await notes.provider?.calibration()) ?? null;
  return {
    model:
      current === undefined
        ? null
        : {
            version: current.version,
            trained_at: isoOf(current.at),
            questions: (await notes.models.inUse()).model.learned.map(questionStatus),
          },
    last_training: last === undefined ? null : trainingView(last, notes.models.reportOf(last)),
    queue: {
      waiting,
      waiting_max: WAITING_MAX,
      oldest_at: oldestAt === null ? null : isoOf(oldestAt),
      answered,
    },
    agreement: labelAgreement(await state.answeredReviews({ limit: ANSWERED_MAX })).map(agreementView),
    provider:
      notes.provider === null || calibration === null
        ? null
        : {
            model: notes.provider.version,
            answers: calibration.n,
            accuracy: calibration.accuracy,
            calibrated: calibration.calibrate !== null,
            failing: notes.provider.failing(),
          },
  };
}
