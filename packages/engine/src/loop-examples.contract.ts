import { propensity, type Rng } from "@ratchet/stats";
import type { ChoiceLesson } from "./adaptation/learn-choice.ts";
import type { Cohort } from "./decisions/decision.ts";
import type { ActionProbabilities, ChoiceLever } from "./decisions/lever.ts";
import { probabilitiesFor, withEdits, type ChoiceEdit, type Edit, type Playbook } from "./decisions/playbook.ts";
import { ALL } from "./decisions/segment.ts";
import { digestOf } from "./digest.ts";
import type { PolicyHistory } from "./evidence/policy-history.ts";
import type { Change, ChangeEvent, ChangeState } from "./governance/change.ts";
import { evolveChange } from "./governance/change-lifecycle.ts";
import { defaultPolicy } from "./governance/default-policy.ts";
import type { Policy } from "./governance/policy.ts";
import { actionId, actorId, changeId, ENGINE, metricId, segmentId, type ActorId, type ChangeId } from "./ids.ts";
import type { OutcomeCell } from "./outcomes/cell.ts";
import type { MetricDefinition } from "./outcomes/metric.ts";
import { instant, type Instant } from "./time.ts";

/** Three ways to write an e-mail; plain is the baseline. */
export const PLAIN = actionId("plain");
export const STORY = actionId("story");
export const OFFER = actionId("offer");

export const BO: ActorId = actorId("person:bo");
export const CY: ActorId = actorId("person:cy");

/** Noon of an ordinary day; tests count milliseconds from here. */
export const NOON: Instant = instant(Date.UTC(2026, 2, 2, 12));

/** A lever with everything that a test does not speak of filled in: even chances for everyone. */
export function exampleLever(told: Partial<ChoiceLever> = {}): ChoiceLever {
  return {
    kind: "choice",
    name: "content",
    point: "first-email",
    actions: [PLAIN, STORY, OFFER],
    baseline: PLAIN,
    segmentBy: [{ field: "size" }],
    decisionWindowMs: 0,
    segments: { all: chances(1 / 3, 1 / 3, 1 / 3) },
    ...told,
  };
}

/** Chances of plain, story and offer. */
export function chances(plain: number, story: number, offer: number): ActionProbabilities {
  return { [PLAIN]: plain, [STORY]: story, [OFFER]: offer };
}

/** Version 1 with one lever. */
export function examplePlaybook(lever: Partial<ChoiceLever> = {}, told: Partial<Playbook> = {}): Playbook {
  return { version: 1, levers: [exampleLever(lever)], changeId: null, parent: null, ...told };
}

/** A meeting, known with the decision. */
export const MEETING: MetricDefinition = {
  id: metricId("meeting"),
  kind: "conversion",
  signal: "meeting_booked",
  windowMs: 0,
  direction: "increase",
  minimumEffect: 0.01,
};

/** An unsubscribe, known with the decision. */
export const UNSUBSCRIBE: MetricDefinition = {
  id: metricId("unsubscribe"),
  kind: "conversion",
  signal: "unsubscribed",
  windowMs: 0,
  direction: "decrease",
  minimumEffect: 0.005,
};

/** The default policy for the example lever, owned by Bo. */
export function examplePolicy(told: Partial<Policy> = {}): Policy {
  const basics = defaultPolicy({
    id: "example",
    levers: [exampleLever()],
    metrics: [MEETING, UNSUBSCRIBE],
    objective: MEETING.id,
    guardrails: [UNSUBSCRIBE.id],
    unitsExpected: 4000,
    owner: BO,
  });
  return { ...basics, ...told };
}

/** A history of given playbooks and changes. */
export function historyOf(
  playbooks: readonly Playbook[],
  changes: Readonly<Record<string, readonly Edit[]>> = {},
): PolicyHistory {
  return {
    playbook: (version) => {
      const found = playbooks.find((playbook) => playbook.version === version);
      if (found === undefined) throw new RangeError(`the example has no playbook v${version}`);
      return found;
    },
    edits: (change) => changes[change] ?? [],
  };
}

/** An edit of the example lever. */
export function exampleEdit(to: ActionProbabilities, told: Partial<ChoiceEdit> = {}): ChoiceEdit {
  return { lever: "content", segment: ALL, from: chances(1 / 3, 1 / 3, 1 / 3), to, ...told };
}

/** A change of the engine's that gives everyone more of the story. */
export function exampleChange(told: Partial<Change> = {}): Change {
  return {
    id: changeId("chg_example"),
    lever: "content",
    edits: [exampleEdit(chances(0.05, 0.9, 0.05))],
    author: ENGINE,
    basedOn: 1,
    rationale: "the story books more meetings",
    predicted: {
      kind: "estimate",
      estimate: 0.03,
      lower: 0.01,
      upper: 0.05,
      confidence: 0.9,
      effectiveSampleSize: 2000,
      n: 3000,
    },
    audienceShare: 1,
    cannotDetect: [],
    ...told,
  };
}

/** The state of a change after events that happened at noon. */
export function stateAfter(events: readonly ChangeEvent[], at: Instant = NOON): ChangeState {
  const state = events.reduce<ChangeState | null>((before, event) => evolveChange(before, event, at), null);
  if (state === null) throw new RangeError("a change begins with its draft");
  return state;
}

