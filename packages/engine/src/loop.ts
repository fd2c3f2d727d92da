import { propose } from "./adaptation/propose.ts";
import type { ChoiceLever, Lever } from "./decisions/lever.ts";
import { areActionLimits } from "./decisions/limits.ts";
import { playbookDigest, withEdits, type Playbook } from "./decisions/playbook.ts";
import type { MultipleExposure } from "./decisions/multiple-exposure.ts";
import { digestOf, type Digest } from "./digest.ts";
import type { DataIncidents } from "./evidence/health.ts";
import type { PolicyHistory } from "./evidence/policy-history.ts";
import { conclude, type EvidenceSnapshot } from "./evidence/snapshot.ts";
import { admissionEvents } from "./governance/admission.ts";
import { isExposed, isOpen } from "./governance/change-lifecycle.ts";
import type { Change, ChangeState } from "./governance/change.ts";
import type { LedgerDraft } from "./governance/ledger.ts";
import type { LedgerBody } from "./governance/ledger-body.ts";
import type { Policy } from "./governance/policy.ts";
import { barredActions, similarFailure, type RememberedFailure } from "./governance/memory.ts";
import { describeVerdict, reviewChange } from "./governance/review.ts";
import { changeId, ENGINE, type ChangeId } from "./ids.ts";
import type { Measurement } from "./outcomes/cell.ts";
import { sumCells } from "./outcomes/sum-cells.ts";
import { decideRollout, type RolloutMove } from "./rollout/decide-rollout.ts";
import type { Instant } from "./time.ts";

/** Everything one turn follows from. Nothing else, so the simulator, a replay and the server turn the same loop. */
export interface TurnInput {
  readonly now: Instant;
  /** The cycle that ends with this turn, or that runs while it only watches. */
  readonly cycle: number;
  /** false for a look in between: the cycle is not over, and does not count as one that a rollout has had. */
  readonly endsCycle: boolean;
  readonly watermark: Instant;
  readonly policy: Policy;
  readonly playbook: Playbook;
  readonly history: PolicyHistory;
  readonly changes: readonly ChangeState[];
  /** By lever name, then metric id. */
  readonly measurements: ReadonlyMap<string, ReadonlyMap<string, Measurement>>;
  /** Of changes in rollout: units seen in several of their cohorts. Not looked at where absent. */
  readonly exposures?: ReadonlyMap<ChangeId, MultipleExposure>;
  /** What is known to be wrong with the data; nothing where absent. */
  readonly incidents?: DataIncidents;
}

/** A document to be stored with the ledger entries that name it. */
export interface TurnDocument {
  readonly digest: Digest;
  readonly kind: "evidence" | "playbook";
  readonly body: EvidenceSnapshot | Playbook;
}

/** What one turn decided: ledger entries and documents to be written, before anything takes effect. */
export interface Turn {
  readonly drafts: readonly LedgerDraft[];
  readonly documents: readonly TurnDocument[];
  readonly reports: readonly LeverReport[];
}

/** What happened to one lever, in words, for people. */
export interface LeverReport {
  readonly cycle: number;
  readonly lever: string;
  readonly snapshot: EvidenceSnapshot;
  readonly evidence: Digest;
  /** Rollout moves, in order. */
  readonly moves: readonly string[];
  readonly proposal: string;
  readonly proposed: Change | null;
}

