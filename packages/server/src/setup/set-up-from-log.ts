import { randomBytes } from "node:crypto";
import {
  actionId,
  DAY_MS,
  DEFAULT_OWNER,
  defaultPolicy,
  firstPlaybook,
  type ActionId,
  type ChoiceLever,
  type Policy,
  type Workspace,
} from "@ratchet/engine";
import { machineMadeObjective, type DataReport } from "@ratchet/protocol";
import type { ImportMapping } from "../import/import-mapping.ts";
import { putWorkspaceSource } from "./workspace-source.ts";

/** A unit keeps its decision for a week: asking again, or sending again, changes nothing. */
const DECISION_WINDOW_MS = 7 * DAY_MS;
/** How long an outcome may take where the map does not say: a log's outcomes were known with the row, live ones come later. */
const LIVE_WINDOW_MS = 14 * DAY_MS;
/** Units that a first change is expected to see. */
const UNITS_EXPECTED = 10_000;
/** More actions than this in a column are no actions but ids. */
const ACTIONS_MAX = 50;

/**
 * Sets an empty workspace up from a log that was imported: the default policy, and a first playbook that gives the baseline to everyone but
 * the few who explore. Does nothing where the workspace has been set up before, where the log has no two actions to choose from, or where its
 * objective is what machines do as well as people: no policy may have that for its objective, written or made here.
 *
 * @returns what was done, in a sentence.
 */
export async function setUpFromLog(workspace: Workspace, mapping: ImportMapping, report: DataReport): Promise<string> {
  if (!workspace.isEmpty) return "the workspace had been set up before, and was left as it is";
  const names = [...new Set<string>([mapping.baseline, ...report.actions.map(({ action }) => action)])];
  if (names.length < 2 || names.length > ACTIONS_MAX) {
    return `the log has ${names.length} actions, so the workspace was not set up to choose among them`;
  }
  const refusal = machineMadeObjective(mapping.metrics, mapping.objective);
  if (refusal !== null) return `the workspace was not set up: the objective ${refusal}`;
  const lever = leverOf(
    mapping,
    names.map((name) => actionId(name)),
  );
  const policy = policyOf(mapping, lever);
  await putWorkspaceSource(workspace.stores.state, mapping.source);
  await workspace.create({
    salt: randomBytes(32).toString("hex"),
    policy,
    playbook: firstPlaybook([lever], policy),
    createdBy: DEFAULT_OWNER,
  });
  return `the workspace was set up: ${names.length} actions at point "${mapping.point}", objective ${mapping.objective}, ${100 * policy.holdoutShare} % holdout`;
}

function leverOf(mapping: ImportMapping, actions: readonly ActionId[]): Omit<ChoiceLever, "segments"> {
  return {
    kind: "choice",
    name: mapping.point,
    point: mapping.point,
    actions,
    baseline: mapping.baseline,
    segmentBy: mapping.segments,
    decisionWindowMs: DECISION_WINDOW_MS,
  };
}

function policyOf(mapping: ImportMapping, lever: Pick<ChoiceLever, "name" | "actions">): Policy {
  return defaultPolicy({
    id: mapping.name,
    levers: [lever],
    metrics: mapping.metrics.map((metric) => (metric.windowMs > 0 ? metric : { ...metric, windowMs: LIVE_WINDOW_MS })),
    objective: mapping.objective,
    guardrails: mapping.guardrails.filter((guardrail) => guardrail !== mapping.objective),
    unitsExpected: UNITS_EXPECTED,
    owner: DEFAULT_OWNER,
  });
}
