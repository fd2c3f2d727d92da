import type { AccessStore, ApiKey } from "@ratchet/engine";
import type { SqliteDatabase } from "./open-database.ts";
import { text } from "./row.ts";

/** Who may come in, on SQLite. */
export function sqliteAccess(sqlite: SqliteDatabase): AccessStore {
  const all = sqlite.prepare("select body from api_keys order by created_at, id");
  const put = sqlite.prepare(
    "insert into api_keys (id, created_at, body) values (?, ?, ?) on conflict (id) do update set body = excluded.body",
  );
  return {
    apiKeys: async () => all.all().map((row) => decodeKey(text(row, "body"))),
    putApiKey: async (key) => {
      put.run(key.id, key.createdAt, JSON.stringify(key));
    },
  };
}

/** Our own bytes. */
function decodeKey(body: string): ApiKey {
  const key: ApiKey = JSON.parse(body);
  return key;
}
