import { canonicalJson } from "../canonical-json.ts";
import type { Context } from "../context.ts";
import type { ValueLimits } from "./limits.ts";
import { decideGiven } from "./decide.ts";
import type { Decision, DecisionRecord } from "./decision.ts";
import { actionsOf } from "./lever.ts";
import { planOf, type DecisionFrame } from "./plan.ts";
import { withEdits, type Edit, type Playbook } from "./playbook.ts";

/** The stored documents that a decision's record names. */
export interface ReplaySources {
  /** The playbook of `record.playbook`. */
  readonly playbook: Playbook;
  /** The edits of the change in rollout; none where there was none. */
  readonly edits: readonly Edit[];
  /** By lever, of the policy of `record.policy`. */
  readonly limits: Readonly<Record<string, ValueLimits>>;
}

/** What making a decision again gave. */
export type Replayed =
  /** The same bytes, or not; `again` is what it came to. */
  | { readonly kind: "replayed"; readonly same: boolean; readonly again: Decision }
  | { readonly kind: "refused"; readonly reason: "no-record" | "no-lever"; readonly message: string };

/**
 * Makes a decision again from its record and the documents that it names. No salt, no store, no clock and no rule is asked: cohort, draw and
 * eligibility are what was recorded, everything after them is done again by the code that did it the first time.
 */
export function replayDecision(decision: Decision, { playbook, edits, limits }: ReplaySources): Replayed {
  const { record } = decision;
  if (record === undefined)
    return {
      kind: "refused",
      reason: "no-record",
      message:
        "the decision has no record: it was imported, made before records were kept, or what it was made from was erased",
    };
  const lever = playbook.levers.find(({ name }) => name === record.lever);
  const frame = frameOfRecord(decision, record, { playbook, edits, limits });
  const plan = planOf(frame).byPoint.get(decision.point);
  if (lever === undefined || plan === undefined)
    return {
      kind: "refused",
      reason: "no-lever",
      message: `playbook v${playbook.version} has no lever "${record.lever}"`,
    };
  const removed = record.funnel.stages.flatMap((stage) => stage.removed.map(({ action }) => action));
  const again = decideGiven(frame, plan, {
    request: {
      unitId: record.askedAs ?? decision.unitId,
      context: decision.context,
      ...(record.recipient === undefined ? {} : { recipient: record.recipient }),
    },
    unitId: decision.unitId,
    id: decision.id,
    draw: record.draw,
    cohort: decision.cohort,
    fold: decision.fold,
    mode: record.mode,
    eligibility: {
      funnel: record.funnel,
      remaining: actionsOf(lever).filter((action) => !removed.includes(action)),
      ...(record.sendAt === undefined ? {} : { sendAt: { [decision.action]: record.sendAt } }),
    },
    now: decision.decidedAt,
  });
  return { kind: "replayed", same: canonicalJson(again) === canonicalJson(decision), again };
}

/** The frame as it was, as far as the decision depends on it. */
function frameOfRecord(
  decision: Decision,
  record: DecisionRecord,
  { playbook, edits, limits }: ReplaySources,
): DecisionFrame {
  const lever = playbook.levers.find(({ name }) => name === record.lever);
  return {
    salt: "",
    playbook:
      lever === undefined
        ? playbook
        : { ...playbook, levers: [lever, ...playbook.levers.filter((other) => other !== lever)] },
    documents: { playbook: record.playbook, policy: record.policy },
    rollouts:
      decision.changeId === null
        ? []
        : [
            {
              changeId: decision.changeId,
              lever: record.lever,
              candidate: withEdits(playbook, edits),
              share: decision.rolloutShare,
            },
          ],
    holdoutShare: record.holdoutShare,
    businessAsUsualShare: record.businessAsUsualShare,
    limits,
    cycle: decision.cycle,
    ...(record.lease === null ? {} : { baselineBecause: record.lease }),
  };
}

/** What one feature added to a score. */
export interface Contribution {
  readonly feature: string;
  readonly field: string;
  /** What the context said; null where it said nothing. */
  readonly value: Context[string];
  readonly weight: number;
  readonly points: number;
}

/**
 * What each feature added to a decision's score, in the order of the lever: with the intercept they add up to the score to the bit. The
 * points are the record's own; names and weights are those of the playbook that it names.
 */
export function contributionsOf(decision: Decision, sources: ReplaySources): readonly Contribution[] {
  const { record, context, cohort } = decision;
  const score = record?.score;
  if (record === undefined || score === null || score === undefined || score.kind !== "weights") return [];
  const { byPoint } = planOf(frameOfRecord(decision, record, sources));
  const plan = byPoint.get(decision.point);
  const scorer = plan?.kind === "threshold" ? plan.scoredBy : plan?.kind === "weights" ? plan : null;
  if (scorer === null) return [];
  const { baseline, current, candidate } = scorer.leafOf(context);
  const isOnTrial = cohort === "candidate" && plan?.kind === "weights";
  const { weights } = cohort === "holdout" ? baseline : isOnTrial ? candidate : current;
  return scorer.lever.features.map(({ name, field }, i) => ({
    feature: name,
    field,
    value: (Object.hasOwn(context, field) ? context[field] : null) ?? null,
    weight: weights[i] ?? 0,
    points: score.points[i] ?? 0,
  }));
}
