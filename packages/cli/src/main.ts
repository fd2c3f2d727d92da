import { Command } from "commander";
import { VERSION } from "@ratchet/server";
import { addChanges } from "./commands/changes.ts";
import { addDecisions } from "./commands/decisions.ts";
import { addExplain } from "./commands/explain.ts";
import { addPlaybook } from "./commands/playbook.ts";
import { addExecutions } from "./commands/executions.ts";
import { addHealth } from "./commands/health.ts";
import { addImport } from "./commands/import.ts";
import { addKeys } from "./commands/keys.ts";
import { addMatching } from "./commands/matching.ts";
import { addMcp } from "./commands/mcp.ts";
import { addNotes } from "./commands/notes.ts";
import { addPeople } from "./commands/people.ts";
import { addPolicy } from "./commands/policy.ts";
import { addRecords } from "./commands/records.ts";
import { addReplay } from "./commands/replay.ts";
import { addResults } from "./commands/results.ts";
import { addSignals } from "./commands/signals.ts";
import { addSources } from "./commands/sources.ts";
import { addServe } from "./commands/serve.ts";
import { addWebhooks } from "./commands/webhooks.ts";
import { addUsers } from "./commands/users.ts";
import { exitCodeOf } from "./exit-code.ts";

const AFTER_HELP = `
Begin with
  ratchet serve                                   then open http://localhost:4600
  ratchet import mails.csv --map map.yaml         and: ratchet results
  ratchet replay mails.csv --map map.yaml         the whole loop over a log

Exit codes: 0 done, 1 error, 2 not allowed, 3 not enough data.`;

const program = new Command("ratchet")
  .description("Makes go-to-market decisions, measures what came of them against controls, and improves by proof.")
  .version(VERSION, "-v, --version")
  .showHelpAfterError("(ratchet --help shows all commands)")
  .addHelpText("after", AFTER_HELP);
for (const add of [
  addServe,
  addImport,
  addResults,
  addReplay,
  addDecisions,
  addExplain,
  addPlaybook,
  addExecutions,
  addChanges,
  addRecords,
  addSources,
  addWebhooks,
  addKeys,
  addUsers,
  addSignals,
  addHealth,
  addPeople,
  addNotes,
  addMatching,
  addPolicy,
  addMcp,
])
  add(program);

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`ratchet: ${messageOf(error)}\n`);
  if (process.env["RATCHET_DEBUG"] !== undefined && error instanceof Error)
    process.stderr.write(`${error.stack ?? ""}\n`);
  process.exitCode = exitCodeOf(error);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const missing = "code" in error && error.code === "ENOENT" && "path" in error;
  return missing ? `there is no file ${String(error.path)}; check the path` : error.message;
}
