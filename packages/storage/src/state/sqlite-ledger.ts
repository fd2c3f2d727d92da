import { changeOf, digest, GENESIS, type LedgerEntry, type LedgerHead, type StateStore } from "@ratchet/engine";
import { documentText, requireContinuation } from "@ratchet/engine/drivers";
import { inTransaction, type OpenDatabase } from "./open-database.ts";
import { integer, text } from "./row.ts";

/** The ledger and the documents that it names, on SQLite. */
export function sqliteLedger({
  sqlite,
  kysely,
}: OpenDatabase): Pick<StateStore, "head" | "append" | "ledger" | "document"> {
  const last = sqlite.prepare("select seq, hash from ledger order by seq desc limit 1");
  const putEntry = sqlite.prepare("insert into ledger (seq, change_id, hash, entry) values (?, ?, ?, ?)");
  const putDocument = sqlite.prepare(
    "insert into documents (digest, kind, body) values (?, ?, ?) on conflict do nothing",
  );
  const head = (): LedgerHead => {
    const row = last.get();
    return row === undefined ? GENESIS : { seq: integer(row, "seq"), hash: digest(text(row, "hash")) };
  };
  return {
    head: async () => head(),
    append: async (entries, documents) => {
      const texts = documents.map((document) => ({ ...document, text: documentText(document) }));
      inTransaction(sqlite, () => {
        requireContinuation(head(), entries);
        for (const entry of entries) putEntry.run(entry.seq, changeOf(entry.body), entry.hash, JSON.stringify(entry));
        for (const document of texts) putDocument.run(document.digest, document.kind, document.text);
      });
    },
    ledger: async ({ afterSeq = 0, changeId, limit }) => {
      let query = kysely.selectFrom("ledger").select("entry").where("seq", ">", afterSeq).orderBy("seq");
      if (changeId !== undefined) query = query.where("change_id", "=", changeId);
      if (limit !== undefined) query = query.limit(limit);
      return (await query.execute()).map(({ entry }) => decodeEntry(entry));
    },
    document: async (address) => {
      const row = await kysely
        .selectFrom("documents")
        .select(["kind", "body"])
        .where("digest", "=", address)
        .executeTakeFirst();
      return row === undefined ? null : { digest: address, kind: row.kind, body: JSON.parse(row.body) };
    },
  };
}

/** Our own bytes; `verifyLedger` proves that they are still what was written. */
function decodeEntry(stored: string): LedgerEntry {
  const entry: LedgerEntry = JSON.parse(stored);
  return entry;
}
