import type { StateStore } from "@ratchet/engine";
import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { text } from "./row.ts";

/** Keys that are good for one body, on SQLite. */
export function sqliteUsedKeys(sqlite: SqliteDatabase): Pick<StateStore, "useKey"> {
  const forget = sqlite.prepare("delete from used_keys where until <= ?");
  const find = sqlite.prepare("select digest from used_keys where source = ? and key = ?");
  const put = sqlite.prepare("insert into used_keys (source, key, digest, until) values (?, ?, ?, ?)");
  return {
    useKey: async ({ source, key, digest, now, until }) =>
      inTransaction(sqlite, () => {
        forget.run(now);
        const known = find.get(source, key);
        if (known !== undefined) return text(known, "digest") === digest ? "same" : "other";
        put.run(source, key, digest, until);
        return "first";
      }),
  };
}
