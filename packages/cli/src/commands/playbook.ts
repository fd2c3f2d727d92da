import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import {
  faultText,
  loadPlaybook,
  loadYaml,
  parsePlaybook,
  playbookDifferences,
  yamlText,
  type PlaybookLevers,
} from "@ratchet/server";
import { playbookDocumentSchema } from "@ratchet/protocol";
import type { RatchetApi } from "@ratchet/sdk";
import { onWorkspace, openWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { print, printJson } from "../print.ts";

const SHOW_EXAMPLES = `
Examples:
  ratchet playbook show                           the one in force, as YAML
  ratchet playbook show v3 > before.yaml`;

const DIFF_EXAMPLES = `
Examples:
  ratchet playbook diff v3 v4
  ratchet playbook diff mine.yaml                 what it would change about the one in force
  ratchet playbook diff mine.yaml theirs.yaml     needs no workspace`;

const INIT_EXAMPLES = `
Examples:
  ratchet init --playbook examples/gtm/playbook.yaml --policy examples/gtm/policy.yaml
  ratchet init --playbook mine.yaml --data /var/lib/ratchet`;

/** `ratchet playbook show | diff | validate` and `ratchet init`. */
export function addPlaybook(program: Command): void {
  const playbook = program.command("playbook").description("how Ratchet decides: levers, parameters, segments");
  withWorkspace(playbook.command("show"))
    .description("a version of the playbook as a document")
    .argument("[version]", "such as v3; the one in force where absent")
    .addHelpText("after", SHOW_EXAMPLES)
    .action(show);
  withWorkspace(playbook.command("diff"))
    .description("what makes one playbook decide otherwise than another, in words")
    .argument("<from>", "a version such as v3, or a file")
    .argument("[to]", "a version or a file; the one in force where absent")
    .addHelpText("after", DIFF_EXAMPLES)
    .action(diff);
  playbook
    .command("validate")
    .description("every fault of a playbook, with its line and column")
    .argument("<file>", "the playbook, YAML")
    .option("--json", "print the faults as JSON")
    .action(validate);
  withWorkspace(program.command("init"))
    .description("set an empty workspace up from a playbook")
    .requiredOption("--playbook <file>", "the playbook, YAML")
    .option("--policy <file>", "what may be changed about it, YAML; a cautious default where absent")
    .addHelpText("after", INIT_EXAMPLES)
    .action(init);
}

async function show(version: string | undefined, options: WorkspaceOptions): Promise<void> {
  const view = await onWorkspace(options, (ratchet) => ratchet.playbook(versionQuery(version)));
  if (options.json === true) printJson(view);
  else print(yamlText(view.document ?? {}).trimEnd());
}

async function diff(from: string, to: string | undefined, options: WorkspaceOptions): Promise<void> {
  const needsWorkspace = [from, to].some((name) => name === undefined || !isFile(name));
  const read = async (ratchet: RatchetApi | null): Promise<readonly [PlaybookLevers, PlaybookLevers]> => [
    await leversOf(from, ratchet),
    await leversOf(to, ratchet),
  ];
  // What a file would change reads from what is in force to the file.
  const isAboutFile = to === undefined && isFile(from);
  const [a, b] = needsWorkspace ? await onWorkspace(options, read) : await read(null);
  const sentences = isAboutFile ? playbookDifferences(b, a) : playbookDifferences(a, b);
  if (options.json === true) printJson({ differences: sentences });
  else print(sentences.length === 0 ? "both decide the same" : sentences.join("\n"));
}

async function leversOf(name: string | undefined, ratchet: RatchetApi | null): Promise<PlaybookLevers> {
  if (name !== undefined && isFile(name)) return loadPlaybook(name);
  if (ratchet === null) throw new CommandError(`there is no file ${name ?? ""}`);
  const { document = {} } = await ratchet.playbook(versionQuery(name));
  return parsePlaybook(document);
}

function isFile(name: string): boolean {
  return !/^v?\d+$/u.test(name) && existsSync(name);
}

function versionQuery(version: string | undefined): { readonly version?: number } {
  if (version === undefined) return {};
  const number = /^v?(\d+)$/u.exec(version)?.[1];
  if (number === undefined) throw new CommandError(`"${version}" is neither a version such as v3 nor a file`);
  return { version: Number(number) };
}

async function validate(path: string, { json }: { readonly json?: boolean }): Promise<void> {
  const loaded = await loadYaml(path, playbookDocumentSchema);
  const faults = loaded.kind === "ok" ? [] : loaded.error;
  if (json === true) printJson({ file: path, faults });
  if (loaded.kind === "ok") {
    const { metadata, levers } = loaded.value;
    if (json !== true) print(`${path}: playbook "${metadata.id}" is sound (${levers.length} levers)`);
    return;
  }
  const number = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  throw new CommandError([...(json === true ? [] : faults.map(faultText)), `${path} has ${number}`].join("\n"));
}

interface InitOptions extends WorkspaceOptions {
  readonly playbook: string;
  readonly policy?: string;
}

async function init({ playbook, policy, ...options }: InitOptions): Promise<void> {
  const request = {
    playbook: await readFile(playbook, "utf8"),
    ...(policy === undefined ? {} : { policy: await readFile(policy, "utf8") }),
  };
  const run = options.url === undefined ? openWorkspace : onWorkspace;
  const made = await run(options, (ratchet) => ratchet.setUp(request));
  if (options.json === true) printJson(made);
  else
    print(
      [made.sentence, ...made.levers.map(({ name, kind, point }) => `  ${name}: ${kind} at "${point}"`)].join("\n"),
    );
}
