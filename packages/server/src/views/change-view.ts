import {
  areActionLimits,
  isChoiceEdit,
  isoOf,
  missingApprovals,
  rangeOf,
  type ActionLimits,
  type Range,
  type ChangeState,
  type Edit,
  type EvidenceSnapshot,
  type LedgerEntry,
  type Policy,
  type Prediction,
  type ReviewVerdict,
  differenceInWords,
  metricInWords,
  rangeInWords,
} from "@ratchet/engine";
import type { ChangeSummaryView, ChangeView, EditRowView, PredictedEffectView } from "@ratchet/protocol";
import { intervalView, sequenceView } from "./interval-view.ts";
import { entrySentence } from "./ledger-view.ts";
import { percent } from "./numbers-in-words.ts";

/** What is known about one change beside its state. */
export interface ChangeMaterial {
  readonly state: ChangeState;
  /** Its ledger entries, in order. */
  readonly entries: readonly LedgerEntry[];
  readonly policy: Policy;
  /** The latest snapshot that read its rollout; null before any. */
  readonly rolloutEvidence: EvidenceSnapshot | null;
}

/** Events that leave a change in the status it has. */
const SAME_STATUS: readonly string[] = ["change.approval_given"];

export function changeSummaryView(state: ChangeState, entries: readonly LedgerEntry[]): ChangeSummaryView {
  const moved = entries.findLast(({ body }) => !SAME_STATUS.includes(body.kind)) ?? entries.at(-1);
  return {
    id: state.change.id,
    title: titleOf(state.change.edits),
    lever: state.change.lever,
    status: state.status,
    author: state.change.author,
    tier: state.verdict?.tier ?? null,
    share: state.share,
    since: moved === undefined ? new Date(0).toISOString() : isoOf(moved.at),
  };
}

/** Everything an approver needs on one page. */
export function changeView(material: ChangeMaterial): ChangeView {
  const { state, entries, policy } = material;
  const { change } = state;
  return {
    ...changeSummaryView(state, entries),
    based_on: change.basedOn,
    promoted_as: promotedAs(entries),
    rationale: change.rationale,
    edits: change.edits.map((edit) => ({ segment: edit.segment, rows: editRows(edit, policy) })),
    predicted: predictedView(change.predicted, policy),
    audience_share: change.audienceShare,
    cannot_detect: change.cannotDetect,
    verdict: state.verdict === null ? null : verdictView(state.verdict),
    approvals: approvalViews(entries),
    approvals_missing: missingView(state, policy),
    rollout: rolloutView(material),
    evidence: state.evidence,
    revision: state.digest,
    reason: state.reason,
    timeline: entries.map((entry) => ({
      at: isoOf(entry.at),
      actor: entry.actor,
      kind: entry.body.kind,
      sentence: entrySentence(entry),
    })),
    rollback_rule: rollbackRule(policy),
  };
}

/** The edit that moves most, in a few words. */
function titleOf(edits: readonly Edit[]): string {
  const [first] = edits;
  if (first === undefined) return "No edit";
  if (!isChoiceEdit(first)) return `Other ${first.kind === "weights" ? "weights" : "threshold"} ${placeOf(first)}`;
  const gains = Object.entries(first.to).map(([action, p]) => ({ action, p, gain: p - (first.from[action] ?? 0) }));
  const [most] = gains.sort((a, b) => b.gain - a.gain);
  const more = edits.length > 1 ? `, and ${edits.length - 1} more` : "";
  return `More “${most?.action ?? ""}” ${placeOf(first)}: ${percent((most?.p ?? 0) - (most?.gain ?? 0))} → ${percent(most?.p ?? 0)}${more}`;
}

function placeOf({ segment }: Edit): string {
  return segment === "all" ? "everywhere" : `in ${segment.replace(/^all\//u, "")}`;
}

