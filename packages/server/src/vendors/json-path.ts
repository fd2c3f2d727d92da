import { isObject } from "./json.ts";
import { parseJson } from "./read-body.ts";

/** Most values that one path may lead to: `*` branches. */
const FOUND_MAX = 10_000;

/** A place in JSON: keys and positions, `*` for every child. */
export type JsonPath = readonly string[];

/**
 * Reads a path: `data.items.0.id`, with `*` for every child, or a JSON pointer (RFC 6901) such as `/data/a.b/0`, for keys with dots.
 *
 * The blank path is the value itself.
 */
export function parsePath(text: string): JsonPath {
  if (text === "") return [];
  if (!text.startsWith("/")) return text.split(".");
  return text
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Every value that a path leads to, in order; own keys only. */
export function allAt(value: unknown, path: JsonPath): readonly unknown[] {
  let found: readonly unknown[] = [value];
  for (const key of path) found = found.flatMap((item) => childrenAt(item, key)).slice(0, FOUND_MAX);
  return found;
}

/** The first value that a path leads to and that is not null; undefined where there is none. */
export function firstAt(value: unknown, path: JsonPath): unknown {
  return allAt(value, path).find((found) => found !== null && found !== undefined);
}

function childrenAt(given: unknown, key: string): readonly unknown[] {
  const value = typeof given === "string" ? opened(given) : given;
  if (Array.isArray(value)) {
    if (key === "*") return value;
    return /^\d{1,6}$/u.test(key) && Number(key) < value.length ? [value[Number(key)]] : [];
  }
  if (!isObject(value)) return [];
  if (key === "*") return Object.values(value);
  return Object.hasOwn(value, key) ? [value[key]] : [];
}

/** What a text holds that is JSON: some tools send their senders' own fields so. */
function opened(text: string): unknown {
  const parsed = /^\s*[[{]/u.test(text) ? parseJson(text) : null;
  return parsed?.kind === "ok" ? parsed.value : text;
}
