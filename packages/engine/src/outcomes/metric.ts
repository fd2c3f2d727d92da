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
  /**
   * Signals that say of themselves that a person did it with less probability do not count, in [0, 1]. Absent: 0.5 for opens and clicks,
   * which machines make in masses, 0 for all others. A signal that says nothing of it counts.
   */
  readonly humanProbabilityMin?: number;
}

/** Signals that machines make as well as people; where a metric does not say, they count only where a person is the likelier. */
const MACHINE_MADE_SIGNALS: readonly string[] = ["opened", "clicked"];

/** Whether signals of a type are made by machines as well as by people. */
export function isMachineMade(signal: string): boolean {
  return MACHINE_MADE_SIGNALS.includes(signal);
}

/** The least probability of a person with which a signal counts. */
export function humanProbabilityMinOf({ signal, humanProbabilityMin }: MetricDefinition): number {
  return humanProbabilityMin ?? (isMachineMade(signal) ? 0.5 : 0);
}
