import {
  actorId,
  CANNOT_TELL,
  instant,
  memoryFactsStore,
  memoryStateStore,
  projectInbox,
  STARTING_LABEL_SETS,
  unitId,
  type InboxItem,
  type Label,
  type StateStore,
} from "@ratchet/engine";
import { exampleSignal } from "@ratchet/engine/contracts";
import { describe, expect, it } from "vitest";
import { openNoteModels } from "./note-models.ts";
import { openTextLabelling, WAITING_MAX } from "./text-labelling.ts";

const START = Date.UTC(2026, 2, 1);
const clock = () => instant(START);

function note(messageId: string, text: string): InboxItem {
  const signal = exampleSignal("crm", messageId, { type: "note_written", unitId: unitId(`unit of ${messageId}`) });
  return { kind: "signal", source: "crm", messageId, signal, text };
}

function readerOf(state: StateStore) {
  const { signal } = new AbortController();
  const models = openNoteModels({ state, clock }, signal);
  const labelling = openTextLabelling({ state, clock, models, provider: null, notice: () => {}, signal });
  return { models, labelling };
}

async function labelsIn(state: StateStore): Promise<readonly Label[]> {
  const facts = memoryFactsStore();
  await projectInbox({ state, facts }, { maxItems: 10_000, maxSegments: 100 });
  return facts.labels({ limit: 100_000 });
}

const CLEAR = "Nobody picked up, left a voicemail";
const ODD = "見積もり";

describe("reading what was written", () => {
  it("reads each text once, and goes on where it stopped", async () => {
    const state = memoryStateStore();
    const { labelling } = readerOf(state);
    expect(await labelling.readSome(10)).toBe(0);
    expect(await state.noteModels({ limit: 1 })).toEqual([]);
    await state.acknowledge(["1", "2", "3"].map((id) => note(id, CLEAR)));
    expect(await labelling.readSome(2)).toBe(2);
    expect(await labelling.readSome(2)).toBe(1);
    expect(await labelling.readSome(2)).toBe(0);
    await state.acknowledge([note("4", ODD)]);
    expect(await readerOf(state).labelling.readSome(10)).toBe(1);
    const outcomes = (await labelsIn(state)).filter(({ field }) => field === "outcome");
    expect(outcomes.map(({ messageId, label }) => `${messageId} ${label}`).toSorted()).toEqual([
      "1 no_answer",
      "2 no_answer",
      "3 no_answer",
    ]);
  });

  it("says nothing twice when it was cut short after its labels were kept", async () => {
    const state = memoryStateStore();
    await state.acknowledge([note("1", CLEAR), note("2", ODD)]);
    const dying: StateStore = { ...state, putSetting: () => Promise.reject(new Error("cut short")) };
    await expect(readerOf(dying).labelling.readSome(10)).rejects.toThrow("cut short");
    expect(await readerOf(state).labelling.readSome(10)).toBe(2);
    const labels = await labelsIn(state);
    expect(new Set(labels.map(({ messageId, field }) => `${messageId} ${field}`)).size).toBe(labels.length);
    expect(await state.reviews({ order: "oldest", limit: 10 })).toHaveLength(2);
    expect(await state.quarantinedCount()).toBe(0);
  });

  it("asks no more than a team can read", async () => {
    const state = memoryStateStore();
    await state.acknowledge(Array.from({ length: WAITING_MAX + 60 }, (_, i) => note(`n-${i}`, ODD)));
    await readerOf(state).labelling.readSome(WAITING_MAX + 60);
    expect(await state.reviewCounts()).toMatchObject({ waiting: WAITING_MAX });
  });

  it("passes over texts that are gone", async () => {
    const state = memoryStateStore();
    await state.acknowledge([note("1", CLEAR)]);
    await state.forgetTexts({ persons: [], units: [unitId("unit of 1")] });
    expect(await readerOf(state).labelling.readSome(10)).toBe(1);
    expect(await labelsIn(state)).toEqual([]);
  });
});

/** What a team that writes German says, of which the notes to start from hold no word. */
const GERMAN: Readonly<Record<string, readonly string[]>> = {
  interested: ["sehr angetan", "findet es spannend", "hat großes Interesse", "will mehr wissen"],
  not_interested: ["winkt ab", "kein Bedarf", "will nichts davon hören", "lehnt ab"],
  no_answer: ["nicht erreicht", "keiner nimmt ab", "nur der Anrufbeantworter", "es klingelt ins Leere"],
};

describe("learning from a team's answers", () => {
  it("takes a model into use that can be believed, reads everything again but what people labelled, and settles what it can", async () => {
    const state = memoryStateStore();
    const outcomes = Object.keys(GERMAN);
    const texts = Array.from({ length: 260 }, (_, i) => {
      const label = outcomes[i % outcomes.length] ?? "";
      const said = GERMAN[label] ?? [];
      return {
        id: `g-${i}`,
        label,
        text: `Fall ${i}: ${said[i % said.length] ?? ""}, ${said[(i >> 2) % said.length] ?? ""}`,
      };
    });
    await state.acknowledge(texts.map(({ id, text }) => note(id, text)));
    const { labelling, models } = readerOf(state);
    await labelling.readSome(1000);
    const first = await models.inUse();
    const waiting = await state.reviews({ order: "oldest", limit: 1000 });
    expect(waiting.length).toBeGreaterThan(250);

    const answered = new Set<string>();
    for (const { id, messageId, questions } of waiting.slice(0, 220)) {
      if (!questions.some(({ field }) => field === "outcome")) continue;
      const label = texts.find((one) => one.id === messageId)?.label ?? "";
      await state.answerReview(id, [{ field: "outcome", label, by: actorId("person:ada"), at: clock() }]);
      answered.add(messageId);
    }
    const report = await models.retrainWhenDue();
    expect(report).toMatchObject({ taken: true });
    expect(report?.heldOut?.accuracy).toBeGreaterThan((report?.before?.accuracy ?? 1) + 0.3);
    expect(await models.retrainWhenDue()).toBeNull();

    const second = await models.inUse();
    expect(second.version).not.toBe(first.version);
    expect(await state.noteModelDocument(first.version)).not.toBeNull();
    expect(await labelling.readSome(1000)).toBe(260);
    const again = (await labelsIn(state)).filter(({ version }) => version === second.version);
    expect(again.some(({ messageId }) => answered.has(messageId))).toBe(false);
    const right = again.filter(
      ({ field, messageId, label }) => field === "outcome" && label === texts.find(({ id }) => id === messageId)?.label,
    );
    expect(right.length).toBeGreaterThan(30);
    const sets = new Map(STARTING_LABEL_SETS.map(({ name, labels }) => [name, labels]));
    const isClosed = ({ field, label }: Label): boolean =>
      label === CANNOT_TELL || sets.get(field)?.includes(label) === true;
    expect(again.every(isClosed)).toBe(true);
  }, 120_000);
});
