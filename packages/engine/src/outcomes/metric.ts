import type { MetricId } from "../ids.ts";

/**
 * How facts are read as an outcome of a decision. A reading, never a fact: the same facts can be read in many ways.
 *
 * A decision's outcome is, over the signals of type `signal` that are attributed to it and lie within its window:
 * 1 if there is any (`conversion`), or the sum of their values (`value`), else 0.
 */
export interface MetricDefinition {
  readonly id: MetricId;
  readonly kind: "conversion" | "value";
  /** A type of the taxonomy, a custom one, or a label that texts were given: `label:outcome=interested`. */
  readonly signal: string;
  /**
   * How long after the decision a signal still counts, both ends included. A decision is *mature* once its window has closed by the
   * watermark; until then it is censored, never zero. 0 means the outcome is known with the decision (a finished log).
   */
  readonly windowMs: number;
  readonly direction: "increase" | "decrease";
  /** Smallest absolute difference, per unit, that would be worth a change (> 0). Smaller ones are "no meaningful difference". */
  readonly minimumEffect: number;
}
