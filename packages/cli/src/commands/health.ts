import type { DataHealthView, IncidentView } from "@ratchet/protocol";
import type { Command } from "commander";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { wholeNumber } from "../option-values.ts";
import { count, print, printJson, table, time } from "../print.ts";

interface HealthOptions extends WorkspaceOptions {
  readonly check?: boolean;
  readonly all?: boolean;
}

interface ListOptions extends WorkspaceOptions {
  readonly all?: boolean;
  readonly limit: number;
}

interface ResolveOptions extends WorkspaceOptions {
  readonly by: string;
  readonly reason: string;
}

/** Commands for whether the data are good enough to learn from. */
export function addHealth(program: Command): void {
  withWorkspace(program.command("health"))
    .description("is the data good enough to learn from: every check, worst first")
    .option("--check", "look now, rather than show the last look")
    .option("--all", "also what is in order")
    .addHelpText("after", "\nExample:\n  ratchet health --check")
    .action(showHealth);
  const incidents = program.command("incidents").description("what is, and was, wrong with the data");
  withWorkspace(incidents.command("list", { isDefault: true }))
    .description("open incidents, latest first")
    .option("--all", "also those that are over")
    .option("--limit <n>", "how many", wholeNumber(1, 1000), 20)
    .action(listIncidents);
  withWorkspace(incidents.command("resolve"))
    .description("nothing is wrong with an incident's data: it blocks nothing any more, and its time counts")
    .argument("<incident>", "its id, such as inc_0123456789ab")
    .requiredOption("--by <person>", "who you are, such as person:owner; it is written to the ledger")
    .requiredOption("--reason <text>", "why nothing is wrong; it is written to the ledger")
    .addHelpText(
      "after",
      '\nExample:\n  ratchet incidents resolve inc_0123456789ab --by person:owner --reason "public holiday"',
    )
    .action(resolveIncident);
}

async function showHealth({ check, all, ...options }: HealthOptions): Promise<void> {
  const health = await onWorkspace(options, (ratchet) =>
    // A workspace that no server has open was not looked at by anybody.
    check === true || options.url === undefined ? ratchet.health.check() : ratchet.health.data(),
  );
  if (options.json === true) return printJson(health);
  if (health.at === null) return print("Nobody has looked at the data yet: ratchet health --check");
  print(`${STATES[health.state]}, as of ${time(health.at)}; open incidents: ${count(health.open_incidents)}`);
  const shown = health.checks.filter(({ state }) => all === true || (state !== "green" && state !== "no_data"));
  for (const found of shown) printCheck(found);
  for (const { file, sentence, fix } of health.imports) print(`imported ${file}: ${sentence}\n  ${fix}`);
  const rest = health.checks.length - shown.length;
  if (rest > 0) print(`${count(rest)} checks are in order or have too little to go by: ratchet health --all`);
}

const STATES: Readonly<Record<DataHealthView["state"], string>> = {
  green: "In order",
  no_data: "Too little to go by",
  info: "In order, with something to know",
  warning: "Something is unusual",
  critical: "Nothing is learned from what is touched",
};

function printCheck({ check, state, sentence, examples, fix }: DataHealthView["checks"][number]): void {
  print(`${state.replace("_", " ")}  ${check}: ${sentence}`);
  if (examples.length > 0) print(`  for example ${examples.join(", ")}`);
  if (fix !== "") print(`  ${fix}.`);
}

async function listIncidents({ all, limit, ...options }: ListOptions): Promise<void> {
  const state = all === true ? "all" : "open";
  const list = await onWorkspace(options, (ratchet) => ratchet.health.incidents({ state, limit }));
  if (options.json === true) return printJson(list);
  if (list.incidents.length === 0) return print(all === true ? "There was never an incident." : "No incident is open.");
  const rows = list.incidents.map((incident) => [
    incident.incident_id,
    incident.severity,
    incident.state,
    incident.check,
    time(incident.opened_at),
    touchedBy(incident),
  ]);
  print(table(["incident", "severity", "state", "check", "opened", "touches"], rows));
  for (const { incident_id, sentence, reason } of list.incidents)
    print(`${incident_id}: ${sentence}${reason === null ? "" : ` (${reason})`}`);
}

function touchedBy({ metrics }: IncidentView): string {
  if (metrics === "all") return "every metric";
  return metrics.length === 0 ? "no metric" : metrics.join(", ");
}

async function resolveIncident(incident: string, { by, reason, ...options }: ResolveOptions): Promise<void> {
  const resolved = await onWorkspace(options, (ratchet) => ratchet.health.resolve(incident, { by, reason }));
  if (options.json === true) return printJson(resolved);
  print(`${resolved.incident_id} is explained: ${resolved.reason ?? ""}. Its data count again.`);
}
