import {
  baselinePlaybook,
  choiceLeverNamed,
  normalInterval,
  pointMass,
  type ChoiceLever,
  type Workspace,
} from "@ratchet/engine";
import { ruleOf, valueDifference, valueOf, type LogTally, type TallyCell, type ValueEstimate } from "./log-tally.ts";
import { objectiveOf, type ReplayInput } from "./replay-input.ts";

/** What a replay came to. Values are per unit of the objective, each with a 95 % interval. */
export interface ReplaySummary {
  readonly kind: "summary";
  readonly objective: string;
  readonly seed: number;
  readonly rowsRead: number;
  readonly unitsUsed: number;
  readonly cycles: number;
  readonly finalPlaybook: { readonly version: number; readonly segments: ChoiceLever["segments"] };
  /** What the loop earned on the units it used, learning and holdout included. */
  readonly loop: ValueEstimate;
  /** The playbook it ended on, valued on the whole log. */
  readonly final: ValueEstimate;
  readonly staticBaseline: ValueEstimate;
  readonly uniform: ValueEstimate;
  readonly actions: readonly { readonly action: string; readonly value: ValueEstimate }[];
  /** Final playbook against uniform, and against the single action that did best on the whole log; rows in common cancel. */
  readonly finalMinusUniform: ValueEstimate;
  readonly bestAction: string | null;
  readonly finalMinusBestAction: ValueEstimate | null;
  readonly promotions: readonly PromotionCheck[];
  readonly rolledBack: readonly { readonly changeId: string; readonly reason: string }[];
  readonly rejected: readonly { readonly changeId: string; readonly reason: string }[];
  readonly ledgerEntries: number;
}

/** A promoted change held against the whole log, most of which the loop never saw. */
export interface PromotionCheck {
  readonly changeId: string;
  readonly playbookVersion: number;
  readonly rationale: string;
  readonly onWholeLog: ValueEstimate;
  /** The whole log says with 95 % confidence that it made things worse. */
  readonly contradicted: boolean;
}

interface SummaryParts {
  readonly workspace: Workspace | null;
  readonly input: ReplayInput;
  readonly tallies: ReadonlyMap<string, LogTally>;
  readonly used: { readonly n: number; readonly sum: number; readonly sumSquares: number };
  readonly rowsRead: number;
  readonly unitsUsed: number;
}

/** @throws Error on an empty log. */
export async function summarise(parts: SummaryParts): Promise<ReplaySummary> {
  const { workspace, input } = parts;
  if (workspace === null) throw new Error("the log has no row that can be replayed");
  const objective = objectiveOf(input.policy);
  const cells = parts.tallies.get(objective.id)?.cells ?? [];
  const lever = choiceLeverNamed(workspace.playbook, input.lever.name);
  const baseline = choiceLeverNamed(baselinePlaybook(workspace.playbook), input.lever.name);
  const final = ruleOf(lever);
  const uniform = () => Object.fromEntries(lever.actions.map((action) => [action, 1 / lever.actions.length]));
  const actions = lever.actions.map((action) => ({ action, value: valueOf(cells, () => pointMass(lever, action)) }));
  const best = bestOf(actions, objective.direction);
  const changes = [...workspace.view.changes.values()];
  return {
    kind: "summary",
    objective: objective.id,
    seed: input.seed,
    rowsRead: parts.rowsRead,
    unitsUsed: parts.unitsUsed,
    cycles: workspace.view.cycle,
    finalPlaybook: { version: workspace.playbook.version, segments: lever.segments },
    loop: bookedValue(parts.used),
    final: valueOf(cells, final),
    staticBaseline: valueOf(cells, ruleOf(baseline)),
    uniform: valueOf(cells, uniform),
    actions,
    finalMinusUniform: valueDifference(cells, final, uniform),
    bestAction: best,
    finalMinusBestAction: best === null ? null : valueDifference(cells, final, () => actionRule(lever, best)),
    promotions: promotionsOf(workspace, input, cells),
    rolledBack: changes
      .filter((c) => c.status === "rolled_back")
      .map((c) => ({ changeId: c.change.id, reason: c.reason ?? "" })),
    rejected: changes
      .filter((c) => c.status === "rejected")
      .map((c) => ({ changeId: c.change.id, reason: c.reason ?? "" })),
    ledgerEntries: workspace.view.head.seq,
  };
}

function promotionsOf(
  workspace: Workspace,
  { lever }: ReplayInput,
  cells: readonly Readonly<TallyCell>[],
): readonly PromotionCheck[] {
  const objective = objectiveOf(workspace.policy);
  return [...workspace.view.changes.values()]
    .filter((state) => state.status === "promoted")
    .map(({ change }) => {
      const before = ruleOf(choiceLeverNamed(workspace.playbookAt(change.basedOn), lever.name));
      const after = ruleOf(choiceLeverNamed(workspace.playbookAt(change.basedOn + 1), lever.name));
      const onWholeLog = valueDifference(cells, after, before);
      const worse =
        onWholeLog.kind === "estimate" &&
        (objective.direction === "increase" ? onWholeLog.upper < 0 : onWholeLog.lower > 0);
      return {
        changeId: change.id,
        playbookVersion: change.basedOn + 1,
        rationale: change.rationale,
        onWholeLog,
        contradicted: worse,
      };
    });
}

function bookedValue({ n, sum, sumSquares }: SummaryParts["used"]): ValueEstimate {
  if (n < 2) return { kind: "refused", reason: "no-overlap", message: `only ${n} rows could be used` };
  const value = sum / n;
  const standardError = Math.sqrt(Math.max(0, sumSquares / n - value * value) / n);
  return { kind: "estimate", value, standardError, ...normalInterval(value, standardError, 0.95), units: n };
}

function bestOf(actions: ReplaySummary["actions"], direction: "increase" | "decrease"): string | null {
  const sign = direction === "increase" ? 1 : -1;
  let best: { readonly action: string; readonly score: number } | null = null;
  for (const { action, value } of actions) {
    if (value.kind === "estimate" && (best === null || sign * value.value > best.score))
      best = { action, score: sign * value.value };
  }
  return best?.action ?? null;
}

function actionRule(lever: ChoiceLever, best: string): Readonly<Record<string, number>> {
  return Object.fromEntries(lever.actions.map((action) => [action, action === best ? 1 : 0]));
}
