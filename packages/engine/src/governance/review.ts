import { totalVariation } from "../adaptation/distance.ts";
import {
  areActionLimits,
  limitBreaches,
  thresholdBreaches,
  weightBreaches,
  type ActionLimits,
} from "../decisions/limits.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Lever } from "../decisions/lever.ts";
import {
  inherited,
  isChoiceEdit,
  leverNamed,
  probabilitiesFor,
  strangerIn,
  type ChoiceEdit,
  type Edit,
  type Playbook,
} from "../decisions/playbook.ts";
import type { Instant } from "../time.ts";
import type { Change, ChangeState, ReviewVerdict, RuleFinding } from "./change.ts";
import { isOpen } from "./change-lifecycle.ts";
import { stepOf } from "./edit-step.ts";
import { impactOf } from "./impact.ts";
import { rememberedFailure, similarFailure } from "./memory.ts";
import type { LeverLimits, Policy } from "./policy.ts";

/** What a change is checked against. */
export interface ReviewContext {
  readonly policy: Policy;
  readonly playbook: Playbook;
  /** Every other change there ever was. */
  readonly changes: readonly ChangeState[];
  readonly now: Instant;
}

/** Slack for sums of probabilities that came out of arithmetic. */
const TOLERANCE = 1e-9;

/**
 * May we, and who says yes? Every rule answers, so that a person sees all that is wrong at once. Pure: the same change, policy and history
 * give the same verdict.
 */
export function reviewChange(change: Change, context: ReviewContext): ReviewVerdict {
  const limits = context.policy.levers.find((lever) => lever.lever === change.lever);
  if (limits === undefined) {
    const message = `the policy does not let the engine touch lever "${change.lever}"`;
    return {
      kind: "forbidden",
      tier: "T3",
      score: 100,
      approvers: [],
      findings: [{ rule: "lever", outcome: "forbidden", message }],
    };
  }
  const findings = [
    baseRule(change, context),
    oneRunningRule(change, context),
    ...change.edits.flatMap((edit) => editRules(edit, limits, context)),
    cooldownRule(change, limits, context),
    memoryRule(change, context),
    evidenceRule(change),
  ];
  const novel = !context.changes.some((state) => state.change.lever === change.lever && state.status === "promoted");
  const { score, tier } = impactOf(change, context.policy, { limits, novel });
  const { approvers } = context.policy.approvals[tier];
  const forbidden = findings.some((finding) => finding.outcome === "forbidden");
  return {
    kind: forbidden ? "forbidden" : approvers.length === 0 ? "automatic" : "needs_approval",
    tier,
    score,
    approvers,
    findings,
  };
}

/** A human reading of a verdict. */
export function describeVerdict(verdict: ReviewVerdict): string {
  const [refusal] = verdict.findings.filter((finding) => finding.outcome === "forbidden");
  if (refusal !== undefined) return `forbidden, because rule ${refusal.rule}: ${refusal.message}`;
  if (verdict.kind === "automatic") return `automatic (${verdict.tier}, impact ${verdict.score.toFixed(1)})`;
  const who = verdict.approvers.map(({ role, count }) => `${count} × ${role}`).join(" and ");
  return `needs approval by ${who} (${verdict.tier}, impact ${verdict.score.toFixed(1)})`;
}

function editRules(edit: Edit, limits: LeverLimits, context: ReviewContext): readonly RuleFinding[] {
  const breaches = breachesOf(edit, limits, leverNamed(context.playbook, edit.lever));
  const starving = isChoiceEdit(edit) && areActionLimits(limits) ? starved(edit, limits, context.policy) : [];
  const step = stepOf(edit, limits);
  return [
    finding(
      "range",
      breaches.length === 0,
      breaches.length === 0 ? `${edit.segment}: within its range` : `${edit.segment}: ${breaches.join("; ")}`,
    ),
    finding(
      "floor",
      starving.length === 0,
      `${edit.segment}: ${starving.length === 0 ? "every allowed action keeps its floor" : `${starving.map((a) => `"${a}"`).join(", ")} below the floor of ${context.policy.exploration.settledFloor}`}`,
    ),
    finding(
      "step",
      step <= limits.maxStep + TOLERANCE,
      `${edit.segment}: moves ${share(step)} of units, at most ${share(limits.maxStep)} in one step`,
    ),
  ];
}

