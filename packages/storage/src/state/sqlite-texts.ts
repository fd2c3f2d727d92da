import { setImmediate as breathe } from "node:timers/promises";
import type { TextPlace, TextRewriter } from "@ratchet/engine";
import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { text } from "./row.ts";

/** Rows read at once; requests are answered between two pages. */
const PAGE = 500;

/** A table's texts that may quote a sender. */
interface TextTable {
  readonly name: "quarantine" | "served_decisions" | "settings" | "texts";
  readonly place: TextPlace;
  readonly columns: readonly string[];
  /** Orders the rows, and names one. */
  readonly key: "seq" | "rowid" | "key";
}

const TABLES: readonly TextTable[] = [
  { name: "quarantine", place: "quarantine", columns: ["raw", "reason", "position"], key: "seq" },
  { name: "served_decisions", place: "decision", columns: ["body"], key: "rowid" },
  { name: "texts", place: "text", columns: ["body"], key: "seq" },
  { name: "settings", place: "setting", columns: ["value"], key: "key" },
];

/** Shows every text to `rewrite`, page by page, and keeps what it answers. */
export async function rewriteTexts(sqlite: SqliteDatabase, rewrite: TextRewriter): Promise<number> {
  let changed = 0;
  for (const { name, key, columns, place } of TABLES) {
    const page = sqlite.prepare(
      `select ${key} as row_key, ${columns.join(", ")} from ${name} where ${key} > ? order by ${key} limit ${PAGE}`,
    );
    const put = sqlite.prepare(
      `update ${name} set ${columns.map((column) => `${column} = ?`).join(", ")} where ${key} = ?`,
    );
    const rewriteRow = (row: unknown): number => {
      const before = columns.map((column) => text(row, column));
      const after = before.map((one) => rewrite(one, place));
      const n = after.filter((one, i) => one !== before[i]).length;
      if (n > 0) put.run(...after, keyOf(row));
      return n;
    };
    let last: string | number = key === "key" ? "" : -1;
    for (;;) {
      const rows: readonly unknown[] = page.all(last);
      if (rows.length === 0) break;
      changed += inTransaction(sqlite, () => rows.reduce<number>((n, row) => n + rewriteRow(row), 0));
      last = keyOf(rows.at(-1));
      await breathe();
    }
  }
  return changed;
}

function keyOf(row: unknown): string | number {
  const key: unknown = typeof row === "object" && row !== null ? Reflect.get(row, "row_key") : undefined;
  if (typeof key !== "string" && typeof key !== "number") throw new TypeError("a row has no key");
  return key;
}
