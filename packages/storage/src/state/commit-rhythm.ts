/** After a commit the next one waits so long, for others to share it, unless there are many items already. */
const REST_MS = 2;
const ITEMS_WORTH_A_COMMIT = 100;

/** When those who wait for a commit get one: at once after a pause, and together while others come. */
export interface CommitRhythm {
  /** Somebody waits. */
  readonly schedule: () => void;
}

/**
 * @param commit - commits some of what waits.
 * @param waiting - how many items wait; none means that nobody does.
 */
export function commitRhythm({
  commit,
  waiting,
}: {
  readonly commit: () => void;
  readonly waiting: () => number;
}): CommitRhythm {
  let isScheduled = false;
  let isResting = false;
  const rest = (): void => {
    if (isResting) return;
    isResting = true;
    setTimeout(() => {
      isResting = false;
      if (waiting() > 0) schedule();
    }, REST_MS);
  };
  const schedule = (): void => {
    if (isScheduled || (isResting && waiting() < ITEMS_WORTH_A_COMMIT)) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      if (waiting() === 0) return;
      commit();
      rest();
      if (waiting() > 0) schedule();
    });
  };
  return { schedule };
}