/** What the limits do not allow of an edit. Its kind, the lever's and the limits' are one, or nothing of it is allowed. */
function breachesOf(edit: Edit, limits: LeverLimits, lever: Lever): readonly string[] {
  if (isChoiceEdit(edit) && lever.kind === "choice" && areActionLimits(limits)) {
    const stranger = strangerIn(lever, edit.to);
    return [
      ...(stranger === null ? [] : [`"${stranger}" is no action of the lever`]),
      ...limitBreaches(edit.to, limits),
    ];
  }
  if (edit.kind === "weights" && lever.kind === "weights" && limits.kind === "weights")
    return weightBreaches(edit.to, lever, limits);
  if (edit.kind === "threshold" && lever.kind === "threshold" && limits.kind === "threshold")
    return thresholdBreaches(edit.to, limits);
  return [
    `an edit of kind ${edit.kind ?? "choice"} for a lever of kind ${lever.kind} under limits of kind ${limits.kind ?? "choice"}`,
  ];
}

/** Allowed actions that the edit would leave below the floor that every action keeps. */
function starved(edit: ChoiceEdit, { allowed }: ActionLimits, { exploration }: Policy): readonly string[] {
  return Object.entries(edit.to).flatMap(([action, p]) =>
    allowed.some((a) => a === action) && p < exploration.settledFloor - TOLERANCE ? [action] : [],
  );
}

/** What is approved must edit what is in force. */
function baseRule(change: Change, { playbook }: ReviewContext): RuleFinding {
  if (change.basedOn !== playbook.version) {
    return finding("base", false, `edits playbook v${change.basedOn}, but v${playbook.version} is in force`);
  }
  const lever = leverNamed(playbook, change.lever);
  const stale = change.edits.find((edit) => !isInForce(edit, lever));
  return finding(
    "base",
    stale === undefined,
    stale === undefined ? `edits playbook v${playbook.version}` : `${stale.segment} is not what the change says it is`,
  );
}

function oneRunningRule(change: Change, { changes }: ReviewContext): RuleFinding {
  const other = changes.find(
    (state) => state.change.id !== change.id && state.change.lever === change.lever && isOpen(state.status),
  );
  return finding(
    "one-at-a-time",
    other === undefined,
    other === undefined
      ? "no other change of this lever is open"
      : `change ${other.change.id} of this lever is still open`,
  );
}

function cooldownRule(change: Change, limits: LeverLimits, { changes, now }: ReviewContext): RuleFinding {
  const ends = changes.flatMap((state) =>
    state.change.lever === change.lever &&
    (state.status === "promoted" || state.status === "rolled_back") &&
    state.endedAt !== null
      ? [state.endedAt]
      : [],
  );
  const waited = now - Math.max(-Infinity, ...ends);
  return finding(
    "cooldown",
    waited >= limits.cooldownMs,
    waited >= limits.cooldownMs
      ? "no change of this lever ended too recently"
      : `the last change of this lever ended ${Math.floor(waited / 60_000)} min ago, ${limits.cooldownMs / 60_000} min must pass`,
  );
}

function memoryRule(change: Change, { changes }: ReviewContext): RuleFinding {
  const decisions = change.predicted.kind === "estimate" ? change.predicted.n : 0;
  const failure = similarFailure(changes, change.edits);
  if (failure === null) return finding("memory", true, "nothing like it has failed before");
  const tried = `the same was tried as ${failure.changeId} and failed (${failure.reason})`;
  return rememberedFailure(changes, change.edits, decisions) === null
    ? finding(
        "memory",
        true,
        `${tried}; the evidence has grown from ${failure.decisions} to ${decisions} decisions since`,
      )
    : finding("memory", false, `${tried}; the evidence has not materially changed`);
}

function evidenceRule({ predicted, author }: Change): RuleFinding {
  if (predicted.kind === "estimate")
    return finding("evidence", true, `off-policy estimate on ${predicted.n} decisions`);
  return finding("evidence", author !== "engine", `no off-policy estimate: ${predicted.message}`);
}

function finding(rule: string, ok: boolean, message: string): RuleFinding {
  return { rule, outcome: ok ? "ok" : "forbidden", message };
}

/** Whether an edit begins at what the lever says now, for its segment or by inheritance. */
function isInForce(edit: Edit, lever: Lever): boolean {
  if (isChoiceEdit(edit))
    return lever.kind === "choice" && totalVariation(edit.from, probabilitiesFor(lever, edit.segment)) <= TOLERANCE;
  const now = lever.kind === edit.kind ? inherited<unknown>(lever.segments, edit.segment) : null;
  return now !== null && canonicalJson(now) === canonicalJson(edit.from);
}

function share(p: number): string {
  return `${Number((100 * p).toPrecision(3))} %`;
}
