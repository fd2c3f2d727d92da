import { betaCdf } from "@ratchet/stats";
import type { Instant } from "../time.ts";
import { BASELINE_DAYS, HISTORY_DAYS_MIN, median, total, type DayShare } from "./day-counts.ts";

/** A share against what it used to be. */
export interface ShareShift {
  readonly kind: "estimate";
  /** Pooled share of the baseline, and of the days judged. */
  readonly before: number;
  readonly now: number;
  /** P(a share this high or higher), were nothing changed; over-dispersion of the baseline's days included. */
  readonly pValue: number;
  /** First of the days judged, and units in them. */
  readonly from: Instant;
  readonly n: number;
}

/** Units that the judged days must hold; fewer days are taken where they do. */
const UNITS_MIN = 30;
const SPANS = [1, 3, 7] as const;
/** Of a χ²(1) variable: turns the median of squared residuals into a variance. */
const MEDIAN_SQUARE = 0.4549;

/**
 * Has a share risen? The last closed day, or where it is thin the last three or seven, against up to eight weeks before.
 *
 * Days differ by more than their units explain (a campaign, a Monday), so the binomial tail is taken at n ÷ φ units, φ the median squared
 * residual of the baseline's days. A day is judged once, when it is over: looking again at the same day is the same test, so the number of
 * tests a year is known and no correction for looking often is due.
 *
 * @param days - closed days in order, without gaps.
 * @param isUnusual - days that are no part of the baseline.
 * @returns null where fewer than `HISTORY_DAYS_MIN` days with units come before, or fewer than 30 units are to be judged.
 */
export function shareShift(days: readonly DayShare[], isUnusual: (day: Instant) => boolean): ShareShift | null {
  const span = SPANS.find((length) => total(days.slice(-length)).n >= UNITS_MIN);
  if (span === undefined || days.length <= span) return null;
  const judged = days.slice(-span);
  const baseline = days
    .slice(0, -span)
    .filter(({ day, n }) => n > 0 && !isUnusual(day))
    .slice(-BASELINE_DAYS);
  const [first] = judged;
  if (first === undefined || baseline.length < HISTORY_DAYS_MIN) return null;
  const past = total(baseline);
  const present = total(judged);
  // Half a unit of each kind: a share that was never seen is not impossible.
  const before = (past.k + 0.5) / (past.n + 1);
  const dispersion = Math.max(
    1,
    median(baseline.map(({ n, k }) => (k - n * before) ** 2 / (n * before * (1 - before)))) / MEDIAN_SQUARE,
  );
  // The baseline's own uncertainty, by its upper end of two standard errors.
  const bound = Math.min(1 - 1e-9, before + 2 * Math.sqrt((dispersion * before * (1 - before)) / past.n));
  const [n, k] = [present.n / dispersion, present.k / dispersion];
  return {
    kind: "estimate",
    before: past.k / past.n,
    now: present.k / present.n,
    pValue: k === 0 ? 1 : betaCdf(bound, k, n - k + 1),
    from: first.day,
    n: present.n,
  };
}
