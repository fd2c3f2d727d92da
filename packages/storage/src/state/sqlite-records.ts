import { instant, unitId, type RecordKey, type RecordStore, type RecordVersion } from "@ratchet/engine";
import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { integer, text } from "./row.ts";

type Records = Pick<
  RecordStore,
  "recordVersions" | "putRecordVersions" | "recordKeys" | "firstDecided" | "decidedUnits"
>;

/** Puts versions inside whatever transaction is open. */
export function recordsWriter(sqlite: SqliteDatabase): (versions: readonly RecordVersion[]) => void {
  const put = sqlite.prepare(
    `insert into records (kind, source, object, updated_at, digest, body) values (?, ?, ?, ?, ?, ?)
     on conflict do update set digest = excluded.digest, body = excluded.body`,
  );
  return (versions) => {
    for (const { kind, source, object, updatedAt, digest, ...body } of versions)
      put.run(kind, source, object, updatedAt, digest, JSON.stringify(body));
  };
}

/** Objects of CRMs on SQLite. */
export function sqliteRecords(sqlite: SqliteDatabase): Records {
  const put = recordsWriter(sqlite);
  const versionsOf = sqlite.prepare(
    "select * from records where kind = ? and source = ? and object = ? order by updated_at",
  );
  const drop = sqlite.prepare("delete from records where kind = ? and source = ? and object = ? and updated_at = ?");
  const keys = sqlite.prepare(
    "select distinct source, object from records where kind = ? and (source, object) > (?, ?) order by source, object limit ?",
  );
  const units = sqlite.prepare("select count(distinct unit) as n from served_decisions");
  const first = sqlite.prepare(
    "select min(json_extract(body, '$.decidedAt')) as first_at from served_decisions where unit = ?",
  );
  return {
    recordVersions: async (wanted) =>
      distinct(wanted).flatMap((key) =>
        versionsOf.all(key.kind, key.source, key.object).map((row) => versionOf(key, row)),
      ),
    putRecordVersions: async (versions, dropped) =>
      inTransaction(sqlite, () => {
        for (const { kind, source, object, updatedAt } of dropped) drop.run(kind, source, object, updatedAt);
        put(versions);
      }),
    recordKeys: async ({ kind, after, limit }) =>
      keys
        .all(kind, after?.source ?? "", after?.object ?? "", limit)
        .map((row) => ({ kind, source: text(row, "source"), object: text(row, "object") })),
    decidedUnits: async () => integer(units.get(), "n"),
    firstDecided: async (units) =>
      new Map(
        units.flatMap((unit) => {
          const row: unknown = first.get(unit);
          const at: unknown = typeof row === "object" && row !== null ? Reflect.get(row, "first_at") : null;
          return typeof at === "number" ? [[unitId(unit), instant(at)] as const] : [];
        }),
      ),
  };
}

/** Once each, in order. */
function distinct(keys: readonly RecordKey[]): readonly RecordKey[] {
  const byName = new Map(
    keys.map(({ kind, source, object }) => [[kind, source, object].join("\0"), { kind, source, object }] as const),
  );
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

function versionOf(key: RecordKey, row: unknown): RecordVersion {
  // Our own bytes, checked when they were taken in.
  const body: Pick<RecordVersion, "fields" | "roles" | "reported"> = JSON.parse(text(row, "body"));
  return { ...key, updatedAt: instant(integer(row, "updated_at")), digest: text(row, "digest"), ...body };
}