/** Chances; an edit of weights or of a threshold has none. */
function editRows(edit: Edit, policy: Policy): readonly EditRowView[] {
  if (!isChoiceEdit(edit)) return [];
  const limits = policy.levers.filter(areActionLimits).find(({ lever }) => lever === edit.lever);
  return Object.entries(edit.to).map(([action, proposed]) => {
    const now = edit.from[action] ?? 0;
    const { min, max } = limits === undefined ? { min: 0, max: 0 } : allowedRange(action, limits, policy);
    const rule =
      limits === undefined
        ? "the policy does not let the engine touch this lever"
        : `allowed ${percent(min)} to ${percent(max)}; one step moves at most ${percent(limits.maxStep)} of the units`;
    return { action, now, proposed, min, max, difference: proposed - now, rule };
  });
}

/** The lever's range for an action, with the floor that every action keeps. */
function allowedRange(action: string, limits: ActionLimits, { exploration }: Policy): Range {
  const { min, max } = rangeOf(limits, action);
  return { min: Math.min(max, Math.max(min, exploration.settledFloor)), max };
}

function predictedView(predicted: Prediction, policy: Policy): PredictedEffectView {
  if (predicted.kind === "refused") return predicted;
  const objective = policy.metrics.find(({ id }) => id === policy.objective) ?? { id: policy.objective, kind: "value" };
  const { estimate, lower, upper, confidence, n, effectiveSampleSize } = predicted;
  return {
    kind: "estimate",
    ...intervalView({ estimate, lower, upper }, confidence),
    metric: objective.id,
    n,
    effective_sample_size: effectiveSampleSize,
    sentence: `About ${differenceInWords(objective, estimate)} in ${metricInWords(objective)} (${rangeInWords(objective, { lower, upper })}), from ${n.toLocaleString("en-US")} decisions`,
  };
}

function verdictView({ kind, tier, score, approvers, findings }: ReviewVerdict): NonNullable<ChangeView["verdict"]> {
  return { kind, tier, score, approvers, findings };
}

/** Approvals with their comments, which only the ledger has. */
export function approvalViews(entries: readonly LedgerEntry[]): ChangeView["approvals"] {
  return entries.flatMap(({ at, body }) =>
    body.kind === "change.approval_given"
      ? [{ by: body.by, role: body.role, at: isoOf(at), comment: body.comment }]
      : [],
  );
}

function missingView(state: ChangeState, policy: Policy): ChangeView["approvals_missing"] {
  if (state.status !== "pending") return [];
  const given = state.approvals.map(({ by }) => by);
  return missingApprovals(state).map(({ role, count }) => ({
    role,
    count,
    people: (policy.roles[role] ?? []).filter((person) => person !== state.change.author && !given.includes(person)),
  }));
}

function promotedAs(entries: readonly LedgerEntry[]): number | null {
  const promoted = entries.findLast(({ body }) => body.kind === "change.promoted");
  return promoted?.body.kind === "change.promoted" ? promoted.body.playbookVersion : null;
}

function rolloutView({ state, policy, rolloutEvidence }: ChangeMaterial): ChangeView["rollout"] {
  if (state.startedAt === null) return null;
  const read = rolloutEvidence?.rollout ?? null;
  return {
    step: state.step,
    share: state.share,
    steps: policy.rollout.steps,
    units: read?.candidateUnits ?? 0,
    started_at: isoOf(state.startedAt),
    effect: read === null || rolloutEvidence === null ? null : sequenceView(read.effect, rolloutEvidence.precision),
  };
}

function rollbackRule({ guardrails, objective, rollout }: Policy): string {
  const guarded =
    guardrails.length === 0 ? "" : ` a guardrail (${guardrails.map(({ id }) => id).join(", ")}) is breached,`;
  return (
    `Taken back at once when a health check turns red,${guarded} ${objective} is proven worse or no different; ` +
    `after ${rollout.maxCycles} cycles without proof it ends inconclusive. Anybody may undo it at any time.`
  );
}
