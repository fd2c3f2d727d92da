import type { DataDefect } from "@ratchet/protocol";
import { closestName, editDistance } from "../import/closest-name.ts";
import { BUSINESS_WORDS } from "./business-words.ts";
import type { ColumnTally } from "./column-tally.ts";
import { groupBy } from "./group-by.ts";
import { count, examples } from "./phrases.ts";

/** A column with more different cells holds no categories. */
const CATEGORIES_MAX = 200;
/** Fewer letters, and one letter makes another word. */
const LETTERS_MIN = 6;
/** How much rarer than the right spelling a wrong one must be. */
const RARER_TIMES = 5;

/** Categories that are spelt in several ways, or wrong. */
export function categoryDefects(columns: readonly ColumnTally[]): readonly DataDefect[] {
  return columns.flatMap((column) => {
    const { values, filled } = column;
    if (values === null || values.size < 2 || values.size > CATEGORIES_MAX || values.size > filled / 2) return [];
    return [...variants(column, values), ...misspelt(column, values)];
  });
}

/** The same but for case, blanks and marks: `GTXPro` and `GTX Pro`. */
function plainName(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, "");
}

function variants({ name }: ColumnTally, values: ReadonlyMap<string, number>): readonly DataDefect[] {
  const groups = [...groupBy([...values], ([cell]) => plainName(cell))]
    .filter(([plain, cells]) => /\p{Letter}/u.test(plain) && cells.length > 1)
    .map(([, cells]) => [...cells].sort((a, b) => b[1] - a[1]));
  if (groups.length === 0) return [];
  const rarer = groups.flatMap((cells) => cells.slice(1));
  return [
    {
      code: "category.spelt_in_several_ways",
      severity: "warning",
      columns: [name],
      affected: rarer.reduce((sum, [, n]) => sum + n, 0),
      sentence: `${name} spells ${groups.length === 1 ? "one category" : `${groups.length} categories`} in several ways: ${groups.map(spellings).join("; ")}.`,
      examples: examples(groups.map(spellings)),
      fix: "Give each one spelling under `values`, so that they count as one.",
    },
  ];
}

function spellings(cells: readonly (readonly [string, number])[]): string {
  return cells.map(([cell, n]) => `"${cell}" (${count(n)})`).join(" and ");
}

interface Suspect {
  readonly cell: string;
  readonly rows: number;
  readonly meant: string;
}

function misspelt({ name }: ColumnTally, values: ReadonlyMap<string, number>): readonly DataDefect[] {
  const suspects = [...values].flatMap(([cell, rows]): readonly Suspect[] => {
    const meant = commonerSpelling(cell, rows, values) ?? knownSpelling(cell);
    return meant === null ? [] : [{ cell, rows, meant }];
  });
  if (suspects.length === 0) return [];
  return [
    {
      code: "category.misspelt",
      severity: "warning",
      columns: [name],
      affected: suspects.reduce((sum, { rows }) => sum + rows, 0),
      sentence: `${name} probably misspells ${suspects.map(({ cell, meant }) => `"${cell}" (${meant})`).join(", ")}.`,
      examples: examples(suspects.map(({ cell, rows, meant }) => `"${cell}" in ${count(rows)} rows; "${meant}"?`)),
      fix: `Mend it at its source, or in the map: values: {${suspects.map(({ cell, meant }) => `${cell}: ${meant}`).join(", ")}}.`,
    },
  ];
}

/** A far commoner cell that one letter makes of this one. */
function commonerSpelling(cell: string, rows: number, values: ReadonlyMap<string, number>): string | null {
  if (!isWords(cell)) return null;
  const commoner = [...values].filter(
    ([other, n]) =>
      n >= RARER_TIMES * rows &&
      isWords(other) &&
      plainName(other) !== plainName(cell) &&
      isOneSlip(plainName(cell), plainName(other)),
  );
  return commoner[0]?.[0] ?? null;
}

/** The business word that one letter makes of a word of this cell. */
function knownSpelling(cell: string): string | null {
  for (const word of cell.toLowerCase().match(/\p{Letter}+/gu) ?? []) {
    if (word.length < LETTERS_MIN || BUSINESS_WORDS.has(word)) continue;
    const meant = [...BUSINESS_WORDS].find((known) => isOneSlip(word, known));
    if (meant !== undefined) return cell.toLowerCase().replace(word, meant);
  }
  return null;
}

function isWords(cell: string): boolean {
  return plainName(cell).length >= LETTERS_MIN && !/\p{Number}/u.test(cell);
}

/** One letter more, less or other within a word; an ending more is another form, not a slip. */
function isOneSlip(word: string, meant: string): boolean {
  if (Math.abs(word.length - meant.length) > 1 || word[0] !== meant[0]) return false;
  if (word.startsWith(meant) || meant.startsWith(word)) return false;
  // A last letter that differs is a form too: industry, industria.
  if (word.length === meant.length && word.slice(0, -1) === meant.slice(0, -1)) return false;
  return word.length >= LETTERS_MIN && editDistance(word, meant) === 1;
}

/** A key that does not join, and the one it surely means; null where none is close. */
export function closeKey(key: string, keys: readonly string[]): string | null {
  const plain = plainName(key);
  const same = keys.find((other) => plainName(other) === plain);
  if (same !== undefined) return same;
  if (!isWords(key)) return null;
  const closest = closestName(key, keys);
  return closest !== null && editDistance(plain, plainName(closest)) <= Math.max(1, Math.floor(plain.length / 8))
    ? closest
    : null;
}