/** One turn of the loop: conclude, advance what is running, propose, review. Read this first. */
export function turn(input: TurnInput): Turn {
  const bodies: LedgerBody[] = [];
  const documents: TurnDocument[] = [];
  const reports: LeverReport[] = [];
  let { playbook } = input;
  for (const lever of input.playbook.levers) {
    // Nothing to propose for the other kinds yet: what they decide is recorded, and waits for its learners.
    if (lever.kind !== "choice") continue;
    const snapshot = concludeLever(input, lever);
    const evidence = digestOf(snapshot);
    bodies.push({ kind: "evidence.recorded", cycle: input.cycle, digest: evidence });
    documents.push({ digest: evidence, kind: "evidence", body: snapshot });

    // Two levers may promote in one turn: the second edits what the first one made.
    const rollout = advanceLever({ ...input, playbook }, lever, { snapshot, evidence });
    playbook = rollout.playbook;
    bodies.push(...rollout.bodies);
    documents.push(...rollout.documents);

    const proposal = rollout.leverIsFree
      ? proposeFor({ ...input, playbook }, lever, { snapshot, evidence })
      : { bodies: [], sentence: "one change at a time", change: null };
    bodies.push(...proposal.bodies);
    reports.push({
      cycle: input.cycle,
      lever: lever.name,
      snapshot,
      evidence,
      moves: rollout.moves,
      proposal: proposal.sentence,
      proposed: proposal.change,
    });
  }
  const untaught = input.playbook.levers.filter(({ kind }) => kind !== "choice");
  const summary = [
    ...reports.map(summaryOf),
    ...untaught.map(({ name }) => `${name}: nothing to propose for this kind yet`),
  ];
  bodies.push({ kind: "cycle.completed", cycle: input.cycle, summary: summary.join(" | ") });
  return { drafts: bodies.map((body) => ({ at: input.now, actor: ENGINE, body })), documents, reports };
}

interface Concluded {
  readonly snapshot: EvidenceSnapshot;
  readonly evidence: Digest;
}

/** Measured outcomes → evidence. */
function concludeLever(input: TurnInput, lever: ChoiceLever): EvidenceSnapshot {
  const { policy, changes } = input;
  const running = changes.find((state) => state.change.lever === lever.name && isExposed(state.status));
  const exposure = running === undefined ? undefined : input.exposures?.get(running.change.id);
  const objective = policy.metrics.find((metric) => metric.id === policy.objective);
  if (objective === undefined)
    throw new RangeError(`policy v${policy.version} does not define its objective "${policy.objective}"`);
  return conclude({
    cycle: input.cycle,
    watermark: input.watermark,
    lever,
    playbookVersion: input.playbook.version,
    objective,
    measurements: input.measurements.get(lever.name) ?? new Map(),
    guardrails: policy.guardrails,
    metrics: policy.metrics,
    history: input.history,
    // Units that are only observed are in no cell.
    holdoutShare: policy.holdoutShare / (1 - (policy.businessAsUsualShare ?? 0)),
    precision: { alpha: policy.rollout.alpha, tunedFor: policy.tunedForUnits },
    running: running?.change ?? null,
    ...(exposure === undefined ? {} : { exposure }),
    ...(input.incidents === undefined ? {} : { incidents: input.incidents }),
  });
}

interface Advanced {
  readonly bodies: readonly LedgerBody[];
  readonly documents: readonly TurnDocument[];
  readonly moves: readonly string[];
  readonly leverIsFree: boolean;
  /** In force from here on. */
  readonly playbook: Playbook;
}

/** Evidence → the next step of the open change of this lever. */
function advanceLever(input: TurnInput, lever: Lever, concluded: Concluded): Advanced {
  const state = input.changes.find((candidate) => candidate.change.lever === lever.name && isOpen(candidate.status));
  const { playbook } = input;
  if (state === undefined) return { bodies: [], documents: [], moves: [], leverIsFree: true, playbook };
  const move = rolloutMove(input, state, concluded);
  const moves = [`${state.change.id}: ${move.sentence}`];
  if (move.kind === "promote")
    return {
      ...promotion(input, state, concluded),
      moves: [`${state.change.id}: promoted. ${move.sentence}`],
      leverIsFree: false,
    };
  return { bodies: move.kind === "events" ? move.events : [], documents: [], moves, leverIsFree: false, playbook };
}

function rolloutMove(input: TurnInput, state: ChangeState, { snapshot, evidence }: Concluded): RolloutMove {
  const cells = input.measurements.get(state.change.lever)?.get(input.policy.objective)?.cells ?? [];
  const own = cells.filter((cell) => cell.changeId === state.change.id);
  return decideRollout(state, {
    policy: input.policy,
    playbookVersion: input.playbook.version,
    health: snapshot.health,
    evidence: snapshot.rollout,
    evidenceDigest: evidence,
    unitsAtStep: sumCells(own.filter((cell) => cell.cohort === "candidate" && cell.rolloutShare === state.share)).n,
    decisions: snapshot.programme.programmeUnits,
    cyclesEnded: input.endsCycle ? input.cycle : input.cycle - 1,
    now: input.now,
  });
}

