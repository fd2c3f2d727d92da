import { propensity, type Rng } from "@ratchet/stats";
import {
  actionId,
  instant,
  metricId,
  unitId,
  type ActionId,
  type ChoiceLever,
  type LoggedRow,
  type MetricDefinition,
} from "@ratchet/engine";
import { replayPolicy } from "./replay-policy.ts";
import type { ReplayInput } from "./replay-input.ts";

const PLAIN = actionId("plain");
export const STORY = actionId("story");
export const OFFER = actionId("offer");

/** A visit, known with the row. */
const VISIT: MetricDefinition = {
  id: metricId("visit"),
  kind: "conversion",
  signal: "visit",
  windowMs: 0,
  direction: "increase",
  minimumEffect: 0.01,
};

/** The lever that made the example logs. */
const LOG_LEVER: Omit<ChoiceLever, "segments"> = {
  kind: "choice",
  name: "content",
  point: "email",
  actions: [PLAIN, STORY, OFFER],
  baseline: PLAIN,
  segmentBy: [],
  decisionWindowMs: 0,
};

/** How an example log was drawn. */
export interface LogWorld {
  readonly rows: number;
  /** Chance of each action, by whether a lead is busy; even where left out. */
  readonly chance?: (action: ActionId, busy: boolean) => number;
  readonly rate: (action: ActionId, busy: boolean) => number;
}

/** A randomised log, in order of time. */
export function drawLog(rng: Rng, { rows, rate, chance = () => 1 / 3 }: LogWorld): readonly LoggedRow[] {
  const start = Date.UTC(2026, 0, 1);
  return Array.from({ length: rows }, (_, i) => {
    const busy = rng.next() < 0.4;
    const action = pick(rng, (candidate) => chance(candidate, busy));
    const at = instant(start + i * 60_000);
    const visited = rng.next() < rate(action, busy);
    return {
      row: i + 1,
      unitId: unitId(`unit-${i + 1}`),
      at,
      action,
      propensity: propensity(chance(action, busy)),
      context: { busy },
      outcomes: visited ? [{ metric: VISIT.id, signal: VISIT.signal, value: null, at }] : [],
    };
  });
}

/** A replay of a log, with everything that a test does not speak of filled in. */
export function replayOf(rows: readonly LoggedRow[], told: Partial<Omit<ReplayInput, "rows">> = {}): ReplayInput {
  return {
    rows: (async function* () {
      yield* rows;
    })(),
    lever: LOG_LEVER,
    policy: replayPolicy({
      name: "example",
      lever: LOG_LEVER,
      metrics: [VISIT],
      objective: VISIT.id,
      guardrails: [],
      rows: rows.length,
    }),
    cycleRows: 500,
    leastPropensity: Math.min(...rows.map((row) => row.propensity ?? 1)),
    seed: 1,
    approve: "all",
    ...told,
  };
}

function pick(rng: Rng, chance: (action: ActionId) => number): ActionId {
  let u = rng.next();
  for (const action of LOG_LEVER.actions) {
    u -= chance(action);
    if (u < 0) return action;
  }
  return OFFER;
}
