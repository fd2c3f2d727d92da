/** The five levers of an outbound team, for tests: two that choose, one that scores, one that routes, one that hands over. */
import { digestOf } from "../digest.ts";
import { actionId, unitId } from "../ids.ts";
import { instant, type Instant } from "../time.ts";
import type { Context } from "../context.ts";
import { decide, type DecisionRequest } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { ChoiceLever, ThresholdLever, WeightsLever } from "./lever.ts";
import type { ValueLimits } from "./limits.ts";
import type { DecisionFrame } from "./plan.ts";
import { playbookDigest, type Playbook } from "./playbook.ts";

export const AT: Instant = instant(Date.UTC(2026, 2, 2, 12));

/** A lead's score: size in hundreds, a flag, an industry. */
export const PRIORITY: WeightsLever = {
  kind: "weights",
  name: "prioritisation",
  point: "priority",
  segmentBy: [{ field: "region" }],
  decisionWindowMs: 0,
  features: [
    { kind: "numeric", name: "employees", field: "employees", centre: 100, scale: 100, missing: 0 },
    { kind: "flag", name: "visited_pricing", field: "visited_pricing", missing: 0 },
    { kind: "category", name: "software", field: "industry", values: ["software", "saas"], missing: 0 },
  ],
  calibration: [
    { score: -2, probability: 0.01 },
    { score: 0, probability: 0.05 },
    { score: 2, probability: 0.3 },
  ],
  bands: [
    { name: actionId("A"), atLeast: 0.2 },
    { name: actionId("B"), atLeast: 0.05 },
    { name: actionId("C"), atLeast: 0 },
  ],
  baseline: { intercept: -1, weights: { employees: 0, visited_pricing: 0, software: 0 } },
  segments: {
    all: { intercept: -1, weights: { employees: 0.5, visited_pricing: 1.5, software: 0.75 } },
    "all/region=APAC": { intercept: -0.5, weights: { employees: 0.5, visited_pricing: 1, software: 0.75 } },
  },
};

/** Sales gets whoever is likely enough. */
export const HANDOFF: ThresholdLever = {
  kind: "threshold",
  name: "handoff",
  point: "handoff",
  segmentBy: [{ field: "region" }],
  decisionWindowMs: 0,
  score: { kind: "lever", lever: "prioritisation" },
  above: actionId("hand_to_sales"),
  below: actionId("nurture"),
  baseline: { threshold: 0.2, band: 0, chance: 0.5 },
  segments: { all: { threshold: 0.15, band: 0.05, chance: 0.3 } },
};

function choiceOf(name: string, actions: readonly string[]): ChoiceLever {
  const ids = actions.map((action) => actionId(action));
  const [baseline = actionId("nothing")] = ids;
  const share = 1 / ids.length;
  return {
    kind: "choice",
    name,
    point: name,
    actions: ids,
    baseline,
    segmentBy: [{ field: "region" }],
    decisionWindowMs: 0,
    segments: {
      all: Object.fromEntries(ids.map((id) => [id, share])),
      "all/region=EMEA": Object.fromEntries(ids.map((id, i) => [id, i === 0 ? 0.7 : 0.3 / (ids.length - 1)])),
    },
  };
}

export const FIVE: Playbook = {
  version: 1,
  changeId: null,
  parent: null,
  levers: [
    PRIORITY,
    choiceOf("timing", ["next_morning", "three_days", "a_week"]),
    choiceOf("content", ["case_study", "product_tour", "roi_calculator"]),
    choiceOf("routing", ["inside_sales", "field_sales"]),
    HANDOFF,
  ],
};

const WIDE = { min: -10, max: 10 };

/** What the policy allows of each. */
export const FIVE_LIMITS: Readonly<Record<string, ValueLimits>> = {
  prioritisation: { kind: "weights", intercept: WIDE, range: WIDE, ranges: { software: { min: 0, max: 2 } } },
  handoff: {
    kind: "threshold",
    threshold: { min: 0.05, max: 0.5 },
    band: { min: 0, max: 0.1 },
    chance: { min: 0.05, max: 0.95 },
  },
  ...Object.fromEntries(
    FIVE.levers.flatMap((lever) =>
      lever.kind === "choice" ? [[lever.name, { allowed: lever.actions, range: { min: 0, max: 1 }, ranges: {} }]] : [],
    ),
  ),
};

export function fiveFrame(told: Partial<DecisionFrame> = {}): DecisionFrame {
  return {
    salt: "salt",
    playbook: FIVE,
    documents: { playbook: playbookDigest(FIVE), policy: digestOf("policy") },
    rollouts: [],
    holdoutShare: 0,
    limits: FIVE_LIMITS,
    cycle: 1,
    ...told,
  };
}

/** The decision about one unit. @throws Error where the point is unknown. */
export function decideAt(
  frame: DecisionFrame,
  {
    unit,
    point,
    context,
    ...request
  }: { readonly unit: string; readonly point: string; readonly context: Context } & Partial<DecisionRequest>,
  at: Instant = AT,
): Decision {
  const outcome = decide(frame, { ...request, unitId: unitId(unit), point, context }, at);
  if (outcome.kind === "refused") throw new Error(outcome.message);
  return outcome.decision;
}

/** A lever with another value everywhere. */
export function withValue(name: string, value: unknown): Playbook {
  // What a damaged store might hand back: no type vouches for it.
  const levers: Playbook["levers"] = JSON.parse(JSON.stringify(FIVE.levers)).map((lever: Playbook["levers"][number]) =>
    lever.name === name ? { ...lever, segments: { all: value } } : lever,
  );
  return { ...FIVE, levers };
}
