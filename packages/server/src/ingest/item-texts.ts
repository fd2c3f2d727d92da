/**
 * The text of each item of a list in a JSON body, exactly as it was sent: what does not fit is kept verbatim, with its order of keys,
 * doubled keys and long numbers, however deep it nests.
 *
 * The body was parsed before, so that its text is known to be JSON: finding where a value ends takes no second parser, and no recursion.
 * Nothing is looked for before a text is first asked for.
 *
 * @param path - where the list is in the body; empty where the body is the list.
 */
export function itemTexts(body: string, path: readonly string[]): (index: number) => string {
  const found: string[] = [];
  let at = -1;
  return (index) => {
    if (at === -1)
      at = afterBlanks(body, path.reduce((from, name) => memberOf(body, name, from), afterBlanks(body, 0)) + 1);
    while (found.length <= index) {
      const end = endOfValue(body, at);
      found.push(body.slice(at, end));
      at = nextAfter(body, end);
    }
    return found[index] ?? "";
  };
}

/**
 * The text of every object and list within a parsed body, by what was parsed of it, in one pass. It recurses: for bodies whose depth was
 * looked at.
 */
export function memberTexts(body: string, parsed: unknown): (member: unknown) => string | null {
  const spans = new Map<unknown, readonly [from: number, to: number]>();
  walk(body, { value: parsed, at: afterBlanks(body, 0), spans });
  return (member) => {
    const span = spans.get(member);
    return span === undefined ? null : body.slice(...span);
  };
}

interface Walk {
  readonly value: unknown;
  readonly at: number;
  readonly spans: Map<unknown, readonly [from: number, to: number]>;
}

/** The place behind the value. Of two members of one name the last was parsed, and is written down last. */
function walk(body: string, { value, at: from, spans }: Walk): number {
  if (typeof value !== "object" || value === null) return endOfValue(body, from);
  let at = afterBlanks(body, from + 1);
  for (let i = 0; !CLOSING.includes(body[at] ?? ""); i += 1) {
    let key = String(i);
    if (!Array.isArray(value)) {
      const end = endOfText(body, at);
      key = JSON.parse(body.slice(at, end));
      at = nextAfter(body, end);
    }
    const opens = body[at] === "{" || body[at] === "[";
    const end = opens ? walk(body, { value: Reflect.get(value, key), at, spans }) : endOfValue(body, at);
    at = afterBlanks(body, end);
    if (body.charCodeAt(at) === COMMA) at = afterBlanks(body, at + 1);
  }
  spans.set(value, [from, at + 1]);
  return at + 1;
}

const CLOSING = "}]";

/** Where the value of an object's member begins. Of two of one name the last counts, as in `JSON.parse`. */
function memberOf(body: string, name: string, object: number): number {
  let at = afterBlanks(body, object + 1);
  let found = at;
  while (body.charCodeAt(at) === QUOTE) {
    const end = endOfText(body, at);
    const value = nextAfter(body, end);
    if (JSON.parse(body.slice(at, end)) === name) found = value;
    at = nextAfter(body, endOfValue(body, value));
  }
  return found;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function afterBlanks(body: string, from: number): number {
  let at = from;
  while (isBlank(body.charCodeAt(at))) at += 1;
  return at;
}

/** Behind the comma or colon that follows. */
function nextAfter(body: string, end: number): number {
  return afterBlanks(body, afterBlanks(body, end) + 1);
}

/** The place behind a value that begins here. */
function endOfValue(body: string, from: number): number {
  let depth = 0;
  for (let at = from; at < body.length; at += 1) {
    const code = body.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfText(body, at) - 1;
      if (depth === 0) return at + 1;
    } else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      // A number or a word ends where what holds it does.
      if (depth <= 0) return depth < 0 ? at : at + 1;
    } else if (depth === 0 && (code === COMMA || isBlank(code))) return at;
  }
  return body.length;
}

/** The place behind a text that begins here, with its quotes. */
function endOfText(body: string, from: number): number {
  let at = from + 1;
  while (at < body.length && body.charCodeAt(at) !== QUOTE) at += body.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}
