import type { Context } from "../context.ts";
import type { Digest } from "../digest.ts";
import { segmentId, type ActionId, type ChangeId, type SegmentId, type UnitId } from "../ids.ts";
import type { UnitPlace } from "./cohort.ts";
import type { Candidate } from "./decision.ts";
import { movableFields, type FieldFeatures } from "./counterfactual.ts";
import type { EligibilityRule } from "./funnel.ts";
import { areActionLimits, limitBreaches, thresholdBreaches, weightBreaches, type ValueLimits } from "./limits.ts";
import type {
  ActionProbabilities,
  ChoiceLever,
  Lever,
  ThresholdLever,
  ThresholdValue,
  WeightsLever,
  WeightsValue,
} from "./lever.ts";
import { inherited, pointMass, strangerIn, type Playbook } from "./playbook.ts";
import { scoreReaching, weightsInOrder } from "./score.ts";
import { segmentIndex } from "./segment-index.ts";

/** What the decision path knows: all of it in memory, none of it changed by deciding. */
export interface DecisionFrame {
  readonly salt: string;
  readonly playbook: Playbook;
  /** Where playbook and policy are stored, by content: a decision names what it was made from. */
  readonly documents: { readonly playbook: Digest; readonly policy: Digest };
  /** The current playbook with the running change's edits, and who gets it; one a lever. */
  readonly rollouts: readonly Rollout[];
  readonly holdoutShare: number;
  /** Share of all units that the engine only observes. Absent: 0. */
  readonly businessAsUsualShare?: number;
  /** Hard limits by lever name. A lever without limits serves its baseline only. */
  readonly limits: Readonly<Record<string, ValueLimits>>;
  readonly cycle: number;
  /** The unit that survives after merges and conversions; each unit is its own where absent. */
  readonly resolveUnit?: (unit: UnitId) => UnitId;
  /** What may be chosen at all; everything where absent. */
  readonly eligible?: EligibilityRule;
  /** Why every lever serves its baseline for now, in words, such as a lease that ran out; absent in the ordinary case. */
  readonly baselineBecause?: string;
}

/** A change that a share of the traffic gets. */
export interface Rollout {
  readonly changeId: ChangeId;
  readonly lever: string;
  readonly candidate: Playbook;
  /** Share of the units outside the holdout, in [0, 1]. */
  readonly share: number;
}

/** The value that is served in a segment, checked, and laid out for deciding. */
interface ServedBasics {
  /** Why it is the baseline instead of the playbook's value; null in the ordinary case. */
  readonly fallback: string | null;
}

export interface ServedChoice extends ServedBasics {
  readonly candidates: readonly Candidate[];
  /** Reasons by action, written when first given. */
  readonly reasons: Map<ActionId, readonly string[]>;
}

export interface ServedWeights extends ServedBasics {
  readonly intercept: number;
  /** In the order of the features. */
  readonly weights: readonly number[];
}

interface ServedThreshold extends ServedBasics {
  readonly value: ThresholdValue;
}

/** What each cohort gets in one segment. */
export interface Leaf<Served> {
  readonly segment: SegmentId;
  readonly baseline: Served;
  readonly current: Served;
  readonly candidate: Served;
}

interface PlanOf<L extends Lever, Served> {
  readonly lever: L;
  readonly rollout: Rollout | null;
  readonly leafOf: (context: Context) => Leaf<Served>;
}

export interface ChoicePlan extends PlanOf<ChoiceLever, ServedChoice> {
  readonly kind: "choice";
  /** What each cohort gets in the segments that one other value of the context leads to. */
  readonly neighboursOf: (segment: SegmentId) => readonly Neighbour[];
}

/** A segment that is one value of the context away. */
interface Neighbour {
  readonly field: string;
  readonly to: string;
  readonly leaf: Leaf<ServedChoice>;
}

export interface WeightsPlan extends PlanOf<WeightsLever, ServedWeights> {
  readonly kind: "weights";
  /** The least score of each band; null where every score, or none, reaches it. */
  readonly edges: readonly (number | null)[];
  readonly movable: readonly FieldFeatures[];
}

export interface ThresholdPlan extends PlanOf<ThresholdLever, ServedThreshold> {
  readonly kind: "threshold";
  /** The lever that its score comes from; null where it is a field of the context. */
  readonly scoredBy: WeightsPlan | null;
  /** Fields of `scoredBy` that this lever's own segments do not read either. */
  readonly movable: readonly FieldFeatures[];
}

