import type { Context } from "@ratchet/engine";

/** Names under which clients send what identifies a person directly. Their values go nowhere but to the person's surrogate. */
const IDENTIFIERS =
  /^(?:.*[._-])?(?:e-?mail(?:_?address)?|phone(?:_?number)?|mobile(?:_?phone)?|(?:first|last|full|middle|user|display)_?name|address|street|ip(?:_?address)?|birthday|avatar|username|twitter|linkedin(?:_?url)?)$/iu;
/** At the top it is somebody's; further in it is a campaign's, a product's, a stage's. */
const TOP_IDENTIFIERS = /^name$/iu;

/** Whether a value under this name identifies a person directly. */
export function isIdentifierName(name: string): boolean {
  return IDENTIFIERS.test(name) || TOP_IDENTIFIERS.test(name);
}

/** Whether a text holds an e-mail address or a phone number, whatever its name. */
export function namesSomebody(text: string): boolean {
  return text.includes("@") || /\+\d[\d\s().-]{6,}/u.test(text);
}

const DEPTH_MAX = 4;
const NAMES_MAX = 100;
const TEXT_MAX = 500;

/**
 * What a message tells beside the person, as named values: nested objects by dotted names, lists by their text, without direct
 * identifiers. At most 100 names, texts of at most 500 characters: more is a document, not context.
 */
export function flatProperties(...records: readonly unknown[]): Context {
  const flat = new Map<string, string | number | boolean | null>();
  for (const record of records) collect(record, { prefix: "", depth: 0, flat });
  return Object.fromEntries(flat);
}

interface Walk {
  readonly prefix: string;
  readonly depth: number;
  readonly flat: Map<string, string | number | boolean | null>;
}

function collect(value: unknown, { prefix, depth, flat }: Walk): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (flat.size >= NAMES_MAX || (depth === 0 ? isIdentifierName(key) : IDENTIFIERS.test(key)) || key === "__proto__")
      continue;
    if (typeof member === "object" && member !== null && !Array.isArray(member)) {
      if (depth < DEPTH_MAX) collect(member, { prefix: `${name}.`, depth: depth + 1, flat });
      continue;
    }
    const plain = plainValue(member);
    if (plain !== undefined) flat.set(name, plain);
  }
}

function plainValue(value: unknown): string | number | boolean | null | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "string") return namesSomebody(value) ? undefined : value.slice(0, TEXT_MAX);
  return Array.isArray(value) && value.every((item) => typeof item !== "object")
    ? value.join(", ").slice(0, TEXT_MAX)
    : undefined;
}
