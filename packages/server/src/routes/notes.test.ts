import { ROUTES, type ReviewView } from "@ratchet/protocol";
import { projectInbox } from "@ratchet/engine";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, problem, send, setUp } from "../memory-app.fixture.ts";

const ADA = "person:ada";

beforeEach(async () => {
  await open();
  await setUp();
});

async function write(texts: Readonly<Record<string, string>>): Promise<void> {
  const signals = Object.entries(texts).map(([message_id, text]) => ({
    message_id,
    type: "note_written",
    unit_id: `unit of ${message_id}`,
    text,
  }));
  expect(await ask(ROUTES.signals, { body: { signals } })).toMatchObject({ accepted: signals.length });
}

async function project(): Promise<void> {
  await projectInbox(context.stores, { maxItems: 1000, maxSegments: 10 });
}

async function reviewOf(message: string): Promise<ReviewView> {
  const { reviews } = await ask(ROUTES.outcomeReviews, { query: "?limit=200" });
  const found = reviews.find(({ message_id }) => message_id === message);
  if (found === undefined) throw new Error(`no review of ${message}`);
  return found;
}

const answer = (id: string, by: string, labels: object) =>
  ask(ROUTES.labelReview, { parameters: { review_id: id }, body: { by, labels } });

describe("notes", () => {
  it("are read: what the model is sure of becomes a fact, the rest waits for a person with words and suggestions", async () => {
    await write({
      clear: "Nobody picked up, left a voicemail",
      odd: "見積もりを送ってください",
    });
    const odd = await reviewOf("odd");
    expect(odd).toMatchObject({ text: "見積もりを送ってください", unit_id: "unit of odd", opinions: 0 });
    expect(odd.questions.map(({ field, reason }) => [field, reason])).toEqual(
      ["outcome", "objection", "intent", "next_step"].map((field) => [field, "unfamiliar"]),
    );
    expect(odd.questions[0]?.labels).toContain("meeting_booked");
    await project();
    const [label] = await context.stores.facts.labels({ messageId: "clear", field: "outcome", limit: 1 });
    expect(label).toMatchObject({ label: "no_answer", labeller: "model", unitId: "unit of clear" });
    expect(label?.confidence).toBeGreaterThan(0.5);
    const facts = JSON.stringify(await context.stores.facts.labels({ limit: 1000 }));
    expect(facts).not.toContain("voicemail");
  });

  it("are measured: a metric may count what people said of them", async () => {
    const [decision] = await decided("unit of m");
    await write({ m: "見積もり" });
    const { review_id } = await reviewOf("m");
    await answer(review_id, ADA, { outcome: "interested" });
    await project();
    const metric = context.workspace.current().policy.metrics[0];
    if (metric === undefined) throw new Error("the policy has a metric");
    const counted = async (signal: string): Promise<number> => {
      const asked = { ...metric, signal, windowMs: 0 };
      const watermark = context.stores.clock();
      const { cells } = await context.stores.facts.measure({
        source: "engine",
        point: "content",
        metric: asked,
        watermark,
      });
      return cells.reduce((sum, { nonZero }) => sum + nonZero, 0);
    };
    expect(decision).toBeDefined();
    expect(await counted("label:outcome=interested")).toBe(1);
    expect(await counted("label:outcome=no_answer")).toBe(0);
  });
});

async function decided(unit: string): Promise<readonly unknown[]> {
  const made = ROUTES.decide.response.parse(
    await (await send("POST", "/v1/decisions", { point: "content", unit_id: unit })).json(),
  );
  return "decisions" in made ? made.decisions : [made];
}

