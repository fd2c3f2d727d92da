/** A task that runs again and again until it is stopped. */
export interface Repeating {
  /** Runs it now rather than at its next time. */
  readonly nudge: () => void;
  /** No further run; resolves when the current one has ended. */
  readonly stop: () => Promise<void>;
}

/** How often, and how patiently. */
export interface Rhythm {
  readonly everyMs: number;
  /** The longest pause after repeated failures; each failure doubles the pause up to it. */
  readonly backOffMsMax: number;
  readonly onError: (error: unknown, failuresInARow: number) => void;
}

/** Repeats a task, one run at a time: the pause begins when a run ends, so a slow run delays and never overlaps. */
export function repeat(task: () => Promise<void>, { everyMs, backOffMsMax, onError }: Rhythm): Repeating {
  let stopped = false;
  let failures = 0;
  let nudged = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    timer = null;
    nudged = false;
    try {
      await task();
      failures = 0;
    } catch (error) {
      failures += 1;
      onError(error, failures);
    }
    running = null;
    schedule(nudged && failures === 0 ? 0 : Math.min(everyMs * 2 ** failures, Math.max(everyMs, backOffMsMax)));
  };
  const schedule = (ms: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = run();
    }, ms);
    timer.unref();
  };
  schedule(everyMs);
  return {
    nudge: () => {
      nudged = true;
      if (timer === null || failures > 0) return;
      clearTimeout(timer);
      schedule(0);
    },
    stop: async () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
