import { isLimited, type Decision } from "../decisions/decision.ts";
import { redraw } from "../decisions/decide.ts";
import type { ActionProbabilities } from "../decisions/lever.ts";
import {
  choiceLeverNamed,
  isChoiceEdit,
  leverAt,
  leverNamed,
  probabilitiesFor,
  withEdits,
} from "../decisions/playbook.ts";
import type { Digest } from "../digest.ts";
import type { EvidenceSnapshot } from "../evidence/snapshot.ts";
import type { ChangeState } from "../governance/change.ts";
import { isExposed } from "../governance/change-lifecycle.ts";
import type { LedgerEntry } from "../governance/ledger.ts";
import { changeId, type ActionId, type ChangeId, type DecisionId } from "../ids.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { sumCells } from "../outcomes/sum-cells.ts";
import type { Signal } from "../signals/signal.ts";
import { parseInstant, type Instant } from "../time.ts";
import { measureTrusted } from "./measure-trusted.ts";
import { projectInbox } from "./project-inbox.ts";
import type { Workspace } from "./workspace.ts";

/** One decision's place in the loop, walked both ways. */
export interface Trace {
  readonly decision: Decision;
  /** What came of it. */
  readonly outcomes: readonly Signal[];
  readonly playbook: { readonly version: number; readonly digest: Digest | null; readonly changeId: ChangeId | null };
  /** The change on trial in this decision, else the one that made the playbook which answered; null for a first playbook, the holdout or an import. */
  readonly change: TracedChange | null;
  /** Changes whose evidence counted this decision. */
  readonly contributedTo: readonly ChangeState[];
  readonly later: LaterDecisions;
}

/** A change with what led to it. */
export interface TracedChange {
  readonly state: ChangeState;
  readonly entries: readonly LedgerEntry[];
  readonly evidence: TracedEvidence | null;
}

/** An evidence snapshot with some of the outcomes that it counted. */
export interface TracedEvidence {
  readonly digest: Digest;
  readonly snapshot: EvidenceSnapshot;
  /** Decisions with a non-zero outcome that it rests on. */
  readonly outcomes: number;
  readonly sample: readonly { readonly decision: Decision; readonly signal: Signal }[];
}

/** Decisions under the changes that this decision contributed to. */
export interface LaterDecisions {
  /** Mature ones. */
  readonly count: number;
  readonly sample: readonly Decision[];
  /** Those of the sample that the change altered: with the same draw, the playbook before it gives another action. */
  readonly altered: readonly AlteredDecision[];
}

/** A decision that a change made different. */
export interface AlteredDecision {
  readonly decision: Decision;
  readonly changeId: ChangeId;
  readonly before: ActionProbabilities;
  readonly after: ActionProbabilities;
  readonly actionBefore: ActionId;
}

/** Decisions looked at for a sample, and outcomes shown. */
const LOOKED_AT = 60;
const SHOWN = 5;

/** Walks from a decision back to the outcomes behind it, and forward to the decisions it helped to alter. null: there is no such decision. */
export async function trace(workspace: Workspace, id: DecisionId): Promise<Trace | null> {
  const { state, facts } = workspace.stores;
  await projectInbox({ state, facts }, { maxItems: 20_000, maxSegments: 1_000 });
  const decision = await facts.decision(id);
  if (decision === null) return null;
  const published = workspace.view.playbooks.get(decision.playbookVersion) ?? null;
  const madeBy = published === null ? null : workspace.playbookAt(decision.playbookVersion).changeId;
  const behind = decision.cohort === "candidate" ? decision.changeId : decision.cohort === "holdout" ? null : madeBy;
  const contributedTo = await changesThatCounted(workspace, decision);
  return {
    decision,
    outcomes: await facts.signalsOf(decision),
    playbook: { version: decision.playbookVersion, digest: published, changeId: madeBy },
    change: behind === null ? null : await traceChange(workspace, behind),
    contributedTo,
    later: await laterDecisions(workspace, contributedTo),
  };
}

/** A change with its ledger entries, its evidence, and outcomes behind that. null: there is no such change. */
export async function traceChange(workspace: Workspace, id: ChangeId): Promise<TracedChange | null> {
  const state = workspace.change(id);
  if (state === null) return null;
  const entries = await workspace.stores.state.ledger({ changeId: id });
  return { state, entries, evidence: state.evidence === null ? null : await traceEvidence(workspace, state.evidence) };
}

/** The snapshot that a digest names. @throws Error where the ledger names it and the store lost it. */
export async function evidenceSnapshot(workspace: Workspace, digest: Digest): Promise<EvidenceSnapshot> {
  const body = await workspace.document(digest);
  if (body === null) throw new Error(`evidence ${digest} is not in the state store`);
  // oxlint-disable-next-line typescript/consistent-type-assertions -- content-addressed: stored as an EvidenceSnapshot
  return body as EvidenceSnapshot;
}

async function traceEvidence(workspace: Workspace, digest: Digest): Promise<TracedEvidence> {
  const snapshot = await evidenceSnapshot(workspace, digest);
  const cells = await cellsAsOf(workspace, snapshot);
  return {
    digest,
    snapshot,
    outcomes: sumCells(cells.filter((cell) => cell.cycle <= snapshot.cycle && cell.cohort !== "holdout")).nonZero,
    sample: await outcomesBehind(workspace, snapshot),
  };
}

