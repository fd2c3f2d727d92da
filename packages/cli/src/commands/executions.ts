import type { Command } from "commander";
import { Option } from "commander";
import { executionRequestSchema, overrideReasonSchema, type RequestOf } from "@ratchet/protocol";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { count, print, printJson, table } from "../print.ts";

type Execution = RequestOf<"executions">["executions"][number];

interface ReportOptions extends WorkspaceOptions {
  readonly kind: Execution["kind"];
  readonly by?: string;
  readonly reason?: string;
  readonly instead?: string;
  readonly messageId?: string;
  readonly source: string;
}

interface OverridesOptions extends WorkspaceOptions {
  readonly since?: string;
}

const KINDS = executionRequestSchema.options.map(({ shape }) => shape.kind.value);
const REASONS = overrideReasonSchema.options;

const REPORT_EXAMPLES = `
Reasons to override: ${REASONS.join(", ")}.
Examples:
  ratchet execution report dec_1f0c… --kind delivered
  ratchet execution report dec_1f0c… --kind overridden --by rep:ann --reason wrong_time --instead call`;

/** `ratchet execution report` and `ratchet overrides`. */
export function addExecutions(program: Command): void {
  withWorkspace(program.command("execution").description("what became of decisions").command("report"))
    .description("say how a decision was carried out")
    .argument("<decision>", "a decision id, dec_…")
    .addOption(new Option("--kind <kind>", "what became of it").choices(KINDS).makeOptionMandatory())
    .option("--by <person>", "who did otherwise; needed with overridden")
    .option("--reason <reason>", "why; needed with overridden")
    .option("--instead <action>", "what was done instead; nothing where absent")
    .option("--message-id <id>", "the same id again counts once; made of the decision and the kind where absent")
    .option("--source <source>", "who says so", "cli")
    .addHelpText("after", REPORT_EXAMPLES)
    .action(report);
  withWorkspace(program.command("overrides"))
    .description("what people did otherwise, and why")
    .option("--since <time>", "such as 2026-03-01; from the beginning where absent")
    .action(overrides);
}

async function report(decision: string, options: ReportOptions): Promise<void> {
  const execution = executionOf(decision, options);
  const answer = await onWorkspace(options, (ratchet) => ratchet.executions([execution]));
  const [rejected] = answer.rejected;
  if (rejected !== undefined) throw new CommandError(rejected.message);
  if (answer.conflicts > 0)
    throw new CommandError(
      "another report was made under this message id; give this one an id of its own: --message-id",
    );
  if (options.json === true) return printJson(answer);
  print(answer.duplicates > 0 ? "Known already." : `Recorded: ${decision} was ${options.kind}.`);
}

function executionOf(decision: string, { kind, by, reason, instead, messageId, source }: ReportOptions): Execution {
  const common = { decision_id: decision, message_id: messageId ?? `${decision}:${kind}`, source };
  if (kind === "exposed" || kind === "delivered" || kind === "worked") return { ...common, kind };
  if (kind !== "overridden") return { ...common, kind, ...(reason === undefined ? {} : { reason }) };
  const known = REASONS.find((one) => one === reason);
  if (by === undefined) throw new CommandError("who did otherwise? add --by, such as --by rep:ann");
  if (known === undefined) throw new CommandError(`why? add --reason with one of ${REASONS.join(", ")}`);
  return { ...common, kind, by, reason: known, ...(instead === undefined ? {} : { did_instead: instead }) };
}

async function overrides({ since, ...options }: OverridesOptions): Promise<void> {
  const query = since === undefined ? {} : { since };
  const answer = await onWorkspace(options, (ratchet) => ratchet.overrides(query));
  if (options.json === true) return printJson(answer);
  if (answer.overrides.length === 0) return print("Nobody did otherwise.");
  const rows = answer.overrides.map((one) => [
    one.reason,
    one.point ?? "–",
    one.action ?? "–",
    one.did_instead ?? "–",
    count(one.count),
  ]);
  print(table(["reason", "point", "decided", "done instead", "times"], rows));
}
