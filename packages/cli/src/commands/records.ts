import type { Command } from "commander";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { wholeNumber } from "../option-values.ts";
import { count, print, printJson, table, time } from "../print.ts";

interface LedgerOptions extends WorkspaceOptions {
  readonly after: number;
  readonly change?: string;
  readonly limit: number;
}

/** Commands that read, and one that ends a cycle: ledger, status, cycle. */
export function addRecords(program: Command): void {
  addLedger(program);
  withWorkspace(program.command("status"))
    .description("what is running, on what, and whether it is well")
    .addHelpText("after", "\nExample:\n  ratchet status --url http://localhost:4600")
    .action(showStatus);
  const cycle = program.command("cycle").description("learning cycles");
  withWorkspace(cycle.command("run"))
    .description("end the current cycle now: conclude, advance, propose")
    .addHelpText("after", "\nExample:\n  ratchet cycle run --url http://localhost:4600")
    .action(runCycle);
}

function addLedger(program: Command): void {
  const ledger = program.command("ledger").description("the tamper-evident record of everything that governs");
  withWorkspace(ledger.command("verify")).description("recompute every link of the chain").action(verifyLedger);
  withWorkspace(ledger.command("show"))
    .description("what was recorded, oldest first")
    .option("--after <seq>", "entries after this one", wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option("--change <change>", "about one change only")
    .option("--limit <n>", "how many", wholeNumber(1, 1000), 200)
    .action(showLedger);
}

async function verifyLedger(options: WorkspaceOptions): Promise<void> {
  const { verification } = await onWorkspace(options, (ratchet) => ratchet.ledger({ limit: 1 }));
  if (options.json === true) printJson(verification);
  if (verification.kind === "broken")
    throw new CommandError(`the ledger is broken at entry ${verification.seq}: ${verification.message}`);
  if (options.json !== true)
    print(`The ledger is whole: ${count(verification.seq)} entries, head ${verification.hash}`);
}

async function showLedger({ after, change, limit, ...options }: LedgerOptions): Promise<void> {
  const query = { after_seq: after, limit, ...(change === undefined ? {} : { change_id: change }) };
  const ledger = await onWorkspace(options, (ratchet) => ratchet.ledger(query));
  if (options.json === true) return printJson(ledger);
  print(
    table(
      ["entry", "when (UTC)", "who", "what"],
      ledger.entries.map((entry) => [String(entry.seq), time(entry.at), entry.actor, entry.sentence]),
    ),
  );
}

async function showStatus(options: WorkspaceOptions): Promise<void> {
  const status = await onWorkspace(options, (ratchet) => ratchet.status());
  if (options.json === true) return printJson(status);
  const { stores, counts } = status;
  print(
    `Ratchet ${status.version}: workspace ${status.state}, ${stores.state} and ${stores.facts} in ${stores.directory ?? "memory"}`,
  );
  print(
    `  ${count(counts.decisions)} decisions, ${count(counts.signals)} signals, ${count(counts.backlog)} on their way, ${count(counts.quarantined)} in quarantine, ${count(counts.ledger_entries)} ledger entries`,
  );
  for (const { check, state, sentence } of status.checks)
    print(`  ${state === "no_data" ? "no data" : state}  ${check}: ${sentence}`);
}

async function runCycle(options: WorkspaceOptions): Promise<void> {
  const cycle = await onWorkspace(options, (ratchet) => ratchet.runCycle());
  if (options.json === true) return printJson(cycle);
  print(`Cycle ${cycle.cycle} ended. ${cycle.summary}`);
  for (const sentence of cycle.did) print(`  ${sentence}`);
}
