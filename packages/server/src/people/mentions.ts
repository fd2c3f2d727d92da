import type { Identifier } from "@ratchet/engine";

/** Whether a text names a person, in whatever writing it was sent. */
export type Mentions = (text: string) => boolean;

/** What stands where a person was named. */
export const ERASED = "(erased)";

/** An id so short is a word of any text; it counts only under a name that says that it is an id. */
const PLAIN_ID_LENGTH = 6;
const DIGITS_MIN = 6;
const ID_NAME = /(?:^|[._-])(?:id|subject|unit|who)$/iu;

/**
 * Finds a person in a text: plain, with JSON's, a web address's or a message's escapes, and inside base64 or hexadecimal words. A telephone
 * number is found however it is spaced, a full name in either order of its words.
 */
export function mentionsOf(identifiers: readonly Identifier[]): Mentions {
  const tests = identifiers.map(testOf);
  return (text) => readings(text).some((reading) => tests.some((test) => test(reading)));
}

interface Reading {
  readonly text: string;
  /** Digits that only spaces and marks keep apart, together. */
  readonly digits: string;
  readonly json: unknown;
}

function testOf({ relation, value }: Identifier): (reading: Reading) => boolean {
  const wanted = value.toLowerCase();
  if (relation === "email") {
    // Whole: joann@x.com is not ann@x.com, and ann@x.com.au is not either.
    const pattern = new RegExp(`(?<![a-z0-9._%+'-])${literally(wanted)}(?![a-z0-9-]|\\.[a-z0-9])`, "u");
    return ({ text }) => pattern.test(text);
  }
  if (relation === "phone") {
    const digits = wanted.replaceAll(/\D/gu, "");
    return (reading) => digits.length >= DIGITS_MIN && reading.digits.includes(digits);
  }
  if (relation === "name") {
    const words = wanted.split(/\s+/u);
    const patterns = words.map(bounded);
    const enough = words.length > 1 || wanted.length >= PLAIN_ID_LENGTH;
    // The parts of an address are not words: it may be somebody else's.
    return ({ text }) => {
      const prose = enough ? text.replaceAll(ADDRESS, " ") : "";
      return enough && patterns.every((pattern) => pattern.test(prose));
    };
  }
  const pattern = wanted.length >= PLAIN_ID_LENGTH ? bounded(wanted) : null;
  return ({ text, json }) => pattern?.test(text) === true || holdsId(json, wanted);
}

function bounded(word: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${literally(word)}(?![\\p{L}\\p{N}])`, "u");
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&");
}

/** An id under a name that says so: short ones are words of any text. */
function holdsId(json: unknown, id: string): boolean {
  for (const { name, value } of valuesIn(json)) {
    if (typeof value !== "string" && typeof value !== "number") continue;
    if (!ID_NAME.test(name.replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2"))) continue;
    if (String(value).toLowerCase().split("/").includes(id)) return true;
  }
  return false;
}

interface Valued {
  /** That of the nearest member around it. */
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}

/** Every value of a document, however deep: what was sent may be nested deeper than functions can call each other. */
function* valuesIn(json: unknown): Generator<Valued> {
  const waiting: Valued[] = [{ name: "", value: json, depth: 0 }];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    yield one;
    const { name, value } = one;
    if (typeof value !== "object" || value === null) continue;
    const depth = one.depth + 1;
    if (Array.isArray(value)) for (const item of value) waiting.push({ name, value: item, depth });
    else for (const [key, member] of Object.entries(value)) waiting.push({ name: key, value: member, depth });
  }
}

const ADDRESS = /[^\s@"'<>]{1,64}@[^\s@"'<>]{1,255}/gu;

/** Words that may hold something encoded; shorter ones hold no identifier. */
const ENCODED = /[A-Za-z0-9+/_-]{8,}={0,2}/gu;
const HEXADECIMAL = /(?:[0-9a-fA-F]{2}){4,}/gu;

function readings(text: string): readonly Reading[] {
  const plain = [text, unescaped(text), decodedUri(text)];
  const words = text.match(ENCODED) ?? [];
  const encoded = words.map((word) => Buffer.from(word, "base64").toString("utf8")).join("\n");
  const hex = (text.match(HEXADECIMAL) ?? []).map((word) => Buffer.from(word, "hex").toString("utf8")).join("\n");
  const json = parsed(text);
  return [...new Set([...plain, encoded, hex])].map((one) => ({
    text: one.toLowerCase(),
    digits: one.replaceAll(/(?<=\d)[\s()./-]+(?=\d)/gu, ""),
    json,
  }));
}

/** As JSON reads its escapes; also within a text that is not JSON as a whole. */
function unescaped(text: string): string {
  return text
    .replaceAll(/\\+u([0-9a-fA-F]{4})/gu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\+[nrtbf]/gu, " ")
    .replaceAll(/\\+([/"])/gu, "$1");
}

function decodedUri(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Deeper documents cannot be written again. */
const DEPTH_MAX = 500;

/** A JSON document with every text that names the person erased; a text that is no JSON, or nested beyond reason, is erased as a whole. */
export function withoutMentions(text: string, mentions: Mentions): string {
  if (!mentions(text)) return text;
  const json = parsed(text);
  if (typeof json !== "object" || json === null) return ERASED;
  for (const { depth } of valuesIn(json)) if (depth > DEPTH_MAX) return ERASED;
  const written = JSON.stringify(json, (_, value: unknown) =>
    typeof value === "string" && mentions(value) ? ERASED : value,
  );
  return written;
}
