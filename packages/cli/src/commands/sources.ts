import { readFile } from "node:fs/promises";
import { durationSchema, sourceSettingsDocumentSchema, type RequestOf, type SourceView } from "@ratchet/protocol";
import { faultText, loadYaml } from "@ratchet/server";
import { InvalidArgumentError, type Command } from "commander";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { wholeNumber } from "../option-values.ts";
import { secretFrom, withSecret, type SecretOptions } from "../secret-option.ts";
import { count, duration, percent, print, printJson, table, time } from "../print.ts";

type Kind = RequestOf<"createSource">["kind"];
const KINDS: readonly Kind[] = ["api", "segment", "cloudevents", "webhook", "file"];

interface CreateOptions extends WorkspaceOptions, SecretOptions {
  readonly kind: Kind;
  readonly vendor?: string;
  readonly map?: string;
  readonly outcomes: boolean;
}

interface SetOptions extends WorkspaceOptions, SecretOptions {
  readonly settings?: string;
  readonly map?: string;
}

interface RotateOptions extends WorkspaceOptions, SecretOptions {
  readonly overlap: string;
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

const CREATE_EXAMPLES = `
Examples:
  ratchet sources create website --kind segment
  ratchet sources create mailer --kind webhook --vendor sendgrid --secret - < key.pem`;

const ROTATE_EXAMPLES = `
Examples:
  ratchet sources rotate website                          the old key holds for another 24 hours
  ratchet sources rotate website --overlap 0              it was seen by somebody: refuse it now
  ratchet sources rotate mailer --secret-env NEW_SECRET   what both secrets sign is taken`;

/** Commands for what comes in: who sends, what became of it, and what did not fit. */
export function addSources(program: Command): void {
  const sources = program.command("sources").description("who sends signals, each with a key of its own");
  withWorkspace(sources.command("list"))
    .description("every source, and what became of what it sent")
    .action(listSources);
  withSecret(withWorkspace(sources.command("create")))
    .description("add a source; its key is shown once")
    .argument("<source>", "its name: lower-case letters, digits and hyphens")
    .requiredOption("--kind <kind>", `how its messages are read: ${KINDS.join(", ")}`, kindOf)
    .option("--vendor <vendor>", "whose webhooks, with --kind webhook")
    .option("--map <file>", "how the webhooks of another vendor are read (examples/webhook-mappings)")
    .option("--no-outcomes", "its signals may never count as outcomes: whoever sends them could gain by forging them")
    .addHelpText("after", CREATE_EXAMPLES)
    .action(createSource);
  withSecret(withWorkspace(sources.command("rotate")))
    .description(
      "give a source a new key, or say what its vendor signs with from now on; the old one holds a while longer",
    )
    .argument("<source>")
    .option("--overlap <duration>", "for how long, such as 30m or 7d; 0 ends the old one at once", overlapOf, "24h")
    .addHelpText("after", ROTATE_EXAMPLES)
    .action(rotateSource);
  withSecret(withWorkspace(sources.command("set")))
    .description("say what a webhook source's words mean, or mend its mapping or a wrong secret")
    .argument("<source>")
    .option("--settings <file>", "call dispositions, pipelines with their stages, currency")
    .option("--map <file>", "another mapping of a vendor that is not known by heart")
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
    .argument("<source>", 'or "unknown key" for requests whose key nobody has, or was not read')
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

/** A duration in the server's words; plain 0 is one, too. */
function overlapOf(text: string): string {
  const overlap = text === "0" ? "0s" : text;
  if (durationSchema.safeParse(overlap).success) return overlap;
  throw new InvalidArgumentError("It must be a duration such as 30m, 24h or 7d, or 0.");
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
    ({ source_id, kind, vendor, carries_outcomes, disabled_at, keys, secrets, tally, waiting, clock, delays }) => [
      source_id,
      vendor === null ? kind : `${kind} (${vendor})`,
      disabled_at === null ? (carries_outcomes ? "in use" : "in use, no outcomes") : "disabled",
      endsText(kind === "webhook" ? secrets : keys),
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
    "key or secret",
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

/** "…aB3x, …9fQ2 until 2026-03-02 00:00". */
function endsText(live: SourceView["keys"]): string {
  if (live.length === 0) return "–";
  return live.map(({ ends, until }) => `…${ends ?? ""}${until === null ? "" : ` until ${time(until)}`}`).join(", ");
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

async function createSource(id: string, options: CreateOptions): Promise<void> {
  const { kind, vendor, map, outcomes } = options;
  const secret = await secretFrom(options);
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
  const { vendor: called } = created.source;
  print(`Source ${id} is there. Its key, shown this once:\n  ${created.key}`);
  if (called !== null) print(`${called} is known by its signature, and calls /hooks/${called}/${id}`);
}

async function rotateSource(id: string, options: RotateOptions): Promise<void> {
  const secret = await secretFrom(options);
  const { overlap } = options;
  if (secret === undefined) return rotateKey(id, options);
  const rotated = await onWorkspace(options, (ratchet) => ratchet.sources.rotateSecret(id, { secret, overlap }));
  if (options.json === true) return printJson(rotated);
  print(`What the new secret of ${id} signs is taken. ${formerText("secret", rotated.secrets)}`);
}

async function rotateKey(id: string, { overlap, ...options }: RotateOptions): Promise<void> {
  const rotated = await onWorkspace(options, (ratchet) => ratchet.sources.rotateKey(id, { overlap }));
  if (options.json === true) return printJson(rotated);
  print(`The new key of ${id}, shown this once:\n  ${rotated.key}\n${formerText("key", rotated.source.keys)}`);
  if (rotated.source.disabled_at !== null)
    print(`${id} is disabled, and refused with any key until: ratchet sources enable ${id}`);
}

/** What became of the one that was replaced. */
function formerText(what: "key" | "secret", live: SourceView["keys"]): string {
  const former = live.find(({ until }) => until !== null);
  if (former === undefined || former.until === null) return `No other ${what} holds.`;
  const which = former.ends === null ? "" : `, …${former.ends},`;
  return `The ${what} before it${which} holds until ${time(former.until)} UTC.`;
}

async function setSource(id: string, options: SetOptions): Promise<void> {
  const { settings, map } = options;
  const secret = await secretFrom(options);
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
