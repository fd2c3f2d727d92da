import { digestOf, type Digest } from "../digest.ts";
import type { ChoiceLever } from "../decisions/lever.ts";
import type { MultipleExposure } from "../decisions/multiple-exposure.ts";
import type { Measurement } from "../outcomes/cell.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { isoOf, type Instant } from "../time.ts";
import { actionEffects, type ActionEffect } from "./action-effects.ts";
import type { Precision } from "./effect.ts";
import {
  checkHealth,
  dataIncident,
  multipleExposure,
  NO_INCIDENTS,
  redSentences,
  type DataIncidents,
  type HealthCheck,
} from "./health.ts";
import type { PolicyHistory } from "./policy-history.ts";
import { programmeLift, type ProgrammeLift } from "./programme-lift.ts";
import { rolloutEvidence, type GuardrailRule, type RolloutEvidence, type RunningChange } from "./rollout-evidence.ts";

/**
 * What was concluded at the end of a cycle, complete and content-addressed: the same inputs give the same bytes.
 *
 * Effects are per unit, on the absolute scale, in units of the objective.
 */
export interface EvidenceSnapshot {
  readonly kind: "evidence";
  readonly method: "doubly robust, predictable outcome model; asymptotic confidence sequence";
  readonly cycle: number;
  /** ISO 8601. */
  readonly watermark: string;
  readonly lever: string;
  readonly playbookVersion: number;
  readonly objective: MetricDefinition;
  readonly precision: Precision;
  /** Digest of the cells that went in, of every metric. */
  readonly inputs: Digest;
  readonly decisions: number;
  readonly censored: number;
  readonly health: readonly HealthCheck[];
  readonly programme: ProgrammeLift;
  readonly actions: readonly ActionEffect[];
  readonly rollout: RolloutEvidence | null;
}

/** Everything a conclusion follows from. */
export interface ConcludeQuestion {
  readonly cycle: number;
  readonly watermark: Instant;
  readonly lever: ChoiceLever;
  readonly playbookVersion: number;
  readonly objective: MetricDefinition;
  /** By metric id; the objective's and every guardrail's. */
  readonly measurements: ReadonlyMap<string, Measurement>;
  readonly guardrails: readonly (GuardrailRule & { readonly metric: string })[];
  readonly metrics: readonly MetricDefinition[];
  readonly history: PolicyHistory;
  readonly holdoutShare: number;
  readonly precision: Precision;
  readonly running: RunningChange | null;
  /** Of the running change; not looked at where absent. */
  readonly exposure?: MultipleExposure;
  /** None where absent: a simulation's facts are what it says they are. */
  readonly incidents?: DataIncidents;
}

/** Draws the conclusions of one cycle for one lever. */
export function conclude(question: ConcludeQuestion): EvidenceSnapshot {
  const { lever, objective, history, precision, holdoutShare } = question;
  const { cells, censored } = measurementOf(question, objective.id);
  const health = [
    ...checkHealth({ lever: lever.name, cells, history, holdoutShare, cycle: question.cycle, censored }),
    dataIncident(question.incidents ?? NO_INCIDENTS),
    ...(question.exposure === undefined ? [] : [multipleExposure(question.exposure)]),
  ];
  const redChecks = redSentences(health);
  const shared = { metric: objective, cells, history, precision, redChecks };
  return {
    kind: "evidence",
    method: "doubly robust, predictable outcome model; asymptotic confidence sequence",
    cycle: question.cycle,
    watermark: isoOf(question.watermark),
    lever: lever.name,
    playbookVersion: question.playbookVersion,
    objective,
    precision,
    inputs: digestOf([...question.measurements].sort(([a], [b]) => (a < b ? -1 : 1))),
    decisions: cells.reduce((n, cell) => n + cell.n, 0),
    censored,
    health,
    programme: programmeLift({ ...shared, holdoutShare }),
    actions: actionEffects({ ...shared, lever }),
    rollout:
      question.running === null
        ? null
        : rolloutEvidence({ ...shared, change: question.running, guardrails: guardrailsOf(question) }),
  };
}

function guardrailsOf(question: ConcludeQuestion): Parameters<typeof rolloutEvidence>[0]["guardrails"] {
  return question.guardrails.map((rule) => {
    const metric = question.metrics.find((m) => m.id === rule.metric);
    if (metric === undefined)
      throw new RangeError(`guardrail "${rule.id}" names metric "${rule.metric}", which the policy does not define`);
    return { rule, metric, cells: measurementOf(question, metric.id).cells };
  });
}

function measurementOf(question: ConcludeQuestion, metric: string): Measurement {
  const measurement = question.measurements.get(metric);
  if (measurement === undefined) throw new RangeError(`metric "${metric}" was not measured`);
  return measurement;
}
