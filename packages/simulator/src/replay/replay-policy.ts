import {
  DEFAULT_OWNER,
  defaultPolicy,
  type ChoiceLever,
  type MetricDefinition,
  type MetricId,
  type Policy,
} from "@ratchet/engine";

/** What a log says of itself. */
export interface LogBasics {
  readonly name: string;
  readonly lever: Pick<ChoiceLever, "name" | "actions">;
  readonly metrics: readonly MetricDefinition[];
  readonly objective: MetricId;
  readonly guardrails: readonly MetricId[];
  readonly rows: number;
}

/** Share of a log's rows that a replay can use is 1 ÷ actions; confidence sequences are tuned for about a fifth of those. */
const TUNED_SHARE = 0.2;

/**
 * The policy of a replay that was given none: the cautious default, but exploring evenly at first, as the log did. The objective is no
 * guardrail of its own; harm to it ends a rollout anyway.
 */
export function replayPolicy({ name, lever, metrics, objective, guardrails, rows }: LogBasics): Policy {
  const policy = defaultPolicy({
    id: name,
    levers: [lever],
    metrics,
    objective,
    guardrails: guardrails.filter((id) => id !== objective),
    unitsExpected: Math.max(500, Math.round((TUNED_SHARE * rows) / lever.actions.length)),
    owner: DEFAULT_OWNER,
  });
  return { ...policy, exploration: { ...policy.exploration, start: 1 / lever.actions.length } };
}