/** A lever, made ready for deciding. */
export type LeverPlan = ChoicePlan | WeightsPlan | ThresholdPlan;

/** A frame, made ready for deciding. It holds what was worked out so far: the same answers, sooner. */
export interface FramePlan {
  readonly byPoint: ReadonlyMap<string, LeverPlan>;
  /** Units seen lately. */
  readonly units: Map<UnitId, UnitPlace>;
}

const PLANS = new WeakMap<DecisionFrame, FramePlan>();

/** Neighbours that are looked at for a counterfactual. */
const NEIGHBOURS_MAX = 64;

/** The plan of a frame, made once: a frame is never changed, only replaced. */
export function planOf(frame: DecisionFrame): FramePlan {
  const known = PLANS.get(frame);
  if (known !== undefined) return known;
  const scorers = new Map<string, WeightsPlan>();
  for (const lever of frame.playbook.levers)
    if (lever.kind === "weights") scorers.set(lever.name, planWeights(frame, lever));
  const byPoint = new Map<string, LeverPlan>();
  for (const lever of frame.playbook.levers) {
    // The first lever of a point answers, as everywhere.
    if (!byPoint.has(lever.point)) byPoint.set(lever.point, planLever(frame, lever, scorers));
  }
  const plan: FramePlan = { byPoint, units: new Map() };
  PLANS.set(frame, plan);
  return plan;
}

function planLever(frame: DecisionFrame, lever: Lever, scorers: ReadonlyMap<string, WeightsPlan>): LeverPlan {
  switch (lever.kind) {
    case "choice":
      return planChoice(frame, lever);
    case "weights":
      return scorers.get(lever.name) ?? planWeights(frame, lever);
    case "threshold":
      return planThreshold(frame, lever, scorers);
  }
}

function planChoice(frame: DecisionFrame, lever: ChoiceLever): ChoicePlan {
  const { rollout, trial } = rolloutOf(frame, lever);
  const limits = limitsOf(frame, lever);
  const serve = (probabilities: ActionProbabilities, fallback: string | null): ServedChoice => ({
    fallback,
    candidates: lever.actions.map((action) => ({ action, probability: ownNumber(probabilities, action) })),
    reasons: new Map(),
  });
  const baseline = (why: string | null): ServedChoice => serve(pointMass(lever, lever.baseline), why);
  const breachOf = (value: ActionProbabilities): string | undefined => {
    if (limits === undefined || !areActionLimits(limits)) return noLimits(lever);
    const [breach] = limitBreaches(value, limits);
    if (breach !== undefined) return breach;
    const stranger = strangerIn(lever, value);
    return stranger === null ? undefined : `"${stranger}" is no action of the lever`;
  };
  const leaf = leafMaker({ frame, lever, trial: trial?.kind === "choice" ? trial : lever, baseline, breachOf, serve });
  const leaves = segmentIndex(lever.segmentBy, leaf);
  const neighbours = new Map<SegmentId, readonly Neighbour[]>();
  return {
    kind: "choice",
    lever,
    rollout,
    leafOf: leaves,
    neighboursOf: (segment) => {
      const known = neighbours.get(segment);
      if (known !== undefined) return known;
      const made = neighboursIn(lever, segment).map(({ at, ...rest }) => ({ ...rest, leaf: leaf(at) }));
      if (neighbours.size < NEIGHBOURS_REMEMBERED_MAX) neighbours.set(segment, made);
      return made;
    },
  };
}

const NEIGHBOURS_REMEMBERED_MAX = 10_000;

/** Segments with a value that some segment of the lever is known by, in place of one of this segment's. */
function neighboursIn(
  lever: ChoiceLever,
  segment: SegmentId,
): readonly { readonly field: string; readonly to: string; readonly at: SegmentId }[] {
  const parts = segment.split("/");
  const known = lever.segmentBy.map(
    (_, i) => new Set(Object.keys(lever.segments).flatMap((name) => name.split("/")[i + 1] ?? [])),
  );
  const found = lever.segmentBy.flatMap(({ field }, i) =>
    [...(known[i] ?? [])]
      .filter((part) => part !== parts[i + 1] && part.startsWith(`${field}=`))
      .map((part) => ({
        field,
        to: part.slice(field.length + 1),
        at: segmentId([...parts.slice(0, i + 1), part, ...parts.slice(i + 2)].join("/")),
      })),
  );
  return found.slice(0, NEIGHBOURS_MAX);
}

