import type { ClockEvidence } from "../signals/clock-evidence.ts";
import { nextClockRows } from "../signals/next-clock-rows.ts";
import type { ClockRow } from "../signals/source-clock.ts";
import { DAY_MS, instant } from "../time.ts";
import type { WorkspaceStores } from "./workspace.ts";

/** Clocks are judged by the hour. */
const BUCKET_MS = 3_600_000;
/** How far back messages are looked at: what sends less than twenty in that time has no clock that could be judged. */
const LOOK_BACK_MS = 30 * DAY_MS;
/** Files have no clock: their times and those of their decisions were written by the same hand, long before. */
const FILE = /^import:/u;

/**
 * Looks at the sources' clocks, by what has reached the facts, and keeps how their times are to be read from now on. Called as often as
 * one likes, one call at a time: where nothing changed nothing is kept.
 *
 * @returns the rows that were added.
 */
export async function watchClocks({ state, facts, clock }: WorkspaceStores): Promise<readonly ClockRow[]> {
  const now = clock();
  const receivedFrom = instant(now - LOOK_BACK_MS);
  const rows = await state.clockRows();
  const bySource = new Map<string, ClockEvidence[]>();
  for (const stretch of await facts.clockEvidence({ bucketMs: BUCKET_MS, receivedFrom })) {
    if (FILE.test(stretch.source)) continue;
    const own = bySource.get(stretch.source);
    if (own === undefined) bySource.set(stretch.source, [stretch]);
    else own.push(stretch);
  }
  const added = [...bySource].flatMap(([source, evidence]) =>
    nextClockRows({ source, rows: rows.filter((row) => row.source === source), evidence, bucketMs: BUCKET_MS, now }),
  );
  if (added.length > 0) await state.appendClockRows(added);
  return added;
}
