import {
  approveChange,
  decide,
  firstPlaybook,
  hashToUnitInterval,
  memoryFactsStore,
  memoryStateStore,
  missingApprovals,
  runCycle,
  segmentOf,
  Workspace,
  type Decision,
  type InboxItem,
  type Instant,
  type LeverReport,
  type LoggedRow,
  type MetricDefinition,
  type Playbook,
  type Policy,
} from "@ratchet/engine";
import { LogTally } from "./log-tally.ts";
import { objectiveOf, type ReplayInput } from "./replay-input.ts";
import { summarise, type ReplaySummary } from "./summarise.ts";

/** One cycle, as it would have happened live. */
export interface ReplayCycle {
  readonly kind: "cycle";
  readonly cycle: number;
  /** Rows of the log read so far, and those among them whose outcome was revealed. */
  readonly rowsRead: number;
  readonly unitsUsed: number;
  readonly playbookVersion: number;
  readonly report: LeverReport;
  /** Approvals given in this cycle, in words. */
  readonly approvals: readonly string[];
}

/** How the log's rows went. */
interface Progress {
  rowsRead: number;
  unitsUsed: number;
  now: Instant | null;
}

/**
 * Runs the whole closed loop over a randomised log by rejection: the engine decides for each unit as it comes; where its action is the
 * logged one the outcome is revealed, elsewhere the row is skipped as if it had never come. Evidence, proposals, policy, approvals,
 * rollouts and promotions are the live ones, on the in-memory stores.
 *
 * Deterministic: the same rows, policy and seed give the same events.
 *
 * @throws RangeError on a row without a propensity: a log that was not randomised cannot be replayed.
 * @see Li, Chu, Langford & Wang (2011), "Unbiased offline evaluation of contextual-bandit-based news article recommendation algorithms",
 *   algorithm 2; for uneven propensities, rejection to the least one.
 */
export async function* replay(input: ReplayInput): AsyncGenerator<ReplayCycle, ReplaySummary> {
  const progress: Progress = { rowsRead: 0, unitsUsed: 0, now: null };
  const kept = input.stores ?? { state: memoryStateStore(), facts: memoryFactsStore() };
  const stores = { ...kept, clock: () => nowOf(progress) };
  const tallies = new Map(input.policy.metrics.map((metric) => [metric.id, new LogTally()] as const));
  let workspace: Workspace | null = null;
  let pending: InboxItem[] = [];
  const used = new UsedOutcomes(input.policy);
  for await (const row of input.rows) {
    progress.now = row.at;
    workspace ??= await begin(stores, input);
    tally(tallies, row, input);
    const decision = revealed(workspace, row, input);
    progress.rowsRead += 1;
    if (decision !== null) {
      progress.unitsUsed += 1;
      used.add(row);
      pending.push(...itemsOf(decision, row));
    }
    if (progress.rowsRead % input.cycleRows === 0) {
      await stores.state.acknowledge(pending);
      pending = [];
      yield* endCycle(workspace, input, progress);
    }
  }
  if (workspace !== null && pending.length > 0) {
    await stores.state.acknowledge(pending);
    yield* endCycle(workspace, input, progress);
  }
  return summarise({
    workspace,
    input,
    tallies,
    used: used.moments,
    rowsRead: progress.rowsRead,
    unitsUsed: progress.unitsUsed,
  });
}

async function begin(stores: Workspace["stores"], { policy, lever, seed }: ReplayInput): Promise<Workspace> {
  const workspace = await Workspace.open(stores);
  const playbook: Playbook = firstPlaybook([lever], policy);
  await workspace.create({ salt: `replay-${seed}`, policy, playbook, createdBy: authorOf(policy) });
  return workspace;
}

/** The decision that the engine makes for a row, if it is the logged one and the row survives rejection. */
function revealed(workspace: Workspace, row: LoggedRow, input: ReplayInput): Decision | null {
  if (row.propensity === null) {
    throw new RangeError(`row ${row.row} has no propensity: only a randomised log can be replayed`);
  }
  const outcome = decide(
    workspace.frame,
    { point: input.lever.point, unitId: row.unitId, context: row.context, occasion: String(row.row) },
    row.at,
  );
  if (outcome.kind === "refused" || outcome.decision.action !== row.action) return null;
  const keep =
    hashToUnitInterval([`replay-${input.seed}`, "keep", String(row.row)]) < input.leastPropensity / row.propensity;
  return keep ? outcome.decision : null;
}

