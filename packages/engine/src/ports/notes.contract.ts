import { probability } from "@ratchet/stats";
import { afterAll, describe, expect, it } from "vitest";
import { actorId, personRef, unitId } from "../ids.ts";
import { CANNOT_TELL } from "../signals/notes/label.ts";
import type { ReviewAnswer, ReviewDraft } from "../signals/notes/review.ts";
import type { Signal } from "../signals/signal.ts";
import { instant } from "../time.ts";
import { exampleSignal, START_MS } from "./example-facts.contract.ts";
import type { InboxItem, StateStore } from "./state-store.ts";

const at = (ms: number): Signal["occurredAt"] => instant(START_MS + ms);
const note = (source: string, messageId: string, text: string, told: Partial<Signal> = {}): InboxItem => ({
  kind: "signal",
  source,
  messageId,
  signal: exampleSignal(source, messageId, { type: "note_written", ...told }),
  text,
});
const asked = (source: string, messageId: string, told: Partial<ReviewDraft> = {}): ReviewDraft => ({
  source,
  messageId,
  questions: [
    {
      field: "outcome",
      reason: "unsure",
      suggestions: [
        {
          label: "interested",
          confidence: probability(0.4),
          span: null,
          labeller: "model",
          version: "v1",
          stated: null,
        },
      ],
    },
  ],
  worth: 0.6,
  opinionsWanted: 1,
  askedAt: at(0),
  ...told,
});
const answer = (by: string, label: string, ms = 0): ReviewAnswer => ({
  field: "outcome",
  label,
  by: actorId(by),
  at: at(ms),
});

