import {
  actionId,
  metricId,
  type ActionId,
  type MetricDefinition,
  type MetricId,
  type SegmentLevel,
} from "@ratchet/engine";
import { durationMs, type MappingDocument } from "@ratchet/protocol";

/** Rows per learning cycle where a map does not say. */
const CYCLE_ROWS = 2000;

/** A checked map in the engine's terms. The columns stay in `document`: only the reader of rows needs them. */
export interface ImportMapping {
  readonly name: string;
  /** `import:<name>`: the source of every fact that comes in under this map. */
  readonly source: string;
  readonly point: string;
  readonly baseline: ActionId;
  /** Whether actions were drawn at random; without that no difference is an effect. */
  readonly randomised: boolean;
  readonly segments: readonly SegmentLevel[];
  readonly metrics: readonly MetricDefinition[];
  readonly objective: MetricId;
  readonly guardrails: readonly MetricId[];
  readonly cycleRows: number;
  readonly document: MappingDocument;
}

export function importMappingFrom(document: MappingDocument): ImportMapping {
  return {
    name: document.name,
    source: `import:${document.name}`,
    point: document.point ?? "content",
    baseline: actionId(document.baseline),
    randomised: document.assignment === "randomised",
    segments: (document.segments ?? []).map(({ field, breaks }) =>
      breaks === undefined ? { field } : { field, breaks },
    ),
    metrics: document.outcomes.map((outcome) => ({
      id: metricId(outcome.id),
      kind: outcome.kind,
      signal: outcome.id,
      windowMs: outcome.window === undefined ? 0 : durationMs(outcome.window),
      direction: outcome.direction ?? "increase",
      minimumEffect: outcome.minimum_effect,
    })),
    objective: metricId(document.objective),
    guardrails: (document.guardrails ?? []).map((name) => metricId(name)),
    cycleRows: document.cycle?.rows ?? CYCLE_ROWS,
    document,
  };
}
