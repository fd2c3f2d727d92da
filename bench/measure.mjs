// Times the sides of one row in turns, so that a busy minute of the machine falls on all of them.

/** A turn lasts at least this long, or as long as one run of the work: short work is repeated within its turn. */
const TURN_MS_MIN = 25;
const WARM_UP_MS = 600;
const WARM_UP_RUNS_MIN = 3;
const TURNS_MAX = 11;
const TURNS_MIN = 5;
/** Turns of a row stop here once there are enough of them for a median. */
const ROW_MS_MAX = 25_000;

/**
 * Milliseconds a run of each worker, one sample a turn; the order of a turn is reversed every other turn.
 *
 * `clock` is "time" (of the wall) or "spend" (of the processor). Each worker is warmed up first: compilers, caches and
 * allocators of all languages start slower than they go on.
 */
export async function takeTurns(workers, clock) {
  const runs = [];
  for (const worker of workers) runs.push(await warmUp(worker, clock));
  const samples = workers.map(() => []);
  const startedAt = performance.now();
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    if (turn >= TURNS_MIN && performance.now() - startedAt > ROW_MS_MAX) break;
    const order = workers.map((_, i) => i);
    for (const i of turn % 2 === 0 ? order : order.toReversed())
      samples[i].push(await timed(workers[i], runs[i], clock));
  }
  return samples;
}

/** Runs until warm; returns how many runs make a turn. */
async function warmUp(worker, clock) {
  const startedAt = performance.now();
  let perRun = await timed(worker, 1, clock);
  for (let run = 1; run < WARM_UP_RUNS_MIN || performance.now() - startedAt < WARM_UP_MS;) {
    const times = Math.max(1, Math.min(1000, Math.floor(TURN_MS_MIN / perRun)));
    perRun = await timed(worker, times, clock);
    run += times;
  }
  return Math.max(1, Math.min(5000, Math.ceil(TURN_MS_MIN / perRun)));
}

/** The shortest processor time of a run after a short warm-up: what else the machine does is not in it, or only adds. */
export async function quickest(worker) {
  const startedAt = performance.now();
  let best = Infinity;
  for (let round = 0; round < 3 || (performance.now() - startedAt < 400 && round < 50); round++) {
    const times = Math.max(1, Math.min(1000, Math.floor(5 / best)));
    best = Math.min(best, await timed(worker, times, "spend"));
    if (performance.now() - startedAt > 4000) break;
  }
  return best;
}

/** Milliseconds a run, over so many runs in a row. */
async function timed(worker, times, clock) {
  const [kind, ms] = await worker.ask(clock, times);
  if (kind !== "ms") throw new Error(`${kind}: ${ms}`);
  return Math.max(1e-6, Number(ms) / times);
}

/** The middle value; the mean of the two in the middle of an even number. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Largest relative difference of two lists of numbers; Infinity when they are not equally many. */
export function disagreement(ours, theirs) {
  if (ours.length !== theirs.length) return Infinity;
  return ours.reduce((worst, x, i) => {
    const size = Math.max(Math.abs(theirs[i]), 1e-300);
    return Math.max(worst, Object.is(x, theirs[i]) ? 0 : Math.abs(x - theirs[i]) / size);
  }, 0);
}
