import { instant, type ClockRow, type StateStore } from "@ratchet/engine";
import { inTransaction, type OpenDatabase } from "./open-database.ts";

/** How the sources' times are read, on SQLite. The estimate's shift is the row's: one column holds both. */
export function sqliteClocks({ sqlite, kysely }: OpenDatabase): Pick<StateStore, "clockRows" | "appendClockRows"> {
  const put = sqlite.prepare(
    `insert into source_clocks
      (source, from_raw, shift_ms, not_before, known_at, basis, uncertainty_ms, messages, heard_from, heard_before)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    clockRows: async () => {
      const rows = await kysely.selectFrom("source_clocks").selectAll().orderBy("seq").execute();
      return rows.map((row): ClockRow => ({
        source: row.source,
        fromRaw: instant(row.from_raw),
        shiftMs: row.shift_ms,
        notBefore: instant(row.not_before),
        knownAt: instant(row.known_at),
        estimate: {
          basis: row.basis === "sent" ? "sent" : "occurred",
          shiftMs: row.shift_ms,
          uncertaintyMs: row.uncertainty_ms,
          n: row.messages,
          heardFrom: instant(row.heard_from),
          heardBefore: instant(row.heard_before),
        },
      }));
    },
    appendClockRows: async (rows) =>
      inTransaction(sqlite, () => {
        for (const { source, fromRaw, shiftMs, notBefore, knownAt, estimate } of rows) {
          const { basis, uncertaintyMs, n, heardFrom, heardBefore } = estimate;
          put.run(source, fromRaw, shiftMs, notBefore, knownAt, basis, uncertaintyMs, n, heardFrom, heardBefore);
        }
      }),
  };
}
