import { setTimeout as sleep } from "node:timers/promises";
import type { FactsStore } from "@ratchet/engine";
import type { ChdbProcess } from "./chdb-process.ts";
import type { ChdbStatement } from "./chdb-statement.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { ColumnReader } from "./result-columns.ts";

/** How long to wait for parts to go: two minutes. A mutation leaves those that it replaced, with everything in them. */
const WAIT_MS = 250;
const WAITS_MAX = 480;

/** Parts that hold what was replaced are still there. */
export class OldPartsRemainError extends Error {
  readonly code = "facts.old_parts_remain";
  constructor(table: string) {
    super(`${table} still keeps parts that hold what was to be erased; erase again in some minutes`);
  }
}

/**
 * Empties what senders told in words about some persons and units, and waits until the replaced parts are off the disk.
 *
 * A mutation's text is kept in a file of its own, so it names persons by their surrogates and units by a hash: whatever a unit was called,
 * the erasure does not write it down again.
 */
export async function eraseFacts(
  chdb: ChdbProcess,
  { persons, units }: Parameters<FactsStore["erase"]>[0],
): Promise<void> {
  const hashes = await unitHashes(chdb, units);
  const whom = { workspace: WORKSPACE, persons: persons.join(","), hashes };
  const ofUnit = "has(splitByChar(',', {hashes:String}), toString(sipHash64(unit_id)))";
  await rewrite(chdb, "signals", {
    set: "properties = '{}'",
    where: `workspace = {workspace:String} AND properties NOT IN ('', '{}')
      AND (has(splitByChar(',', {persons:String}), person) OR ${ofUnit})`,
    parameters: whom,
  });
  await rewrite(chdb, "decisions", {
    set: "context = '{}', record = ''",
    where: `workspace = {workspace:String} AND (context != '{}' OR record != '') AND (has(splitByChar(',', {persons:String}), unit_id) OR ${ofUnit})`,
    parameters: whom,
  });
}

interface Rewrite {
  readonly set: string;
  readonly where: string;
  readonly parameters: NonNullable<ChdbStatement["parameters"]>;
}

async function rewrite(
  chdb: ChdbProcess,
  table: "signals" | "decisions",
  { set, where, parameters }: Rewrite,
): Promise<void> {
  const [found] = await chdb.read({ sql: `SELECT count() FROM ratchet.${table} WHERE ${where}`, parameters });
  // Also without a row to rewrite there may be old parts of an erasure that was cut short.
  const rows = found === undefined ? 0 : new ColumnReader(found).number();
  if (rows === 0 && (await oldParts(chdb, table)) === 0) return;
  await chdb.write({ sql: `ALTER TABLE ratchet.${table} MODIFY SETTING old_parts_lifetime = 1` });
  try {
    if (rows > 0)
      await chdb.write({
        sql: `ALTER TABLE ratchet.${table} UPDATE ${set} WHERE ${where}`,
        parameters,
        settings: { mutations_sync: 2 },
      });
    await untilCleaned(chdb, table);
  } finally {
    await chdb.write({ sql: `ALTER TABLE ratchet.${table} RESET SETTING old_parts_lifetime` });
  }
}

async function untilCleaned(chdb: ChdbProcess, table: string): Promise<void> {
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    if ((await oldParts(chdb, table)) === 0) return;
    await sleep(WAIT_MS);
  }
  throw new OldPartsRemainError(table);
}

async function oldParts(chdb: ChdbProcess, table: string): Promise<number> {
  const [row] = await chdb.read({
    sql: "SELECT count() FROM system.parts WHERE database = 'ratchet' AND table = {table:String} AND NOT active",
    parameters: { table },
  });
  return row === undefined ? 0 : new ColumnReader(row).number();
}

/** Separated by commas. Computed by the engine itself, in a query: those leave no file. */
async function unitHashes(chdb: ChdbProcess, units: readonly string[]): Promise<string> {
  const hashes: string[] = [];
  for (const unit of units) {
    const [row] = await chdb.read({ sql: "SELECT toString(sipHash64({unit:String}))", parameters: { unit } });
    if (row !== undefined) hashes.push(new ColumnReader(row).text());
  }
  return hashes.join(",");
}