/** What an evidence snapshot could see: its cycles' decisions whose window had closed by its watermark, with the signals inside. */
interface Counted {
  readonly watermark: Instant;
  readonly decision: (decision: Decision) => boolean;
  readonly signal: (decision: Decision, signal: Signal) => boolean;
}

function countedBy({ watermark: text, cycle, objective }: EvidenceSnapshot): Counted {
  const watermark = parseInstant(text);
  if (watermark.kind === "err") throw new Error(`evidence has no watermark: ${watermark.error.message}`);
  const closes = (decision: Decision): number => decision.decidedAt + objective.windowMs;
  return {
    watermark: watermark.value,
    decision: (decision) =>
      decision.cycle <= cycle && decision.cohort !== "holdout" && closes(decision) <= watermark.value,
    signal: (decision, { type, occurredAt }) =>
      type === objective.signal && occurredAt >= decision.decidedAt && occurredAt <= closes(decision),
  };
}

async function cellsAsOf(workspace: Workspace, snapshot: EvidenceSnapshot): Promise<readonly OutcomeCell[]> {
  const { point } = leverNamed(workspace.playbookAt(snapshot.playbookVersion), snapshot.lever);
  const { watermark } = countedBy(snapshot);
  return (await measureTrusted(workspace.stores, { source: "engine", point, metric: snapshot.objective, watermark }))
    .cells;
}

async function outcomesBehind(workspace: Workspace, snapshot: EvidenceSnapshot): Promise<TracedEvidence["sample"]> {
  const counted = countedBy(snapshot);
  const found: { readonly decision: Decision; readonly signal: Signal }[] = [];
  for (let cycle = snapshot.cycle; cycle >= 1 && found.length < SHOWN; cycle--) {
    const decisions = await workspace.stores.facts.decisions({ source: "engine", cycle, limit: LOOKED_AT });
    for (const decision of decisions.filter(counted.decision)) {
      const signals = await workspace.stores.facts.signalsOf(decision);
      const signal = signals.find((candidate) => counted.signal(decision, candidate));
      if (signal !== undefined) found.push({ decision, signal });
      if (found.length === SHOWN) break;
    }
  }
  return found;
}

async function changesThatCounted(workspace: Workspace, decision: Decision): Promise<readonly ChangeState[]> {
  if (decision.source !== "engine") return [];
  const lever = leverAt(workspace.playbook, decision.point);
  const found: ChangeState[] = [];
  for (const state of workspace.view.changes.values()) {
    if (state.evidence === null || lever?.name !== state.change.lever) continue;
    if (countedBy(await evidenceSnapshot(workspace, state.evidence)).decision(decision)) found.push(state);
  }
  return found;
}

async function laterDecisions(workspace: Workspace, changes: readonly ChangeState[]): Promise<LaterDecisions> {
  const altered: AlteredDecision[] = [];
  const sample: Decision[] = [];
  let count = 0;
  for (const state of changes) {
    const under = await decisionsUnder(workspace, state);
    count += under.count;
    sample.push(...under.sample.slice(0, SHOWN));
    altered.push(...under.sample.flatMap((decision) => alteration(workspace, state, decision)).slice(0, SHOWN));
  }
  return { count, sample, altered };
}

/** Decisions that got the change: the candidate's while it was on trial, everyone's (the holdout aside) once it was promoted. */
async function decisionsUnder(
  workspace: Workspace,
  state: ChangeState,
): Promise<{ readonly count: number; readonly sample: readonly Decision[] }> {
  const { facts, clock } = workspace.stores;
  const promoted = state.status === "promoted" ? state.change.basedOn + 1 : null;
  if (promoted === null && !isExposed(state.status)) return { count: 0, sample: [] };
  const version = promoted ?? state.change.basedOn;
  const got = (d: Pick<Decision, "cohort" | "changeId">): boolean =>
    d.cohort !== "holdout" && (promoted !== null || (d.cohort === "candidate" && d.changeId === state.change.id));
  const { point } = leverNamed(workspace.playbookAt(version), state.change.lever);
  const objective = workspace.policy.metrics.find((metric) => metric.id === workspace.policy.objective);
  const measured =
    objective === undefined
      ? []
      : (await measureTrusted(workspace.stores, { source: "engine", point, metric: objective, watermark: clock() }))
          .cells;
  const sample = await facts.decisions({ source: "engine", playbookVersion: version, limit: LOOKED_AT });
  return {
    count: sumCells(measured.filter((cell) => cell.playbookVersion === version && got(cell))).n,
    sample: sample.filter(got),
  };
}

function alteration(workspace: Workspace, { change }: ChangeState, decision: Decision): readonly AlteredDecision[] {
  // Nothing was drawn by probabilities that a rule had changed.
  if (isLimited(decision) || !change.edits.every(isChoiceEdit)) return [];
  const previous = workspace.playbookAt(change.basedOn);
  const lever = choiceLeverNamed(previous, change.lever);
  const before = probabilitiesFor(lever, decision.segment);
  const after = probabilitiesFor(choiceLeverNamed(withEdits(previous, change.edits), change.lever), decision.segment);
  const actionBefore = redraw(workspace.frame.salt, lever, { decision, probabilities: before });
  return actionBefore === decision.action
    ? []
    : [{ decision, changeId: changeId(change.id), before, after, actionBefore }];
}