function promotion(
  input: TurnInput,
  state: ChangeState,
  { evidence }: Concluded,
): Pick<Advanced, "bodies" | "documents" | "playbook"> {
  const next: Playbook = {
    ...withEdits(input.playbook, state.change.edits),
    version: input.playbook.version + 1,
    changeId: state.change.id,
    parent: playbookDigest(input.playbook),
  };
  const digest = playbookDigest(next);
  return {
    bodies: [
      { kind: "change.promoted", changeId: state.change.id, playbookVersion: next.version, playbook: digest, evidence },
      { kind: "playbook.published", version: next.version, digest },
    ],
    documents: [{ digest, kind: "playbook", body: next }],
    playbook: next,
  };
}

interface Proposed {
  readonly bodies: readonly LedgerBody[];
  readonly sentence: string;
  readonly change: Change | null;
}

/** Evidence → a change and the policy's verdict on it. What is forbidden only for now is not drafted at all. */
function proposeFor(input: TurnInput, lever: ChoiceLever, { snapshot, evidence }: Concluded): Proposed {
  const limits = input.policy.levers.find((own) => own.lever === lever.name);
  if (limits === undefined || !areActionLimits(limits))
    return { bodies: [], sentence: `the policy does not let the engine touch lever "${lever.name}"`, change: null };
  const answer = propose({
    lesson: {
      lever,
      metric: snapshot.objective,
      cells: input.measurements.get(lever.name)?.get(snapshot.objective.id)?.cells ?? [],
      history: input.history,
      limits,
      floors: input.policy.exploration,
      precision: snapshot.precision,
      barred: barredActions(input.changes, lever.name, snapshot.programme.programmeUnits),
    },
    health: snapshot.health,
    actions: snapshot.actions,
    confidence: input.policy.proposeConfidence,
  });
  if (answer.kind === "none") return { bodies: [], sentence: answer.sentence, change: null };
  const draft = {
    lever: lever.name,
    edits: answer.edits,
    author: ENGINE,
    basedOn: input.playbook.version,
    rationale: withMemory(answer.rationale, similarFailure(input.changes, answer.edits)),
    predicted: answer.predicted,
    audienceShare: answer.audienceShare,
    cannotDetect: answer.cannotDetect,
  };
  // Named by what it does: its cohorts are hashes of its id, and better words for the same edits must not deal them anew.
  const name = digestOf([input.cycle, draft.lever, draft.edits, draft.basedOn]).slice(0, 12);
  const change: Change = { id: changeId(`chg_${name}`), ...draft };
  const verdict = reviewChange(change, {
    policy: input.policy,
    playbook: input.playbook,
    changes: input.changes,
    now: input.now,
  });
  const waitsForTime = verdict.findings.some(
    (found) => found.outcome === "forbidden" && (found.rule === "memory" || found.rule === "cooldown"),
  );
  if (waitsForTime) return { bodies: [], sentence: `not proposed: ${describeVerdict(verdict)}`, change: null };
  return {
    bodies: admissionEvents(change, { verdict, evidence, policyVersion: input.policy.version }),
    sentence: `${change.id}: ${change.rationale}. ${describeVerdict(verdict)}`,
    change,
  };
}

/** What was tried before, and failed, belongs to the reasons: an approver must not have to look for it. */
function withMemory(rationale: string, failure: RememberedFailure | null): string {
  return failure === null
    ? rationale
    : `${rationale}. Tried before as ${failure.changeId}, which failed: ${failure.reason}`;
}

function summaryOf(report: LeverReport): string {
  return [`${report.lever}: ${report.snapshot.programme.verdict.word}`, ...report.moves, report.proposal].join("; ");
}
