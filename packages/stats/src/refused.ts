/**
 * An estimator's honest "I cannot tell": a stable reason for programs and a sentence for people.
 *
 * Every estimator of this package returns this instead of NaN, a zero-width interval or a made-up number.
 */
export interface Refused<R extends string = string> {
  readonly kind: "refused";
  readonly reason: R;
  readonly message: string;
}

/** Builds a refusal; the message should carry the offending value and what to do next. */
export function refuse<R extends string>(reason: R, message: string): Refused<R> {
  return { kind: "refused", reason, message };
}

/** Two ends of an interval on the scale of the estimate; an open side is ±Infinity. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}