describe("an answer", () => {
  it("counts once, closes the review, and may be thought over", async () => {
    await write({ m: "見積もり" });
    const { review_id } = await reviewOf("m");
    const all = { outcome: "interested", objection: "none", intent: "cannot_tell", next_step: "call" };
    const first = await answer(review_id, ADA, all);
    expect(first).toMatchObject({ recorded: 4 });
    expect(await answer(review_id, ADA, all)).toEqual({ ...first, recorded: 0 });
    expect(await answer(review_id, ADA, { outcome: "not_interested" })).toMatchObject({ recorded: 1 });
    await project();
    const labels = await context.stores.facts.labels({ messageId: "m", labeller: "person", limit: 10 });
    expect(labels.map(({ field, label, nth }) => `${field} ${label} ${nth}`).toSorted()).toEqual([
      "intent cannot_tell 0",
      "next_step call 0",
      "objection none 0",
      "outcome interested 0",
      "outcome not_interested 1",
    ]);
  });

  it("is wanted of two people for some texts; the second does not see the first, and both make the agreement", async () => {
    await write(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`note-${i}`, `見積もり ${i}`])));
    const { reviews } = await ask(ROUTES.outcomeReviews, { query: "?limit=200" });
    const twice = reviews.filter(({ opinions_wanted }) => opinions_wanted === 2);
    expect(twice.length).toBeGreaterThan(1);
    expect(twice.length).toBeLessThan(20);
    for (const [i, { review_id, questions }] of twice.entries()) {
      const answers = Object.fromEntries(
        questions.map(({ field }) => [field, field === "next_step" ? "wait" : "none"]),
      );
      expect(await answer(review_id, ADA, answers)).toMatchObject({ done: false });
      const mine = await ask(ROUTES.outcomeReviews, { query: `?by=${ADA}&limit=200` });
      expect(mine.reviews.some((one) => one.review_id === review_id)).toBe(false);
      const other = await ask(ROUTES.outcomeReviews, { query: "?by=person:bob&limit=200" });
      expect(JSON.stringify(other.reviews.find((one) => one.review_id === review_id))).not.toContain("person:ada");
      const differs = i === 0 ? { ...answers, outcome: "interested" } : answers;
      expect(await answer(review_id, "person:bob", differs)).toMatchObject({ done: true });
    }
    const { agreement, queue } = await ask(ROUTES.labelsStatus);
    expect(queue).toMatchObject({ waiting: 60 - twice.length, answered: twice.length });
    expect(agreement.find(({ field }) => field === "outcome")).toMatchObject({
      n: twice.length,
      agreed: twice.length - 1,
      disagreements: [{ answers: [{ label: "none" }, { label: "interested" }] }],
    });
  });

  it("is refused outside of the closed sets, for a review that is not there, and from the engine", async () => {
    await write({ m: "見積もり" });
    const { review_id } = await reviewOf("m");
    const refused = async (id: string, body: unknown) =>
      (await problem(await send("POST", `/v1/outcome-reviews/${id}/label`, body))).code;
    expect(await refused(review_id, { by: ADA, labels: { outcome: "hacked" } })).toBe("review.unknown_label");
    expect(await refused(review_id, { by: ADA, labels: { mood: "good" } })).toBe("review.unknown_question");
    expect(await refused(review_id, { by: "engine", labels: { outcome: "none" } })).toBe("review.not_a_person");
    expect(await refused("999", { by: ADA, labels: { outcome: "none" } })).toBe("review.not_found");
    expect(await refused("1e3", { by: ADA, labels: { outcome: "none" } })).toBe("review.not_found");
    expect(await refused(review_id, { by: ADA, labels: {} })).toBe("request.invalid");
  });
});

describe("learning from answers", () => {
  it("leaves the model in use where too few answers can say whether the new one is to be believed, and says so", async () => {
    await write({ m: "見積もり" });
    const before = await ask(ROUTES.labelsStatus);
    const { review_id } = await reviewOf("m");
    await answer(review_id, ADA, { outcome: "interested" });
    expect(await ask(ROUTES.trainLabels)).toMatchObject({
      taken: false,
      why: expect.stringContaining("40 are needed"),
    });
    const after = await ask(ROUTES.labelsStatus);
    expect(after.model?.version).toBe(before.model?.version);
    expect(after.last_training).toMatchObject({ taken: false });
    expect(after.model?.questions.map(({ field }) => field)).toEqual(["outcome", "objection", "intent", "next_step"]);
  }, 60_000);
});
