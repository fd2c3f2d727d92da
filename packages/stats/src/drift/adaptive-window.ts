/** `delta` is the confidence of a cut; the window is tested every `clock` observations, with at least `side` on either side. */
export interface AdaptiveWindowOptions {
  readonly delta: number;
  readonly clock?: number;
  readonly minimum?: number;
  readonly side?: number;
  /**
   * scikit-multiflow leaves the newest bucket of each size out of the older side of a cut, and forgets the spread within one of two
   * buckets it merges: to compare with it only.
   */
  readonly variant?: "paper" | "scikit-multiflow";
}

/** A window that forgets what no longer fits the present. */
export interface AdaptiveWindow {
  /** Takes one observation; true when the mean was found to have changed and old observations were dropped. Not finite or beyond ±1e140: ignored. */
  readonly add: (x: number) => boolean;
  /** Observations in the window, their mean, and the sum of squared deviations from it. */
  readonly read: () => { readonly width: number; readonly mean: number; readonly m2: number };
}

/** Buckets of 2^row observations each, oldest first. */
interface Row {
  readonly sums: number[];
  readonly m2s: number[];
}

const BUCKETS_MAX = 5;
/** Beyond, squares of sums no longer fit a number. */
const LARGEST = 1e140;

/**
 * ADWIN: keeps a window as long as no cut of it shows two different means; memory and time per test grow with the logarithm of its
 * length.
 *
 * Old observations go one bucket at a time, so after a change the window shrinks over several tests.
 *
 * @formula cut when |mean₀ − mean₁| > √(2·m·σ²·ln(2 ln(n)/δ)) + (2/3)·m·ln(2 ln(n)/δ), m = 1/n₀ + 1/n₁
 * @assumes independent observations in [0, 1]; other ranges only change the constant of the last term
 * @throws RangeError for a delta outside (0, 1).
 * @see Bifet & Gavaldà (2007), "Learning from time-changing data with adaptive windowing", sections 3-4
 * @example
 * const window = adaptiveWindow({ delta: 0.002 });
 * for (let i = 0; i < 640; i++) window.add(i < 320 ? 0 : 1);
 * window.read().mean > 0.9 // => true
 */
export function adaptiveWindow(options: AdaptiveWindowOptions): AdaptiveWindow {
  const { delta, clock = 32, minimum = 10, variant = "paper" } = options;
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta must be in (0, 1), got ${delta}`);
  const window = new Buckets(variant === "paper");
  let time = 0;
  return {
    add: (x) => {
      if (!(Math.abs(x) <= LARGEST)) return false;
      window.insert(x);
      time++;
      if (time % clock !== 0 || window.width <= minimum) return false;
      let changed = false;
      while (window.width > 1 && hasCut(window, options)) {
        window.dropOldest();
        changed = true;
      }
      return changed;
    },
    read: () => ({ width: window.width, mean: window.width === 0 ? 0 : window.sum / window.width, m2: window.m2 }),
  };
}

/** Is there a cut whose two sides have means further apart than their bound? */
function hasCut(window: Buckets, { delta, side = 5, variant = "paper" }: AdaptiveWindowOptions): boolean {
  const { width, sum } = window;
  const spread = window.m2 / width;
  const logTerm = Math.log((2 * Math.log(width)) / delta);
  let [oldCount, oldSum] = [0, 0];
  for (let row = window.rows.length - 1; row >= 0; row--) {
    const sums = window.rows[row]?.sums ?? [];
    const until = variant === "paper" ? sums.length : sums.length - 1;
    for (let k = 0; k < until; k++) {
      oldCount += 2 ** row;
      oldSum += sums[k] ?? 0;
      const newCount = width - oldCount;
      if (oldCount < side || newCount < side) continue;
      const m = 1 / (oldCount - side + 1) + 1 / (newCount - side + 1);
      const bound = Math.sqrt(2 * m * spread * logTerm) + (2 / 3) * m * logTerm;
      if (Math.abs(oldSum / oldCount - (sum - oldSum) / newCount) > bound) return true;
    }
  }
  return false;
}

class Buckets {
  readonly rows: Row[] = [];
  readonly #keepsSpread: boolean;
  width = 0;
  sum = 0;
  m2 = 0;

  constructor(keepsSpread: boolean) {
    this.#keepsSpread = keepsSpread;
  }

  insert(x: number): void {
    if (this.width > 0) this.m2 += (this.width * (x - this.sum / this.width) ** 2) / (this.width + 1);
    this.width++;
    this.sum += x;
    this.#push(0, x, 0);
  }

  dropOldest(): void {
    const last = this.rows.length - 1;
    const row = this.rows[last];
    if (row === undefined) return;
    const size = 2 ** last;
    const [sum, m2] = [row.sums.shift() ?? 0, row.m2s.shift() ?? 0];
    if (row.sums.length === 0) this.rows.pop();
    this.width -= size;
    this.sum -= sum;
    const between =
      this.width === 0 ? 0 : (size * this.width * (sum / size - this.sum / this.width) ** 2) / (size + this.width);
    this.m2 -= m2 + between;
  }

  /** Adds a bucket; two oldest of a full row become one of the next. */
  #push(index: number, sum: number, m2: number): void {
    const row = this.rows[index] ?? { sums: [], m2s: [] };
    this.rows[index] = row;
    row.sums.push(sum);
    row.m2s.push(m2);
    if (row.sums.length <= BUCKETS_MAX) return;
    const size = 2 ** index;
    const [a, b] = [row.sums.shift() ?? 0, row.sums.shift() ?? 0];
    const [v, w] = [row.m2s.shift() ?? 0, row.m2s.shift() ?? 0];
    this.#push(index + 1, a + b, (this.#keepsSpread ? v : 0) + w + (size / 2) * (a / size - b / size) ** 2);
  }
}