/** A change's draft, evidence and review: pending for one lever-owner, unless told otherwise. */
export function reviewed(
  change: Change,
  verdict: Partial<NonNullable<ChangeState["verdict"]>> = {},
): readonly ChangeEvent[] {
  const about = { changeId: change.id };
  const given = {
    kind: "needs_approval",
    tier: "T1",
    score: 5,
    approvers: [{ role: "lever-owner", count: 1 }],
    findings: [],
    ...verdict,
  } as const;
  return [
    { kind: "change.drafted", ...about, change, digest: digestOf(change) },
    { kind: "change.evidenced", ...about, evidence: digestOf("evidence") },
    { kind: "change.reviewed", ...about, verdict: given, policyVersion: 1 },
  ];
}

/** A cell with everything that a test does not speak of filled in. */
export function exampleCell(told: Partial<OutcomeCell> = {}): OutcomeCell {
  const n = told.n ?? 100;
  const sum = told.sum ?? 0;
  return {
    cycle: 1,
    fold: 0,
    segment: ALL,
    cohort: "control",
    playbookVersion: 1,
    changeId: null,
    rolloutShare: 0,
    action: PLAIN,
    propensity: propensity(1 / 3),
    limited: false,
    n,
    nonZero: sum,
    sum,
    sumSquares: sum,
    ...told,
  };
}

/** A world of conversions, to draw cells from. */
export interface CellWorld {
  readonly playbook: Playbook;
  /** Rate by segment and action. */
  readonly rate: (segment: string, action: string) => number;
  readonly segments: Readonly<Record<string, number>>;
  readonly cycles: readonly number[];
  readonly unitsPerCycle: number;
  readonly holdoutShare: number;
  readonly rollout?: { readonly changeId: ChangeId; readonly edits: readonly Edit[]; readonly share: number };
}

/** Cells as honest traffic would bring them: cohorts, actions and folds drawn as designed. */
export function drawCells(rng: Rng, world: CellWorld): readonly OutcomeCell[] {
  const cells = new Map<string, OutcomeCell>();
  for (const cycle of world.cycles) {
    for (let i = 0; i < world.unitsPerCycle; i++) {
      const key = drawUnit(rng, world);
      const converted = rng.next() < world.rate(key.segment, key.action) ? 1 : 0;
      const name = [cycle, key.fold, key.segment, key.cohort, key.action].join("|");
      const before = cells.get(name) ?? exampleCell({ ...key, cycle, n: 0 });
      const sum = before.sum + converted;
      cells.set(name, { ...before, n: before.n + 1, nonZero: sum, sum, sumSquares: sum });
    }
  }
  return [...cells.values()];
}

function drawUnit(
  rng: Rng,
  world: CellWorld,
): Pick<OutcomeCell, "fold" | "segment" | "cohort" | "action" | "propensity" | "changeId" | "rolloutShare"> {
  const { playbook, rollout, holdoutShare } = world;
  const lever = firstLever(playbook);
  const segment = segmentId(pick(rng, world.segments));
  const cohort: Cohort =
    rng.next() < holdoutShare ? "holdout" : rng.next() < (rollout?.share ?? 0) ? "candidate" : "control";
  const given = cohort === "candidate" ? firstLever(withEdits(playbook, rollout?.edits ?? [])) : lever;
  const rule = probabilitiesFor(given, segment);
  const action = cohort === "holdout" ? lever.baseline : actionId(pick(rng, rule));
  return {
    fold: Math.floor(rng.next() * 4),
    segment,
    cohort,
    action,
    propensity: propensity(cohort === "holdout" ? 1 : (rule[action] ?? 0)),
    changeId: rollout?.changeId ?? null,
    rolloutShare: rollout?.share ?? 0,
  };
}

/** The example's lever, edited or not. */
function firstLever({ levers }: Playbook): ChoiceLever {
  const found = levers.find((lever) => lever.kind === "choice");
  if (found === undefined) throw new RangeError("the example playbook has no lever of kind choice");
  return found;
}

function pick(rng: Rng, shares: Readonly<Record<string, number>>): string {
  let u = rng.next();
  let last = "";
  for (const [name, share] of Object.entries(shares)) {
    if (share <= 0) continue;
    last = name;
    u -= share;
    if (u < 0) return name;
  }
  return last;
}

/** What a learner of the playbook's lever may know, with everything that a test does not speak of filled in. */
export function exampleLesson(
  playbook: Playbook,
  cells: readonly OutcomeCell[],
  told: Partial<Pick<ChoiceLesson, "limits" | "floors" | "barred">> & {
    readonly direction?: "increase" | "decrease";
  } = {},
): ChoiceLesson {
  const lever = firstLever(playbook);
  return {
    lever,
    metric: { ...MEETING, direction: told.direction ?? "increase" },
    cells,
    history: historyOf([playbook]),
    limits: told.limits ?? exampleLimits(),
    floors: told.floors ?? { floor: 0.05, settledFloor: 0.05 },
    precision: { alpha: 0.05, tunedFor: 2000 },
    barred: told.barred ?? new Set(),
  };
}

/** Limits that allow everything. */
export function exampleLimits(told: Partial<ChoiceLesson["limits"]> = {}): ChoiceLesson["limits"] {
  return { allowed: [PLAIN, STORY, OFFER], range: { min: 0, max: 1 }, ranges: {}, maxStep: 1, ...told };
}
