/** The shortest and the longest time that a commit is followed by none, for others to share the next. */
const REST_MS_MIN = 2;
const REST_MS_MAX = 20;
/** Commits, which stop everything else, take at most a third of the time: a slow machine makes them rarer, not the server slower. */
const REST_PER_COMMIT = 2;
/** So many items need no more company. */
const ITEMS_WORTH_A_COMMIT = 1_000;

/** When those who wait for a commit get one: at once after a pause, and together while others come. */
export interface CommitRhythm {
  /** Somebody waits. */
  readonly schedule: () => void;
  /** Resolves when no commit is on its way to the disk. */
  readonly settled: () => Promise<void>;
}

/**
 * @param commit - commits some of what waits before it returns; resolves, always, when that is on the disk.
 * @param waiting - how many items wait; none means that nobody does.
 */
export function commitRhythm({
  commit,
  waiting,
}: {
  readonly commit: () => Promise<void>;
  readonly waiting: () => number;
}): CommitRhythm {
  let isScheduled = false;
  let isResting = false;
  const underWay = new Set<Promise<void>>();
  const rest = (commitMs: number): void => {
    if (isResting) return;
    isResting = true;
    setTimeout(
      () => {
        isResting = false;
        if (waiting() > 0) schedule();
      },
      Math.min(REST_MS_MAX, Math.max(REST_MS_MIN, REST_PER_COMMIT * commitMs)),
    );
  };
  /** The disk is kept with one commit at a time while few items come: they share the next. */
  const isWorthIt = (): boolean => waiting() >= ITEMS_WORTH_A_COMMIT || (!isResting && underWay.size === 0);
  const schedule = (): void => {
    if (isScheduled || !isWorthIt()) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      if (waiting() === 0) return;
      const from = performance.now();
      const done = commit().finally(() => {
        underWay.delete(done);
        if (waiting() > 0) schedule();
      });
      underWay.add(done);
      rest(performance.now() - from);
      if (waiting() > 0) schedule();
    });
  };
  return {
    schedule,
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}
