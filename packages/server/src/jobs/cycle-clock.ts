import {
  DAY_MS,
  later,
  runCycle,
  watchClocks,
  watchRollouts,
  type Instant,
  type Turn,
  type Workspace,
} from "@ratchet/engine";
import type { WorkspaceHolder } from "../context.ts";
import type { Log } from "../log.ts";
import type { DataWatch } from "./data-watch.ts";
import { repeat } from "./repeat.ts";

/** When cycles end, and what watches between them. */
export interface CycleClock {
  /** Ends the current cycle now. Runs one after the other. */
  readonly runNow: () => Promise<Turn>;
  /** When the current cycle is due; null where nothing runs in the background, or there is no workspace yet. */
  readonly nextAt: () => Promise<Instant | null>;
  readonly stop: () => Promise<void>;
}

export interface CycleRhythm {
  /** Length of a learning cycle: the scheduled tick. */
  readonly cycleMs: number;
  /** How often rollouts are watched, and whether a cycle is due looked at: the rapid tick. */
  readonly watchMs: number;
}

export const WEEKLY: CycleRhythm = { cycleMs: 7 * DAY_MS, watchMs: 60_000 };
const BACK_OFF_MS_MAX = 15 * 60_000;

/** Runs cycles when asked to, and never by itself. */
export function manualCycles(holder: WorkspaceHolder, data: DataWatch): CycleClock {
  return { runNow: cycleRunner(holder, data), nextAt: async () => null, stop: async () => {} };
}

/** Ends a cycle whenever it is due, and looks after the data and running changes in between. */
export function startCycles(holder: WorkspaceHolder, data: DataWatch, rhythm: CycleRhythm, log: Log): CycleClock {
  const runNow = cycleRunner(holder, data);
  const nextAt = async (): Promise<Instant | null> => nextCycleAt(holder.current(), rhythm.cycleMs);
  const loop = repeat(
    async () => {
      const workspace = holder.current();
      if (workspace.isEmpty) return;
      const due = await nextAt();
      if (due !== null && workspace.stores.clock() >= due) {
        const turn = await runNow();
        log.info({ reports: turn.reports.map(({ moves, proposal }) => ({ moves, proposal })) }, "a cycle ended");
        return;
      }
      await data.lookWhenDue();
      for (const event of await watchRollouts(workspace))
        log.warn({ event: event.kind, change: event.changeId }, "the rapid tick reduced risk");
    },
    {
      everyMs: rhythm.watchMs,
      backOffMsMax: BACK_OFF_MS_MAX,
      onError: (error) => log.error({ err: error }, "a tick failed; it is tried again"),
    },
  );
  return { runNow, nextAt, stop: loop.stop };
}

/**
 * One cycle at a time. A person's approval or undo may reach the ledger while a cycle is computed; the cycle's entries then no longer
 * follow, nothing of them is written, and it is computed once more.
 */
function cycleRunner(holder: WorkspaceHolder, data: DataWatch): () => Promise<Turn> {
  let last: Promise<unknown> = Promise.resolve();
  const once = async (): Promise<Turn> => {
    const workspace = holder.current();
    await watchClocks(workspace.stores);
    // Nothing is concluded from data that nobody looked at: what has gone wrong since the last look must void this cycle, not the next.
    if (!workspace.isEmpty) await data.look();
    const before = workspace.view.head.seq;
    try {
      return await runCycle(workspace);
    } catch (error) {
      if (workspace.view.head.seq === before) throw error;
      return runCycle(workspace);
    }
  };
  return () => {
    const run = last.then(once);
    last = run.catch(() => undefined);
    return run;
  };
}

/** One cycle's length after the last one ended, or after the workspace was created. */
async function nextCycleAt(workspace: Workspace, cycleMs: number): Promise<Instant | null> {
  if (workspace.isEmpty) return null;
  const ledger = await workspace.stores.state.ledger({});
  const last = ledger.findLast(({ body }) => body.kind === "cycle.completed" || body.kind === "workspace.created");
  return last === undefined ? null : later(last.at, cycleMs);
}