function planWeights(frame: DecisionFrame, lever: WeightsLever): WeightsPlan {
  const { rollout, trial } = rolloutOf(frame, lever);
  const limits = limitsOf(frame, lever);
  const serve = (value: WeightsValue, fallback: string | null): ServedWeights => ({
    fallback,
    intercept: value.intercept,
    weights: weightsInOrder(lever.features, value),
  });
  const breachOf = (value: WeightsValue): string | undefined =>
    limits?.kind === "weights" ? weightBreaches(value, lever, limits)[0] : noLimits(lever);
  return {
    kind: "weights",
    lever,
    rollout,
    edges: lever.bands.map(({ atLeast }) => scoreReaching(lever.calibration, atLeast)),
    movable: movableFields(
      lever.features,
      lever.segmentBy.map(({ field }) => field),
    ),
    leafOf: segmentIndex(
      lever.segmentBy,
      leafMaker({
        frame,
        lever,
        trial: trial?.kind === "weights" ? trial : lever,
        baseline: (why) => serve(lever.baseline, why),
        breachOf,
        serve,
      }),
    ),
  };
}

function planThreshold(
  frame: DecisionFrame,
  lever: ThresholdLever,
  scorers: ReadonlyMap<string, WeightsPlan>,
): ThresholdPlan {
  const { rollout, trial } = rolloutOf(frame, lever);
  const limits = limitsOf(frame, lever);
  const serve = (value: ThresholdValue, fallback: string | null): ServedThreshold => ({ value, fallback });
  const breachOf = (value: ThresholdValue): string | undefined =>
    limits?.kind === "threshold" ? thresholdBreaches(value, limits)[0] : noLimits(lever);
  const scoredBy = lever.score.kind === "lever" ? (scorers.get(lever.score.lever) ?? null) : null;
  const segmentFields = [...lever.segmentBy, ...(scoredBy?.lever.segmentBy ?? [])].map(({ field }) => field);
  return {
    kind: "threshold",
    lever,
    rollout,
    scoredBy,
    movable: scoredBy === null ? [] : movableFields(scoredBy.lever.features, segmentFields),
    leafOf: segmentIndex(
      lever.segmentBy,
      leafMaker({
        frame,
        lever,
        trial: trial?.kind === "threshold" ? trial : lever,
        baseline: (why) => serve(lever.baseline, why),
        breachOf,
        serve,
      }),
    ),
  };
}

interface LeafQuestion<Value, Served> {
  readonly frame: DecisionFrame;
  readonly lever: { readonly segments: Readonly<Record<string, Value>> };
  /** The lever as the running change would have it. */
  readonly trial: { readonly segments: Readonly<Record<string, Value>> };
  readonly baseline: (why: string | null) => Served;
  /** What the limits do not allow of a value; undefined when all is well. */
  readonly breachOf: (value: Value) => string | undefined;
  readonly serve: (value: Value, fallback: null) => Served;
}

/** Second enforcement of the ranges: a value out of its range is never served, the baseline is, and the decision says why. */
function leafMaker<Value, Served>(question: LeafQuestion<Value, Served>): (segment: SegmentId) => Leaf<Served> {
  const { frame, lever, trial, baseline, breachOf, serve } = question;
  const served = (segments: Readonly<Record<string, Value>>, segment: SegmentId): Served => {
    if (frame.baselineBecause !== undefined) return baseline(frame.baselineBecause);
    const value = inherited(segments, segment);
    const breach = value === null ? "the playbook has no value for this segment" : breachOf(value);
    return value === null || breach !== undefined ? baseline(breach ?? null) : serve(value, null);
  };
  return (segment) => {
    const current = served(lever.segments, segment);
    return {
      segment,
      baseline: baseline(null),
      current,
      candidate: trial === lever ? current : served(trial.segments, segment),
    };
  };
}

function rolloutOf(
  frame: DecisionFrame,
  lever: Lever,
): { readonly rollout: Rollout | null; readonly trial: Lever | null } {
  const rollout = frame.rollouts.find((candidate) => candidate.lever === lever.name) ?? null;
  return { rollout, trial: rollout?.candidate.levers.find(({ name }) => name === lever.name) ?? null };
}

function limitsOf({ limits }: DecisionFrame, { name }: Lever): ValueLimits | undefined {
  return Object.hasOwn(limits, name) ? limits[name] : undefined;
}

function noLimits({ name, kind }: Lever): string {
  return `policy sets no limits for lever "${name}" of kind ${kind}`;
}

/** Own and finite, else 0: what was checked is what is drawn. */
function ownNumber(values: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(values, name) ? (values[name] ?? 0) : 0;
}
