import type { KeyView, RequestOf } from "@ratchet/protocol";
import { InvalidArgumentError, type Command } from "commander";
import { onWorkspace, openWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { print, printJson, table, time } from "../print.ts";

type Scope = RequestOf<"createKey">["scopes"][number];
const SCOPES: readonly Scope[] = ["ingest", "decide", "read", "manage"];

interface CreateOptions extends WorkspaceOptions {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly test?: boolean;
  readonly agent?: boolean;
  readonly expires?: string;
}

interface RotateOptions extends WorkspaceOptions {
  readonly overlap?: string;
}

const EXAMPLES = `
Examples:
  ratchet keys create --name website --scope decide,ingest
  ratchet keys create --name "nightly report" --scope read --expires 90d
  ratchet keys create --name "outreach agent" --scope decide,ingest,read --agent
A program sends it as "Authorization: Bearer rk_live_…"; commands of ratchet send what is in RATCHET_KEY.`;

/** Keys of programs. A source of signals has a key of its own: ratchet sources. */
export function addKeys(program: Command): void {
  const keys = program.command("keys").description("what programs are let in by; sources have keys of their own");
  withWorkspace(keys.command("list", { isDefault: true }))
    .description("every key, never its secret")
    .action(listKeys);
  withWorkspace(keys.command("create"))
    .description("make a key; its secret is shown once")
    .requiredOption("--name <name>", "what it is for")
    .requiredOption("--scope <scopes>", `what it may, with commas: ${SCOPES.join(", ")}`, scopesOf)
    .option("--test", "its decisions are marked as tests, and nothing learns from them")
    .option("--agent", "for an AI agent: it may ask and report, whatever its scopes say")
    .option("--expires <duration>", "how long it lives, such as 90d; for ever unless told")
    .addHelpText("after", EXAMPLES)
    .action(createKey);
  withWorkspace(keys.command("rotate"))
    .description("give a key a new secret, shown once")
    .argument("<key>", "its id, as ratchet keys list shows it")
    .option("--overlap <duration>", "how long the former secret still works; 0h ends it at once", "24h")
    .action(rotateKey);
  withWorkspace(keys.command("revoke")).description("end a key, now and for good").argument("<key>").action(revokeKey);
}

function scopesOf(text: string): readonly Scope[] {
  return text.split(",").map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (scope === undefined) throw new InvalidArgumentError(`"${word}" is none of ${SCOPES.join(", ")}.`);
    return scope;
  });
}

async function listKeys(options: WorkspaceOptions): Promise<void> {
  const list = await onWorkspace(options, (ratchet) => ratchet.access.keys());
  if (options.json === true) return printJson(list);
  if (list.keys.length === 0)
    return print("No key yet. Make one: ratchet keys create --name website --scope decide,ingest");
  const heads = ["key", "name", "may", "state", "secrets end in", "expires", "last used (UTC)"];
  print(table(heads, list.keys.map(rowOf)));
}

function rowOf(key: KeyView): readonly string[] {
  const kind = [key.mode === "test" ? "test" : "", key.agent ? "agent" : ""].filter((word) => word !== "").join(", ");
  return [
    key.key_id,
    key.name,
    `${key.scopes.join(", ")}${kind === "" ? "" : ` (${kind})`}`,
    key.state === "live" ? "in use" : key.state,
    key.secrets
      .map(({ last_four, ends_at }) => `…${last_four}${ends_at === null ? "" : ` until ${time(ends_at)}`}`)
      .join(", "),
    key.expires_at === null ? "never" : time(key.expires_at),
    key.last_used_at === null ? "never" : time(key.last_used_at),
  ];
}

/** A first key may be made before there is anything else: a server that others reach does not start without one. */
async function createKey(options: CreateOptions): Promise<void> {
  const wish = {
    name: options.name,
    scopes: [...options.scope],
    ...(options.test === true ? { mode: "test" as const } : {}),
    ...(options.agent === true ? { agent: true } : {}),
    ...(options.expires === undefined ? {} : { expires_in: options.expires }),
  };
  const run = options.url === undefined ? openWorkspace : onWorkspace;
  const made = await run(options, (ratchet) => ratchet.access.createKey(wish));
  if (options.json === true) return printJson(made);
  print(`Key ${made.key.key_id} for ${made.key.scopes.join(", ")}. Its secret, shown this once:\n${made.secret}`);
}

async function rotateKey(id: string, options: RotateOptions): Promise<void> {
  const { overlap } = options;
  const made = await onWorkspace(options, (ratchet) =>
    ratchet.access.rotateKey(id, overlap === undefined ? {} : { overlap }),
  );
  if (options.json === true) return printJson(made);
  const until = made.key.secrets[1]?.ends_at ?? null;
  print(`Key ${id} has a new secret, shown this once:\n${made.secret}`);
  print(until === null ? "The former one has ended." : `The former one works until ${time(until)} UTC.`);
}

async function revokeKey(id: string, options: WorkspaceOptions): Promise<void> {
  const key = await onWorkspace(options, (ratchet) => ratchet.access.revokeKey(id));
  if (options.json === true) return printJson(key);
  print(`Key ${id} (${key.name}) is revoked.`);
}
