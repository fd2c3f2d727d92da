import { readFile } from "node:fs/promises";
import { sourceSettingsDocumentSchema, type RequestOf, type SourceView } from "@ratchet/protocol";
import { faultText, loadYaml } from "@ratchet/server";
import { InvalidArgumentError, type Command } from "commander";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { wholeNumber } from "../option-values.ts";
import { count, duration, percent, print, printJson, table, time } from "../print.ts";

type Kind = RequestOf<"createSource">["kind"];
const KINDS: readonly Kind[] = ["api", "segment", "cloudevents", "webhook", "file"];

interface CreateOptions extends WorkspaceOptions {
  readonly kind: Kind;
  readonly vendor?: string;
  readonly map?: string;
  readonly secret?: string;
  readonly outcomes: boolean;
}

interface SetOptions extends WorkspaceOptions {
  readonly settings?: string;
  readonly map?: string;
  readonly secret?: string;
}

interface QuarantineOptions extends WorkspaceOptions {
  readonly source?: string;
  readonly limit: number;
}

interface ReplayOptions extends WorkspaceOptions {
  readonly source?: string;
  readonly seq?: number;
  readonly map?: string;
}

/** Commands for what comes in: who sends, what became of it, and what did not fit. */
export function addSources(program: Command): void {
  const sources = program.command("sources").description("who sends signals, each with a key of its own");
  withWorkspace(sources.command("list"))
    .description("every source, and what became of what it sent")
    .action(listSources);
  withWorkspace(sources.command("create"))
    .description("add a source; its key is shown once")
    .argument("<source>", "its name: lower-case letters, digits and hyphens")
    .requiredOption("--kind <kind>", `how its messages are read: ${KINDS.join(", ")}`, kindOf)
    .option("--vendor <vendor>", "whose webhooks, with --kind webhook")
    .option("--map <file>", "how the webhooks of another vendor are read (examples/webhook-mappings)")
    .option("--secret <secret>", "what the vendor signs with")
    .option("--no-outcomes", "its signals may never count as outcomes: whoever sends them could gain by forging them")
    .addHelpText("after", "\nExample:\n  ratchet sources create website --kind segment")
    .action(createSource);
  withWorkspace(sources.command("key"))
    .description("give a source a new key; the old one stops working at once")
    .argument("<source>")
    .action(rotateKey);
  withWorkspace(sources.command("set"))
    .description("say what a webhook source's words mean, or mend its mapping or secret")
    .argument("<source>")
    .option("--settings <file>", "call dispositions, pipelines with their stages, currency")
    .option("--map <file>", "another mapping of a vendor that is not known by heart")
    .option("--secret <secret>", "what the vendor signs with now")
    .addHelpText(
      "after",
      "\nExample:\n  ratchet sources set hubspot-eu --settings examples/source-settings/hubspot.yaml",
    )
    .action(setSource);
  sources
    .command("check")
    .description("every fault of a settings file, with its line and column")
    .argument("<file>")
    .action(checkSettings);
  withWorkspace(sources.command("disable"))
    .description("refuse a source's messages from now on; what it sent stays")
    .argument("<source>")
    .action(disableSource);
  withWorkspace(sources.command("enable"))
    .description("take a disabled source's messages again, with the key that it has")
    .argument("<source>")
    .action(enableSource);
  withWorkspace(sources.command("requests"))
    .description("a source's last requests, newest first; only a running server remembers them")
    .argument("<source>", 'or "unknown key" for requests that came with a key nobody has')
    .addHelpText("after", "\nExample:\n  ratchet sources requests website --url http://localhost:4600")
    .action(showRequests);
  addQuarantine(program);
}

