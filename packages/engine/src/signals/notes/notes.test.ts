import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INJECTIONS } from "./injections.fixture.ts";
import { labelSetFaults, type LabelledNote, type LabelSet, type NoteReading } from "./label-set.ts";
import { parseNoteModel, writeNoteModel } from "./note-model-document.ts";
import { modelLabeller, readNote, trainNoteModel, type NoteModel, type NoteModelOptions } from "./note-model.ts";
import { STARTING_LABEL_SETS, STARTING_NOTES } from "./starting-notes.ts";

function trained(
  notes: readonly LabelledNote[],
  sets: readonly LabelSet[] = STARTING_LABEL_SETS,
  options: NoteModelOptions = {},
): NoteModel {
  const answer = trainNoteModel({ sets, notes }, options);
  if (answer.kind === "err") throw new Error(answer.error.join("; "));
  return answer.value;
}

const starting = trained(STARTING_NOTES);

/** Every way in which a reading could say something that it may not. */
function readingFaults(readings: readonly NoteReading[], text: string, sets = STARTING_LABEL_SETS): readonly string[] {
  if (readings.length !== sets.length) return [`${readings.length} readings for ${sets.length} sets`];
  return readings.flatMap((reading, i) => {
    const guess = reading.kind === "labelled" ? reading : reading.guess;
    const set = sets[i];
    if (reading.set !== set?.name) return [`a reading of ${reading.set}`];
    if (guess === null) return [];
    const { label, confidence, span } = guess;
    return [
      ...(set.labels.includes(label) ? [] : [`${label} is no label of ${set.name}`]),
      ...(confidence >= 0 && confidence <= 1 ? [] : [`confidence ${confidence}`]),
      ...(span === null || (span.start < span.end && span.end <= text.length) ? [] : [`span outside of "${text}"`]),
    ];
  });
}

function readingOf(
  set: string,
  text: string,
): { readonly label: string; readonly kind: string; readonly words: string } {
  const reading = readNote(starting, text).find((found) => found.set === set);
  const guess = reading?.kind === "labelled" ? reading : reading?.guess;
  return {
    label: guess?.label ?? "",
    kind: reading?.kind ?? "",
    words: text.slice(guess?.span?.start ?? 0, guess?.span?.end ?? 0),
  };
}

describe("the notes to start from", () => {
  it("are a few dozen for each label, each text once in its set", () => {
    for (const { name, labels } of STARTING_LABEL_SETS) {
      const own = STARTING_NOTES.filter(({ set }) => set === name);
      for (const label of labels) expect(own.filter((note) => note.label === label)).toHaveLength(24);
      expect(new Set(own.map(({ text }) => text.toLowerCase())).size).toBe(own.length);
    }
  });

  it("teach all four label sets, each far better than chance on notes left out, and better the surer it is", () => {
    for (const part of starting.learned) {
      if (part.kind === "untrained") throw new Error(part.refusal.message);
      const { n, accuracy, abstention } = part.heldOut;
      const chance = 1 / part.set.labels.length;
      expect(accuracy - chance).toBeGreaterThan(4 * Math.sqrt((chance * (1 - chance)) / n));
      expect(abstention.at(-1)?.accuracy).toBeGreaterThan(accuracy);
      expect(part.threshold).toBeGreaterThanOrEqual(0.5);
    }
  });

  it.each([
    ["outcome", "Nobody picked up, left a voicemail", "no_answer", "voicemail"],
    ["outcome", "They accepted the invite, demo on Wednesday is confirmed", "meeting_booked", "accepted the invite"],
    ["objection", "They already use another vendor and are happy", "competitor", "already use another"],
    ["intent", "Remove me from your list", "opt_out", "Remove me"],
    ["intent", "We want to sign, please send the contract", "ready_to_buy", "send the contract"],
    ["next_step", "Send her the case study and the slides", "send_information", "case study"],
    ["next_step", "Call him again on Monday", "call", "Call him"],
  ])("read %s of “%s” as %s, and show why", (set, text, label, words) => {
    const reading = readingOf(set, text);
    expect(reading).toMatchObject({ label, kind: "labelled" });
    expect(reading.words).toContain(words);
  });
});

