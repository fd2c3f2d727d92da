import type { Context } from "@ratchet/engine";

/** Names under which clients send what identifies a person directly. Their values go nowhere but to the person's surrogate. */
const IDENTIFIERS =
  /^(?:.*[._-])?(?:e-?mail(?:_?address)?|phone(?:_?number)?|mobile(?:_?phone)?|(?:first|last|full|middle|user|display)_?name|name|address|street|ip(?:_?address)?|birthday|avatar|username|twitter|linkedin(?:_?url)?)$/iu;

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
    if (flat.size >= NAMES_MAX || IDENTIFIERS.test(key) || key === "__proto__") continue;
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
  if (typeof value === "string") return value.includes("@") ? undefined : value.slice(0, TEXT_MAX);
  return Array.isArray(value) && value.every((item) => typeof item !== "object")
    ? value.join(", ").slice(0, TEXT_MAX)
    : undefined;
}