/** A revealed row as live traffic would have brought it: the decision, then its signals. */
function itemsOf(decision: Decision, row: LoggedRow): readonly InboxItem[] {
  const signals = row.outcomes.map((outcome): InboxItem => {
    const messageId = `${decision.id}:${outcome.metric}`;
    const signal = {
      source: "replay",
      messageId,
      type: outcome.signal,
      unitId: row.unitId,
      decisionId: decision.id,
      value: outcome.value,
      occurredAt: outcome.at,
      receivedAt: outcome.at,
    };
    return { kind: "signal", source: signal.source, messageId, signal };
  });
  return [{ kind: "decision", source: decision.source, messageId: decision.id, decision }, ...signals];
}

async function* endCycle(
  workspace: Workspace,
  input: ReplayInput,
  progress: Progress,
): AsyncGenerator<ReplayCycle, void> {
  const { reports } = await runCycle(workspace);
  const approvals = input.approve === "all" ? await approvePending(workspace) : [];
  for (const report of reports) {
    yield {
      kind: "cycle",
      cycle: report.cycle,
      rowsRead: progress.rowsRead,
      unitsUsed: progress.unitsUsed,
      playbookVersion: workspace.playbook.version,
      report,
      approvals,
    };
  }
}

/** The scripted approver: each missing role speaks through its first member who has not spoken yet. */
export async function approvePending(workspace: Workspace): Promise<readonly string[]> {
  const said: string[] = [];
  for (const { change, digest } of workspace.view.changes.values()) {
    for (;;) {
      const state = workspace.change(change.id);
      const missing = state?.status === "pending" ? missingApprovals(state)[0] : undefined;
      const by = (workspace.policy.roles[missing?.role ?? ""] ?? []).find((person) =>
        state?.approvals.every((a) => a.by !== person),
      );
      if (missing === undefined || by === undefined) break;
      const answer = await approveChange(workspace, change.id, {
        by,
        role: missing.role,
        revision: digest,
        comment: "scripted",
      });
      if (answer.kind === "refused") break;
      said.push(`${change.id}: approved by ${by} as ${missing.role}`);
    }
  }
  return said;
}

/** Outcomes of the rows that were used, as they would have been booked. */
class UsedOutcomes {
  readonly #objective: MetricDefinition;
  #n = 0;
  #sum = 0;
  #sumSquares = 0;

  constructor(policy: Policy) {
    this.#objective = objectiveOf(policy);
  }

  add(row: LoggedRow): void {
    const y = outcomeOf(row, this.#objective);
    this.#n += 1;
    this.#sum += y;
    this.#sumSquares += y * y;
  }

  get moments(): { readonly n: number; readonly sum: number; readonly sumSquares: number } {
    return { n: this.#n, sum: this.#sum, sumSquares: this.#sumSquares };
  }
}

function tally(tallies: ReadonlyMap<string, LogTally>, row: LoggedRow, { policy, lever }: ReplayInput): void {
  const segment = segmentOf(lever.segmentBy, row.context);
  for (const metric of policy.metrics) {
    tallies
      .get(metric.id)
      ?.add({ segment, action: row.action, propensity: row.propensity ?? 1 }, outcomeOf(row, metric));
  }
}

/** A row's outcome under a metric: 1 or the sum of values, 0 where it had none within the window. */
function outcomeOf(row: LoggedRow, metric: MetricDefinition): number {
  const own = row.outcomes.filter(
    (outcome) => outcome.signal === metric.signal && outcome.at >= row.at && outcome.at <= row.at + metric.windowMs,
  );
  if (metric.kind === "conversion") return own.length > 0 ? 1 : 0;
  return own.reduce((sum, outcome) => sum + (outcome.value ?? 0), 0) / 1_000_000;
}

function authorOf(policy: Policy): Parameters<Workspace["create"]>[0]["createdBy"] {
  const [first] = Object.values(policy.roles).flat();
  if (first === undefined) throw new RangeError("the policy names nobody in any role");
  return first;
}

function nowOf({ now }: Progress): Instant {
  if (now === null) throw new Error("the replay's clock starts with its first row");
  return now;
}
