import type { Command } from "commander";
import type { TraceView } from "@ratchet/protocol";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { wholeNumber } from "../option-values.ts";
import { count, percent, print, printJson, table, time } from "../print.ts";

interface DecisionsOptions extends WorkspaceOptions {
  readonly unit?: string;
  readonly source?: string;
  readonly limit: number;
}

const DECISIONS_EXAMPLES = `
Examples:
  ratchet decisions --limit 10
  ratchet decisions --unit account-000123 --json`;

const TRACE_EXAMPLES = `
Examples:
  ratchet trace dec_1f0c…                         find decisions with: ratchet decisions
  ratchet trace dec_1f0c… --url http://localhost:4600 --json`;

/** `ratchet decisions` and `ratchet trace`. */
export function addDecisions(program: Command): void {
  withWorkspace(program.command("decisions"))
    .description("list decisions, newest first")
    .option("--unit <unit>", "of one unit only")
    .option("--source <source>", "engine, or import:NAME")
    .option("--limit <n>", "how many", wholeNumber(1, 500), 20)
    .addHelpText("after", DECISIONS_EXAMPLES)
    .action(listDecisions);
  withWorkspace(program.command("trace"))
    .description("follow a decision back to the outcomes behind it, and forward to what it changed")
    .argument("<decision>", "a decision id, dec_…")
    .addHelpText("after", TRACE_EXAMPLES)
    .action(showTrace);
}

async function listDecisions({ unit, source, limit, ...options }: DecisionsOptions): Promise<void> {
  const query = {
    limit,
    ...(unit === undefined ? {} : { unit_id: unit }),
    ...(source === undefined ? {} : { source }),
  };
  const list = await onWorkspace(options, (ratchet) => ratchet.decisions(query));
  if (options.json === true) return printJson(list);
  const rows = list.decisions.map((decision) => [
    decision.decision_id,
    time(decision.decided_at),
    decision.unit_id,
    decision.action,
    decision.propensity === null ? "–" : percent(decision.propensity),
    decision.cohort,
    decision.playbook_version === 0 ? decision.source : `v${decision.playbook_version}`,
  ]);
  print(table(["decision", "when (UTC)", "unit", "action", "chance", "cohort", "made by"], rows));
  print(`${count(list.decisions.length)} shown; ${count(list.total)} decisions in all`);
}

async function showTrace(id: string, options: WorkspaceOptions): Promise<void> {
  const trace = await onWorkspace(options, (ratchet) => ratchet.trace(id));
  if (options.json === true) printJson(trace);
  else print(traceText(trace));
}

function traceText({ decision, story, change, contributed_to, later }: TraceView): string {
  return [
    `${decision.decision_id}: "${decision.action}" for unit ${decision.unit_id} at ${time(decision.decided_at)} UTC`,
    ...decision.reasons.map((reason) => `  because ${reason}`),
    "",
    ...story.map((sentence, i) => `${String(i + 1).padStart(2)}. ${sentence}`),
    ...(change?.evidence?.sample ?? []).map(
      (outcome) =>
        `    outcome: ${outcome.signal} of ${outcome.unit_id} at ${time(outcome.occurred_at)}, after "${outcome.action}" (${outcome.decision_id})`,
    ),
    ...later.altered.map(
      (altered) =>
        `    altered: ${altered.decision_id}, unit ${altered.unit_id}: "${altered.action_before}" → "${altered.action}"`,
    ),
    ...contributed_to.map(({ id }) => `    see: ratchet changes show ${id}`),
  ].join("\n");
}
