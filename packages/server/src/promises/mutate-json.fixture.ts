import type { Dice } from "./draw-history.fixture.ts";

/** What no error may quote: an address and a number that stand in every sample. */
export const MARKERS = { email: "jane.marker@secret.example", phone: "+491705550199" } as const;

const deep = (depth: number): string => `${'[{"a":'.repeat(depth)}1${"}]".repeat(depth)}`;

/** Values that honest senders do not send, as JSON text. */
const ODD: readonly [string, ...string[]] = [
  "null",
  "true",
  "0",
  "-0",
  "-1",
  "1E5",
  "1e400",
  "-1e-400",
  "12345678901234567890123",
  "9007199254740993",
  "253402300800000",
  "2147483648",
  '""',
  '"  "',
  '"\\ud800"',
  '"\\u0000"',
  '"a\\u0007b"',
  '"\\u202e\\ufeff"',
  '"𝕏"',
  `"${"A".repeat(10_000)}"`,
  '"1970-01-01T00:00:00Z"',
  '"2038-01-19T03:14:08Z"',
  '"9999-12-31T23:59:59.999Z"',
  '"-271821-04-19T23:59:59Z"',
  '"2026-02-30T00:00:00Z"',
  '"yesterday"',
  '"__proto__"',
  '"\' OR 1=1 --"',
  '"=1+1"',
  "[]",
  "{}",
  "[[]]",
  '[{"a":1}]',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  deep(20),
  deep(3_000),
  JSON.stringify(MARKERS.email),
  JSON.stringify(`call ${MARKERS.phone}`),
];

/** Keys that mean something to careless code. */
const ODD_KEYS = ["__proto__", "constructor", "prototype", "toString", "length", "", "a.b", "type"] as const;

/** Stands for JSON text that no JavaScript value writes. */
const VERBATIM = "\u0001verbatim\u0001";
const QUOTED = JSON.stringify(VERBATIM);

/**
 * The JSON text of a sample with one thing wrong with it: a value exchanged, taken out or wrapped, a key renamed, added or doubled, or nothing
 * but its way of writing.
 */
export function mutatedText(sample: unknown, dice: Dice): string {
  const odd = dice.pick(ODD);
  const change = dice.below(8);
  const place = dice.below(nodesIn(sample));
  if (change <= 3)
    return written(
      exchanged(sample, place, () => VERBATIM),
      odd,
    );
  if (change === 4)
    return written(
      exchanged(sample, place, () => undefined),
      odd,
    );
  if (change === 5)
    return written(
      exchanged(sample, place, (node) => [node]),
      odd,
    );
  const key = dice.pick(ODD_KEYS);
  const twice = (node: unknown): unknown =>
    typeof node === "object" && node !== null && !Array.isArray(node) ? { ...node, [VERBATIM]: VERBATIM } : node;
  const text = JSON.stringify(exchanged(sample, change === 6 ? 0 : place, twice)) ?? "null";
  // A key that is there already, now with another value: the last one counts, and both were sent.
  return dice.chance(0.2) ? respaced(text.replaceAll(`${QUOTED}:${QUOTED}`, `"x":1`)) : doubled(text, key, odd);
}

function doubled(text: string, key: string, odd: string): string {
  const name = JSON.stringify(key);
  return text.replaceAll(`${QUOTED}:${QUOTED}`, `${name}:${odd},${name}:1`);
}

const written = (value: unknown, odd: string): string => (JSON.stringify(value) ?? "null").replaceAll(QUOTED, odd);

/** As another client would write it. */
function respaced(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 1).replaceAll("/", "\\/");
}

/** The value with its node number `place`, counted depth first, exchanged. Undefined takes it out. */
export function exchanged(value: unknown, place: number, other: (node: unknown) => unknown): unknown {
  let at = place;
  const visit = (node: unknown): unknown => {
    if (at-- === 0) return other(node);
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(value);
}

export function nodesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + nodesIn(inner), 1);
}
