import type { DataDefect } from "@ratchet/protocol";
import type { ColumnTally } from "./column-tally.ts";
import { count, examples, percent } from "./phrases.ts";

/** Fewer rows say nothing about a column. */
const ROWS_MIN = 50;
/** A mapped column with a larger share of blanks is worth a word, and worth a warning. */
const BLANK_SHARE_MIN = 0.05;
const BLANK_SHARE_WARNING = 0.1;
const PLACEHOLDER_SHARE_MIN = 0.01;
/** Words that forms and exports write where nothing was said. */
const PLACEHOLDERS = new Set(
  "select|please select|choose|-- select --|n/a|na|nan|none|null|nil|undefined|unknown|not set|not provided|not specified|not available|missing|tbd|-|--|?|.|(blank)|(none)|(not set)|#n/a|no data".split(
    "|",
  ),
);
/** Of these a dropdown's prompt: somebody saw the question and did not answer. The others may be an answer. */
const PROMPTS = /select|choose/u;
/** Numbers that stand for "never" or "unknown" where they tower above all others. */
const SENTINELS = new Set(["-1", "-99", "-999", "-9999", "99", "999", "9999", "99999", "999999"]);
const SENTINEL_TIMES = 3;

/** What single columns say about themselves. `mapped`: those that the map uses. */
export function columnDefects(columns: readonly ColumnTally[], mapped: ReadonlySet<string>): readonly DataDefect[] {
  const enough = columns.filter(({ rows }) => rows >= ROWS_MIN);
  return [
    ...enough.filter(({ name }) => mapped.has(name)).flatMap(blanks),
    ...enough.flatMap(placeholders),
    ...constants(enough),
  ];
}

function blanks({ name, rows, filled, blankRows }: ColumnTally): readonly DataDefect[] {
  const share = 1 - filled / rows;
  if (share < BLANK_SHARE_MIN) return [];
  return [
    {
      code: "column.blank",
      severity: share >= BLANK_SHARE_WARNING ? "warning" : "info",
      columns: [name],
      affected: rows - filled,
      sentence: `${name} is blank in ${count(rows - filled)} of ${count(rows)} rows (${percent(share)}).`,
      examples: examples(blankRows.map((n) => `row ${n}`)),
      fix: "Find out whether a blank means none, unknown or lost. Rows without it cannot be joined or segmented by it, and leaving them out is a choice.",
    },
  ];
}

function placeholders({ name, rows, values }: ColumnTally): readonly DataDefect[] {
  if (values === null) return [];
  const found = [...values].filter(
    ([cell, n]) =>
      n / rows >= PLACEHOLDER_SHARE_MIN && (PLACEHOLDERS.has(cell.toLowerCase()) || isSentinel(cell, values)),
  );
  if (found.length === 0 || found.length === values.size) return [];
  const affected = found.reduce((sum, [, n]) => sum + n, 0);
  const words = found.map(([cell]) => `"${cell}"`).join(", ");
  return [
    {
      code: "column.placeholder",
      severity: found.some(([cell]) => PROMPTS.test(cell.toLowerCase()) || SENTINELS.has(cell)) ? "warning" : "info",
      columns: [name],
      affected,
      sentence: `${name} says ${words} in ${count(affected)} of ${count(rows)} rows (${percent(affected / rows)}): that looks like a word for nothing, not like an answer.`,
      examples: examples(found.map(([cell, n]) => `"${cell}": ${count(n)} rows`)),
      fix: `Where it means nothing, read it as missing: missing: [${words}].`,
    },
  ];
}

/** A number such as 999 that is far from every other one, and common. */
function isSentinel(cell: string, values: ReadonlyMap<string, number>): boolean {
  if (!SENTINELS.has(cell)) return false;
  const value = Number(cell);
  const others = [...values.keys()].filter((other) => other !== cell).map(Number);
  if (others.length === 0 || others.some((other) => !Number.isFinite(other))) return false;
  const most = Math.max(...others);
  return value < 0 ? others.every((other) => other >= 0) : value > SENTINEL_TIMES * Math.max(most, 1);
}

function constants(columns: readonly ColumnTally[]): readonly DataDefect[] {
  const found = columns.filter(({ values, filled, rows }) => filled === 0 || (values?.size === 1 && filled === rows));
  if (found.length === 0) return [];
  return [
    {
      code: "column.constant",
      severity: "info",
      columns: found.map(({ name }) => name),
      affected: found[0]?.rows ?? 0,
      sentence: `${found.length === 1 ? "1 column says" : `${found.length} columns say`} the same in every row, and so nothing: ${found.map(({ name }) => name).join(", ")}.`,
      examples: examples(
        found.map(
          ({ name, values }) =>
            `${name}: ${values === null || values.size === 0 ? "blank" : [...values.keys()].join("")}`,
        ),
      ),
      fix: "Leave them out of the map. If one should differ, the export is broken.",
    },
  ];
}