function addQuarantine(program: Command): void {
  const quarantine = program.command("quarantine").description("input that did not fit, with the reason");
  withWorkspace(quarantine.command("list", { isDefault: true }))
    .description("what did not fit, oldest first, each with its number for replay --seq")
    .option("--source <source>", "of one source only, such as import:hillstrom or website")
    .option("--limit <n>", "how many", wholeNumber(1, 1000), 20)
    .addHelpText("after", "\nExample:\n  ratchet quarantine list --source import:hillstrom --limit 100")
    .action(showQuarantine);
  withWorkspace(quarantine.command("replay"))
    .description("read what waits again and let in what fits now; each item counts once however often this runs")
    .option("--source <source>", "of one source only")
    .option("--seq <n>", "one row only, by its number", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--map <file>", "a mended map for rows of a file")
    .addHelpText("after", "\nExample:\n  ratchet quarantine replay --source import:deals --map deals.yaml")
    .action(replayQuarantine);
}

function kindOf(text: string): Kind {
  const kind = KINDS.find((known) => known === text);
  if (kind === undefined) throw new InvalidArgumentError(`It must be one of ${KINDS.join(", ")}.`);
  return kind;
}

async function listSources(options: WorkspaceOptions): Promise<void> {
  const list = await onWorkspace(options, (ratchet) => ratchet.sources.list());
  if (options.json === true) return printJson(list);
  if (list.sources.length === 0) return print("No source yet. Add one: ratchet sources create website --kind segment");
  const rows = list.sources.map(
    ({ source_id, kind, vendor, carries_outcomes, disabled_at, tally, waiting, clock, delays }) => [
      source_id,
      vendor === null ? kind : `${kind} (${vendor})`,
      disabled_at === null ? (carries_outcomes ? "in use" : "in use, no outcomes") : "disabled",
      count(tally.sent),
      count(tally.accepted),
      count(tally.duplicates),
      count(tally.quarantined),
      count(tally.ignored),
      count(waiting),
      clockText(clock),
      delaysText(delays),
    ],
  );
  const heads = [
    "source",
    "kind",
    "state",
    "sent",
    "accepted",
    "duplicates",
    "quarantined",
    "ignored",
    "waiting",
    "clock",
    "delay",
  ];
  print(table(heads, rows));
}

/** "3.0 h ahead, corrected". */
function clockText({ state, shift_ms, measured_shift_ms }: SourceView["clock"]): string {
  const corrected =
    shift_ms === 0 ? "" : `; read ${duration(Math.abs(shift_ms))} ${shift_ms < 0 ? "earlier" : "later"}`;
  const measured = measured_shift_ms ?? 0;
  const off = `${duration(Math.abs(measured))} ${measured < 0 ? "ahead" : "behind"}`;
  switch (state) {
    case "right":
      return `right${corrected}`;
    case "off":
      return `${off}${corrected}`;
    case "beyond_bound":
      return `${off}: too far to be corrected`;
    case "disagree":
      return `its deliveries disagree${corrected}`;
    case "too_few":
      return `–${corrected}`;
  }
}

/** "95 % within 20 s". */
function delaysText({ messages, p95_ms, later_than_day }: SourceView["delays"]): string {
  if (messages === 0) return "–";
  const late = later_than_day === 0 ? "" : `; ${percent(later_than_day)} after a day or more`;
  return `95 % ${p95_ms === null ? "later than 64 days" : `within ${duration(p95_ms)}`}${late}`;
}

async function createSource(
  id: string,
  { kind, vendor, map, secret, outcomes, ...options }: CreateOptions,
): Promise<void> {
  const mapping = map === undefined ? undefined : await readFile(map, "utf8");
  const created = await onWorkspace(options, (ratchet) =>
    ratchet.sources.create({
      source_id: id,
      kind,
      carries_outcomes: outcomes,
      ...(mapping === undefined ? {} : { mapping }),
      ...(vendor === undefined ? {} : { vendor }),
      ...(secret === undefined ? {} : { secret }),
    }),
  );
  if (options.json === true) return printJson(created);
  print(`Source ${id} is there. Its key, shown this once:\n  ${created.key}`);
}

async function rotateKey(id: string, options: WorkspaceOptions): Promise<void> {
  const rotated = await onWorkspace(options, (ratchet) => ratchet.sources.rotateKey(id));
  if (options.json === true) return printJson(rotated);
  print(`The new key of ${id}, shown this once:\n  ${rotated.key}\nThe old one no longer works.`);
  if (rotated.source.disabled_at !== null)
    print(`${id} is disabled, and refused with any key until: ratchet sources enable ${id}`);
}

async function setSource(id: string, { settings, map, secret, ...options }: SetOptions): Promise<void> {
  const told = {
    ...(settings === undefined ? {} : { settings: await readFile(settings, "utf8") }),
    ...(map === undefined ? {} : { mapping: await readFile(map, "utf8") }),
    ...(secret === undefined ? {} : { secret }),
  };
  const set = await onWorkspace(options, (ratchet) => ratchet.sources.set(id, told));
  if (options.json === true) return printJson(set);
  print(`${id} is read so from now on. What waits in quarantine: ratchet quarantine replay --source ${id}`);
}

async function checkSettings(path: string): Promise<void> {
  const loaded = await loadYaml(path, sourceSettingsDocumentSchema);
  if (loaded.kind === "ok") return print(`${path}: the settings are sound`);
  throw new CommandError(loaded.error.map(faultText).join("\n"));
}

async function disableSource(id: string, options: WorkspaceOptions): Promise<void> {
  const disabled = await onWorkspace(options, (ratchet) => ratchet.sources.disable(id));
  if (options.json === true) return printJson(disabled);
  print(`${id} is refused from now on. What it sent stays.`);
}

async function enableSource(id: string, options: WorkspaceOptions): Promise<void> {
  const enabled = await onWorkspace(options, (ratchet) => ratchet.sources.enable(id));
  if (options.json === true) return printJson(enabled);
  print(`${id} may send again, with the key that it has.`);
}

async function showRequests(id: string, options: WorkspaceOptions): Promise<void> {
  const { requests } = await onWorkspace(options, (ratchet) => ratchet.sources.requests(id));
  if (options.json === true) return printJson({ requests });
  if (requests.length === 0) return print(`No request of ${id} since the server started.`);
  const rows = requests.map(({ at, route, status, sent, accepted, duplicates, quarantined, ignored, fault }) => [
    time(at),
    route,
    String(status),
    count(sent),
    count(accepted),
    count(duplicates),
    count(quarantined),
    count(ignored),
    fault ?? "",
  ]);
  print(
    table(
      ["when (UTC)", "route", "status", "sent", "accepted", "duplicates", "quarantined", "ignored", "first fault"],
      rows,
    ),
  );
}

async function showQuarantine({ source, limit, ...options }: QuarantineOptions): Promise<void> {
  const query = { limit, ...(source === undefined ? {} : { source }) };
  const list = await onWorkspace(options, (ratchet) => ratchet.quarantine(query));
  if (options.json === true) return printJson(list);
  for (const { seq, source: from, position, released_at, reason, raw } of list.rows)
    print(`${seq} ${from} ${position}${released_at === null ? "" : " (let in since)"}\n  ${reason}\n  ${raw}`);
  print(
    `${count(list.rows.length)} shown; ${count(list.total)} in quarantine${source === undefined ? "" : ` from ${source}`}`,
  );
}

async function replayQuarantine({ source, seq, map, ...options }: ReplayOptions): Promise<void> {
  const rows = {
    ...(source === undefined ? {} : { source }),
    ...(seq === undefined ? {} : { seqs: [seq] }),
    ...(map === undefined ? {} : { mapping: await readFile(map, "utf8") }),
  };
  const done = await onWorkspace(options, (ratchet) => ratchet.replayQuarantine(rows));
  if (options.json === true) return printJson(done);
  print(
    `${count(done.replayed)} read again: ${count(done.released)} let in, ${count(done.still.length)} still do not fit.`,
  );
  if (done.not_replayable > 0)
    print(
      `${done.not_replayable === 1 ? "1 row comes" : `${count(done.not_replayable)} rows come`} back another way: import the file again, or mend it where it came from.`,
    );
  for (const { seq, message } of done.still.slice(0, 20)) print(`  row ${seq}: ${message}`);
}