describe("a note model", () => {
  const mood: LabelSet = { name: "mood", labels: ["good", "bad"] };
  const own = Array.from({ length: 40 }, (_, i): LabelledNote => ({
    set: "mood",
    text: i % 2 === 0 ? `laughed and joked, case ${i}` : `shouted and hung up, case ${i}`,
    label: i % 2 === 0 ? "good" : "bad",
  }));

  it("learns a team's own labels beside the starting ones", () => {
    const model = trained([...STARTING_NOTES, ...own], [...STARTING_LABEL_SETS, mood]);
    expect(readNote(model, "she joked and laughed").at(-1)).toMatchObject({
      kind: "labelled",
      set: "mood",
      label: "good",
    });
  });

  it("abstains, with a guess for the reviewer, where it is not sure or knows too few words", () => {
    const [unsure] = readNote(trained(own, [mood]), "laughed and shouted, joked and hung up");
    const [unfamiliar] = readNote(trained(own, [mood]), "見積もりを送ってください");
    expect(unfamiliar).toMatchObject({ kind: "abstained", reason: "unfamiliar", guess: { span: null } });
    expect(unsure?.kind === "labelled" ? unsure.confidence : 0).toBeLessThan(0.9);
    const strict = trained(own, [mood], { confidenceMin: 1 });
    expect(readNote(strict, "hung up, shouted and laughed")[0]).toMatchObject({ kind: "abstained", reason: "unsure" });
  });

  it("abstains from a set that nobody has labelled for yet, and says why", () => {
    const model = trained(own.slice(0, 1), [mood]);
    expect(model.learned[0]).toMatchObject({ kind: "untrained", refusal: { reason: "too-few" } });
    expect(readNote(model, "shouted")).toEqual([{ kind: "abstained", set: "mood", reason: "untrained", guess: null }]);
  });

  it("refuses notes whose label is not in the set, naming each", () => {
    const answer = trainNoteModel({
      sets: [mood],
      notes: [
        { set: "mood", text: "x", label: "angry" },
        { set: "colour", text: "x", label: "red" },
      ],
    });
    expect(answer).toMatchObject({
      kind: "err",
      error: [expect.stringContaining("angry"), expect.stringContaining("colour")],
    });
  });

  it("keeps to its closed sets for 500 texts that order it not to", async () => {
    expect(new Set(INJECTIONS).size).toBe(500);
    const labeller = modelLabeller(starting, "test");
    for (const text of INJECTIONS) expect(readingFaults(await labeller.label(text), text)).toEqual([]);
  });

  it("keeps to them for any text at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(readingFaults(readNote(starting, text), text)).toEqual([]);
      }),
    );
  });
});

describe("a note model written down", () => {
  const document = writeNoteModel(starting);
  const copy = (): { learned: Record<string, unknown>[]; digest: string } => JSON.parse(JSON.stringify(document));

  it("is the same, digest and all, for the same notes, and reads as it was", () => {
    expect(writeNoteModel(trained(STARTING_NOTES)).digest).toBe(document.digest);
    const read = parseNoteModel(copy());
    if (read.kind === "err") throw new Error(read.error.join("; "));
    expect(read.value.digest).toBe(document.digest);
    const text = "No budget, call me next year";
    expect(readNote(read.value.model, text)).toEqual(readNote(starting, text));
  });

  it("keeps sets that are not learned yet", () => {
    const sets = [{ name: "mood", labels: ["good", "bad"] }];
    const read = parseNoteModel(JSON.parse(JSON.stringify(writeNoteModel(trained([], sets)))));
    expect(read).toMatchObject({ kind: "ok", value: { model: { learned: [{ kind: "untrained" }] } } });
  });

  it("holds no word of the notes", () => {
    const words = ["voicemail", "budget", "unsubscribe", "headquarters"];
    const text = JSON.stringify(document).toLowerCase();
    expect(words.filter((word) => text.includes(word))).toEqual([]);
  });

  it("is refused when it was altered, cut short, or is something else", () => {
    const altered = copy();
    const [first] = altered.learned;
    if (first === undefined) throw new Error("there is a set");
    first["threshold"] = 0.01;
    expect(parseNoteModel(altered)).toMatchObject({ kind: "err", error: [expect.stringContaining("altered")] });
    first["coefficients"] = "AAAA";
    expect(parseNoteModel(altered)).toMatchObject({ kind: "err" });
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(parseNoteModel(anything).kind).toBe("err");
        expect(parseNoteModel({ schema: document.schema, learned: [anything] }).kind).toBe("err");
      }),
    );
  });
});

describe("label sets", () => {
  it("need names that nothing else could be taken for, and two labels or more", () => {
    expect(labelSetFaults(STARTING_LABEL_SETS)).toEqual([]);
    expect(labelSetFaults([{ name: "Mood", labels: ["good"] }])).toHaveLength(2);
    expect(labelSetFaults([{ name: "mood", labels: ["good", "good", "__proto__"] }])).toHaveLength(2);
  });
});
