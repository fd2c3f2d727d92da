import type { SignalView } from "@ratchet/protocol";
import type { Command } from "commander";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { wholeNumber } from "../option-values.ts";
import { count, percent, print, printJson, table, time } from "../print.ts";

interface ListOptions extends WorkspaceOptions {
  readonly source?: string;
  readonly type?: string;
  readonly unit?: string;
  readonly since?: string;
  readonly until?: string;
  readonly asOf?: string;
  readonly cursor?: string;
  readonly limit: number;
}

const EXAMPLES = `
Examples:
  ratchet signals list --type meeting_booked --since 2026-03-01T00:00:00Z
  ratchet signals list --unit acme --json`;

/** `ratchet signals`: what happened, as it was understood. */
export function addSignals(program: Command): void {
  const signals = program.command("signals").description("what happened, as it was understood");
  withWorkspace(signals.command("list", { isDefault: true }))
    .description("list signals, newest first")
    .option("--source <source>", "of one source only, such as website or import:deals")
    .option("--type <type>", "of one type only, such as meeting_booked")
    .option("--unit <unit>", "of one unit only, by the id or the address that it is known by")
    .option("--since <time>", "that happened later than this, such as 2026-03-01T00:00:00Z")
    .option("--until <time>", "that happened by then")
    .option("--as-of <time>", "as known then: without what was heard later")
    .option("--limit <n>", "how many", wholeNumber(1, 500), 20)
    .option("--cursor <cursor>", "where the page before ended")
    .addHelpText("after", EXAMPLES)
    .action(listSignals);
}

async function listSignals({ unit, asOf, json, data, url, ...query }: ListOptions): Promise<void> {
  const options = { data, ...(url === undefined ? {} : { url }) };
  const asked = {
    ...query,
    ...(unit === undefined ? {} : { unit_id: unit }),
    ...(asOf === undefined ? {} : { as_of: asOf }),
  };
  const list = await onWorkspace(options, (ratchet) => ratchet.listSignals(asked));
  if (json === true) return printJson(list);
  if (list.signals.length === 0) return print("No signal fits.");
  const heads = ["when (UTC)", "heard (UTC)", "type", "unit", "source", "message", "amount", "human"];
  print(table(heads, list.signals.map(rowOf)));
  print(
    list.next_cursor === null
      ? `${count(list.signals.length)} shown; there are no others.`
      : `${count(list.signals.length)} shown. The next ones, with the same options: --cursor ${list.next_cursor}`,
  );
}

function rowOf(signal: SignalView): readonly string[] {
  const { value, currency, human_probability: human } = signal;
  return [
    time(signal.occurred_at),
    time(signal.received_at),
    signal.type,
    signal.unit_id,
    signal.source,
    signal.message_id,
    value === null ? "–" : `${count(value)}${currency === null ? "" : ` ${currency}`}`,
    human === null ? "–" : percent(human),
  ];
}
