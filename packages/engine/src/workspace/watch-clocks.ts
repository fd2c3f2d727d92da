import { latestClock, type ClockAnswer } from "../signals/clock-estimate.ts";
import type { ClockEvidence } from "../signals/clock-evidence.ts";
import { nextClockRows } from "../signals/next-clock-rows.ts";
import type { ClockRow } from "../signals/source-clock.ts";
import { DAY_MS, instant } from "../time.ts";
import type { WorkspaceStores } from "./workspace.ts";

/** Clocks are judged by the hour. */
const BUCKET_MS = 3_600_000;
/** How far back deliveries are looked at: what sends fewer than twenty in that time has no clock that could be judged. */
const LOOK_BACK_MS = 30 * DAY_MS;
/** Files have no clock: their times and those of their decisions were written by the same hand, long before. */
const FILE = /^import:/u;

/**
 * Looks at the sources' clocks, by what has reached the facts, and keeps how their times are to be read from now on. Called as often as
 * one likes, one call at a time: where nothing changed nothing is kept.
 *
 * @returns the rows that were added.
 */
export async function watchClocks(stores: WorkspaceStores): Promise<readonly ClockRow[]> {
  const { state, clock } = stores;
  const now = clock();
  const rows = await state.clockRows();
  const added = [...(await evidenceBySource(stores))].flatMap(([source, evidence]) =>
    nextClockRows({ source, rows: rows.filter((row) => row.source === source), evidence, bucketMs: BUCKET_MS, now }),
  );
  if (added.length > 0) await state.appendClockRows(added);
  return added;
}

/** How each source's clock stands by its last deliveries, corrected or not. Sources that are silent for a month, and files, have none. */
export async function clockAnswers(stores: WorkspaceStores): Promise<ReadonlyMap<string, ClockAnswer>> {
  const bySource = await evidenceBySource(stores);
  return new Map([...bySource].map(([source, evidence]) => [source, latestClock(evidence, BUCKET_MS)]));
}

async function evidenceBySource({
  facts,
  clock,
}: Pick<WorkspaceStores, "facts" | "clock">): Promise<ReadonlyMap<string, readonly ClockEvidence[]>> {
  const bySource = new Map<string, ClockEvidence[]>();
  const receivedFrom = instant(clock() - LOOK_BACK_MS);
  for (const stretch of await facts.clockEvidence({ bucketMs: BUCKET_MS, receivedFrom })) {
    if (FILE.test(stretch.source)) continue;
    const own = bySource.get(stretch.source);
    if (own === undefined) bySource.set(stretch.source, [stretch]);
    else own.push(stretch);
  }
  return bySource;
}
