import { err, ok, type AbstentionPoint, type HeldOutScore, type Result, type TextModel } from "@ratchet/stats";
import { digestOf, type Digest } from "../../digest.ts";
import { labelSetFaults } from "./label-set.ts";
import type { LearnedSet, NoteModel } from "./note-model.ts";

/** A note model as JSON: arrays of numbers are base64 of their little-endian bytes. Same model, same bytes, same digest. */
export interface NoteModelDocument {
  readonly schema: typeof SCHEMA;
  readonly learned: readonly Readonly<Record<string, unknown>>[];
  /** Of everything above. */
  readonly digest: Digest;
}

const SCHEMA = "ratchet/note-model/1";
const COLUMNS_MAX = 5_000_000;

/** Writes a model down. No word of a note is in it: terms are hashes. */
export function writeNoteModel(model: NoteModel): NoteModelDocument {
  const content = { schema: SCHEMA, learned: model.learned.map(writeSet) } as const;
  return { ...content, digest: digestOf(content) };
}

/**
 * Reads a model back.
 *
 * @returns every fault: another schema, a digest that does not match, arrays that do not fit one another, numbers that are not finite.
 */
export function parseNoteModel(
  document: unknown,
): Result<{ readonly model: NoteModel; readonly digest: Digest }, readonly string[]> {
  if (!isRecord(document)) return err(["a note model is an object"]);
  const { schema, learned, digest } = document;
  if (schema !== SCHEMA) return err([`schema is ${JSON.stringify(schema)}, expected ${SCHEMA}`]);
  if (!Array.isArray(learned)) return err(["learned must be a list of label sets"]);
  const parts = learned.map((part: unknown, i) => parseSet(part, `learned[${i}]`));
  const faults = parts.flatMap((part) => (part.kind === "err" ? part.error : []));
  if (faults.length > 0) return err(faults);
  const model = { learned: parts.flatMap((part) => (part.kind === "ok" ? [part.value] : [])) };
  const named = labelSetFaults(model.learned.map(({ set }) => set));
  if (named.length > 0) return err(named);
  const written = writeNoteModel(model);
  return written.digest === digest
    ? ok({ model, digest: written.digest })
    : err([`the digest is ${JSON.stringify(digest)}, the content's is ${written.digest}: the model was altered`]);
}

function writeSet(part: LearnedSet): Readonly<Record<string, unknown>> {
  const set = { name: part.set.name, labels: [...part.set.labels] };
  if (part.kind === "untrained") return { kind: "untrained", set, refusal: { ...part.refusal } };
  const { model, threshold, heldOut } = part;
  return {
    kind: "learned",
    set,
    threshold,
    heldOut: { ...heldOut, abstention: heldOut.abstention.map((point) => ({ ...point })) },
    temperature: model.temperature,
    shares: [...model.shares],
    hashes: base64(model.table.hashes, (view, at, x) => view.setUint32(at, x, true)),
    rarity: base64(model.table.rarity, setFloat),
    intercepts: base64(model.intercepts, setFloat),
    coefficients: base64(model.coefficients, setFloat),
  };
}

function parseSet(part: unknown, at: string): Result<LearnedSet, readonly string[]> {
  if (!isRecord(part) || !isRecord(part["set"])) return err([`${at} needs a set`]);
  const { name, labels } = part["set"];
  if (typeof name !== "string" || !isListOf(labels, (label) => typeof label === "string"))
    return err([`${at}.set needs a name and labels`]);
  const set = { name, labels };
  if (part["kind"] === "untrained") return parseUntrained(part["refusal"], set, at);
  const { threshold } = part;
  if (part["kind"] !== "learned") return err([`${at}.kind must be learned or untrained`]);
  const heldOut = parseHeldOut(part["heldOut"]);
  const model = parseModel(part, labels.length);
  return typeof threshold !== "number" || !(threshold >= 0 && threshold <= 1) || heldOut === null || model === null
    ? err([`${at}: threshold, heldOut and arrays must be finite and fit ${labels.length} labels`])
    : ok({ kind: "learned", set, threshold, heldOut, model });
}

const REASONS = ["invalid-input", "too-few", "one-class", "no-signal", "not-converged"] as const;

function parseUntrained(refusal: unknown, set: LearnedSet["set"], at: string): Result<LearnedSet, readonly string[]> {
  const { reason: given, message } = isRecord(refusal) ? refusal : {};
  const reason = REASONS.find((known) => known === given);
  return reason === undefined || typeof message !== "string"
    ? err([`${at}.refusal needs a reason and a message`])
    : ok({ kind: "untrained", set, refusal: { kind: "refused", reason, message } });
}

function parseModel(part: Readonly<Record<string, unknown>>, classes: number): TextModel | null {
  const { temperature, shares } = part;
  if (!isListOf(shares, isShare) || shares.length !== classes) return null;
  const hashes = words(part["hashes"]);
  const [rarity, intercepts, coefficients] = [part["rarity"], part["intercepts"], part["coefficients"]].map(floats);
  if (hashes === null || !rarity || !intercepts || !coefficients) return null;
  const ascending = hashes.every((hash, k) => k === 0 || (hashes[k - 1] ?? 0) < hash);
  const fits =
    rarity.length === hashes.length && intercepts.length === classes && coefficients.length === hashes.length * classes;
  return ascending && fits && typeof temperature === "number" && temperature > 0 && temperature < Infinity
    ? { table: { hashes, rarity }, intercepts, coefficients, classes, temperature, shares }
    : null;
}

function parseHeldOut(given: unknown): HeldOutScore | null {
  if (!isRecord(given)) return null;
  const { n, accuracy, calibrationError, abstention } = given;
  return isShare(accuracy) && isShare(calibrationError) && typeof n === "number" && isListOf(abstention, isPoint)
    ? { n, accuracy, calibrationError, abstention }
    : null;
}

function isPoint(point: unknown): point is AbstentionPoint {
  return isRecord(point) && isShare(point["threshold"]) && isShare(point["coverage"]) && isShare(point["accuracy"]);
}

function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

type Store = (view: DataView, at: number, x: number) => void;

const setFloat: Store = (view, at, x) => view.setFloat32(at, x, true);

function base64(numbers: Uint32Array | Float32Array, store: Store): string {
  const bytes = Buffer.alloc(4 * numbers.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  numbers.forEach((x, k) => store(view, 4 * k, x));
  return bytes.toString("base64");
}

function viewOf(text: unknown): DataView | null {
  if (typeof text !== "string") return null;
  const bytes = Buffer.from(text, "base64");
  const sound = bytes.length % 4 === 0 && bytes.length <= 4 * COLUMNS_MAX && bytes.toString("base64") === text;
  return sound ? new DataView(bytes.buffer, bytes.byteOffset, bytes.length) : null;
}

function words(text: unknown): Uint32Array | null {
  const view = viewOf(text);
  return view && Uint32Array.from({ length: view.byteLength / 4 }, (_, k) => view.getUint32(4 * k, true));
}

function floats(text: unknown): Float32Array | null {
  const view = viewOf(text);
  const numbers = view && Float32Array.from({ length: view.byteLength / 4 }, (_, k) => view.getFloat32(4 * k, true));
  return numbers?.every(Number.isFinite) === true ? numbers : null;
}