/** Texts of a state store, and what people make of them. */
export function specifyNotes(store: () => StateStore): void {
  const own = async (source: string) =>
    (await store().texts({ afterSeq: 0, limit: 10_000 })).filter((text) => text.source === source);
  const waiting = async (source: string, query: Partial<Parameters<StateStore["reviews"]>[0]> = {}) =>
    (await store().reviews({ order: "oldest", limit: 1000, ...query })).filter((review) => review.source === source);

  describe("notes", () => {
    // Others look at the inbox too.
    afterAll(async () => {
      for (let open = await store().openSegment(1000); open !== null; open = await store().openSegment(1000))
        await store().closeSegment(open.number);
    });

    describe("texts", () => {
      it("are kept with the acknowledgement, whole, and neither in the inbox nor in quarantine", async () => {
        const words = 'Zoe said: "no budget", 😀\n\u00e9 見積 \\ -- \u0000 after a zero, \uD83D half';
        const kept = 'Zoe said: "no budget", 😀\n\u00e9 見積 \\ -- \uFFFD after a zero, \uFFFD half';
        const person = personRef("p_writer");
        const detail = { person, account: null, currency: null, humanProbability: null, properties: {} };
        const item = note("words", "m-1", words, { detail });
        expect(await store().acknowledge([item, item])).toEqual(["accepted", "duplicate"]);
        expect(await own("words")).toMatchObject([
          { source: "words", messageId: "m-1", type: "note_written", unitId: "unit", person, text: kept },
        ]);
        const inbox = (await store().openSegment(1000))?.items ?? [];
        expect(JSON.stringify(inbox)).not.toContain("budget");
      });

      it("make another body of the same message, which is kept in quarantine", async () => {
        expect(await store().acknowledge([note("other", "m-1", "first"), note("other", "m-1", "second")])).toEqual([
          "accepted",
          "conflict",
        ]);
        expect(await own("other")).toMatchObject([{ text: "first" }]);
        const [row] = await store().quarantined({ source: "other", limit: 10 });
        expect(row?.raw).toContain("second");
      });

      it("are listed in order of arrival, page by page", async () => {
        await store().acknowledge(["a", "b", "c"].map((id) => note("paged", id, `text ${id}`)));
        const [first, , third] = await own("paged");
        const page = await store().texts({ afterSeq: first?.seq ?? 0, limit: 2 });
        expect(page.map(({ text }) => text)).toEqual(["text b", "text c"]);
        expect(await store().texts({ afterSeq: third?.seq ?? 0, limit: 10 })).toEqual([]);
      });

      it("are emptied of a person, of a unit, and of whomever a rewrite finds; their reviews no longer wait", async () => {
        const gone = personRef("p_text_gone");
        const detail = { person: gone, account: null, currency: null, humanProbability: null, properties: {} };
        await store().acknowledge([
          note("forgotten", "by-person", "words", { detail }),
          note("forgotten", "by-unit", "words", { unitId: unitId("u_text_gone") }),
          note("forgotten", "by-mention", "call Zoe"),
          note("forgotten", "stays", "words"),
        ]);
        await store().putReviews(["by-person", "by-mention", "stays"].map((id) => asked("forgotten", id)));
        expect(await store().forgetTexts({ persons: [gone], units: [unitId("u_text_gone")] })).toBe(2);
        expect(await store().forgetTexts({ persons: [gone], units: [unitId("u_text_gone")] })).toBe(0);
        const places = new Set<string>();
        await store().rewriteTexts((text, place) => {
          if (text.includes("call Zoe")) places.add(place);
          return place === "text" && text.includes("Zoe") ? "" : text;
        });
        expect([...places]).toEqual(["text"]);
        expect((await own("forgotten")).map(({ text }) => text)).toEqual(["", "", "", "words"]);
        expect((await waiting("forgotten")).map(({ messageId }) => messageId)).toEqual(["stays"]);
      });
    });

    describe("reviews", () => {
      it("wait, the oldest first or those that teach most, with their text", async () => {
        await store().acknowledge(["x", "y", "z"].map((id) => note("queue", id, `note ${id}`)));
        await store().putReviews([
          asked("queue", "x", { askedAt: at(3), worth: 0.1 }),
          asked("queue", "y", { askedAt: at(1), worth: 0.2 }),
          asked("queue", "z", { askedAt: at(2), worth: 0.9 }),
          asked("queue", "no such text"),
        ]);
        const ids = async (order: "oldest" | "worth") =>
          (await waiting("queue", { order })).map(({ messageId }) => messageId);
        expect(await ids("oldest")).toEqual(["y", "z", "x"]);
        expect(await ids("worth")).toEqual(["z", "y", "x"]);
        const [first] = await waiting("queue");
        expect(first).toMatchObject({
          text: { text: "note y" },
          answers: [],
          questions: asked("queue", "y").questions,
        });
        expect(await store().review(first?.id ?? 0)).toEqual(first);
        expect(await store().review(1_000_000)).toBeNull();
      });

      it("are asked once: asking again before an answer changes the question, not the place in the queue", async () => {
        await store().acknowledge([note("again", "m", "note")]);
        await store().putReviews([asked("again", "m")]);
        await store().putReviews([asked("again", "m", { askedAt: at(9), worth: 0.3 })]);
        expect(await waiting("again")).toMatchObject([{ askedAt: at(0), worth: 0.3 }]);
        await store().settleReviews([{ source: "again", messageId: "m" }]);
        expect(await waiting("again")).toEqual([]);
        await store().putReviews([asked("again", "m")]);
        expect(await waiting("again")).toHaveLength(1);
      });

      it("are done when enough people answered; an answer said twice is one, a change of mind is two", async () => {
        await store().acknowledge([note("answers", "m", "note")]);
        await store().putReviews([asked("answers", "m", { opinionsWanted: 2 })]);
        const id = (await waiting("answers"))[0]?.id ?? 0;
        expect((await store().answerReview(id, [answer("ada", "interested", 1)]))?.added).toHaveLength(1);
        expect((await store().answerReview(id, [answer("ada", "interested", 2)]))?.added).toEqual([]);
        expect((await store().answerReview(id, [answer("ada", CANNOT_TELL, 3)]))?.added).toHaveLength(1);
        expect(await waiting("answers")).toHaveLength(1);
        expect(await waiting("answers", { notAnsweredBy: "ada" })).toEqual([]);
        const done = await store().answerReview(id, [answer("bob", "no_answer", 4)]);
        expect(done?.review.answers.map(({ by, label }) => [by, label])).toEqual([
          ["ada", "interested"],
          ["ada", CANNOT_TELL],
          ["bob", "no_answer"],
        ]);
        expect(await waiting("answers")).toEqual([]);
        expect(await store().answerReview(1_000_000, [answer("ada", "none")])).toBeNull();
      });

      it("wait on for somebody who answered a part", async () => {
        await store().acknowledge([note("partly", "m", "note")]);
        const [question] = asked("partly", "m").questions;
        if (question === undefined) throw new Error("one question is asked");
        await store().putReviews([asked("partly", "m", { questions: [question, { ...question, field: "intent" }] })]);
        const id = (await waiting("partly"))[0]?.id ?? 0;
        await store().answerReview(id, [answer("ada", "interested", 1)]);
        expect(await waiting("partly", { notAnsweredBy: "ada" })).toHaveLength(1);
        await store().answerReview(id, [{ ...answer("ada", "none", 2), field: "intent" }]);
        expect(await waiting("partly")).toEqual([]);
      });

      it("stay as they are once answered, and are listed by their latest answer", async () => {
        await store().acknowledge(["p", "q"].map((id) => note("kept", id, "note")));
        await store().putReviews([asked("kept", "p"), asked("kept", "q")]);
        const [p, q] = await waiting("kept");
        await store().answerReview(p?.id ?? 0, [answer("ada", "interested", 50)]);
        await store().answerReview(q?.id ?? 0, [answer("ada", "none", 60)]);
        await store().putReviews([asked("kept", "p", { worth: 1 })]);
        await store().settleReviews([{ source: "kept", messageId: "p" }]);
        const answered = (await store().answeredReviews({ limit: 100 })).filter(({ source }) => source === "kept");
        expect(answered.map(({ messageId, worth }) => [messageId, worth])).toEqual([
          ["q", 0.6],
          ["p", 0.6],
        ]);
        expect(await store().answeredReviews({ limit: 1 })).toHaveLength(1);
      });

      it("are counted", async () => {
        const before = await store().reviewCounts();
        await store().acknowledge([note("counted", "m", "note")]);
        await store().putReviews([asked("counted", "m", { askedAt: at(-5_000) })]);
        expect(await store().reviewCounts()).toEqual({
          waiting: before.waiting + 1,
          oldestAt: at(-5_000),
          answered: before.answered,
        });
        await store().answerReview((await waiting("counted"))[0]?.id ?? 0, [answer("ada", "none")]);
        expect(await store().reviewCounts()).toEqual({ ...before, answered: before.answered + 1 });
      });
    });

    it("keeps models of notes, the newest first, with the documents of those taken into use", async () => {
      const model = (version: string, taken: boolean, ms: number) => ({
        version,
        trainedOn: "t",
        taken,
        report: `{"why":"${version}"}`,
        at: at(ms),
      });
      await store().putNoteModel(model("v-1", true, 1), "document 1");
      await store().putNoteModel(model("v-2", false, 2), "document 2");
      await store().putNoteModel(model("v-1", true, 3), "another");
      expect(await store().noteModels({ limit: 10 })).toEqual([model("v-2", false, 2), model("v-1", true, 1)]);
      expect(await store().noteModelDocument("v-1")).toBe("document 1");
      expect(await store().noteModelDocument("v-2")).toBeNull();
      expect(await store().noteModelDocument("v-3")).toBeNull();
    });
  });
}
