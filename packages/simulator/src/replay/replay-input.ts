import type { ChoiceLever, FactsStore, LoggedRow, MetricDefinition, Policy, StateStore } from "@ratchet/engine";

/** A finished, randomised log, and how to run the loop over it. */
export interface ReplayInput {
  /** In order of time. */
  readonly rows: AsyncIterable<LoggedRow>;
  /** Segments, actions and baseline; the loop starts from the policy's exploration around the baseline. */
  readonly lever: Omit<ChoiceLever, "segments">;
  readonly policy: Policy;
  /** Rows of the log to a cycle, used or not. */
  readonly cycleRows: number;
  /** Least propensity in the log: a row is kept with probability leastPropensity ÷ its own, so that kept rows are as if drawn evenly. */
  readonly leastPropensity: number;
  readonly seed: number;
  /** Who answers what waits for a person: every missing approver says yes, or nobody does. */
  readonly approve: "all" | "none";
  /** Where the run is kept, for tracing it afterwards; in memory when left out. Must be empty. */
  readonly stores?: { readonly state: StateStore; readonly facts: FactsStore };
}

/** The metric that the policy optimises. @throws RangeError where the policy does not define it. */
export function objectiveOf(policy: Policy): MetricDefinition {
  const objective = policy.metrics.find((metric) => metric.id === policy.objective);
  if (objective === undefined) throw new RangeError(`the policy does not define its objective "${policy.objective}"`);
  return objective;
}
