import type { Command } from "commander";
import type { RequestOf } from "@ratchet/protocol";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { count, print, printJson, time } from "../print.ts";

interface EraseOptions extends WorkspaceOptions {
  readonly by: string;
}

interface AllowedOptions extends WorkspaceOptions {
  readonly channel?: string;
}

interface SuppressOptions extends EraseOptions {
  readonly channel?: string;
}

interface LiftOptions extends SuppressOptions {
  readonly reason: string;
}

/** Commands for the people behind the surrogates. */
export function addPeople(program: Command): void {
  const people = program.command("people").description("who is behind the surrogates, and who may be contacted");
  withWorkspace(people.command("show"))
    .description("what is known about a person")
    .argument("<person>", "an e-mail address, a telephone number, an id of yours, or a surrogate (p_…)")
    .action(show);
  withWorkspace(people.command("allowed"))
    .description("may this person be contacted, and if not, which rule says so")
    .argument("<person>")
    .option("--channel <channel>", "such as email or phone; every channel where absent")
    .addHelpText("after", "\nExample:\n  ratchet people allowed ann@example.com --channel email")
    .action(allowed);
  withWorkspace(people.command("suppress"))
    .description("nobody may contact this person from now on")
    .argument("<person>")
    .requiredOption("--by <person>", "who you are, such as person:owner")
    .option("--channel <channel>", "such as email or phone; every channel where absent")
    .action(suppress);
  withWorkspace(people.command("lift"))
    .description("the suppressions of a person that stand were a mistake: the person may be contacted again")
    .argument("<person>")
    .requiredOption("--by <person>", "who you are, such as person:owner; it is written to the ledger")
    .requiredOption("--reason <text>", "why it was a mistake, without naming the person: the ledger keeps it for ever")
    .option("--channel <channel>", "only this channel's; all where absent")
    .action(lift);
  withWorkspace(program.command("erase"))
    .description("erase a person: no byte of who it is stays in the data directory; cannot be undone")
    .argument("<person>", "an e-mail address, a telephone number, an id of yours, or a surrogate (p_…)")
    .requiredOption("--by <person>", "who you are, such as person:owner; it is written to the ledger")
    .addHelpText("after", "\nExample:\n  ratchet erase ann@example.com --by person:owner")
    .action(erase);
}

async function show(person: string, options: WorkspaceOptions): Promise<void> {
  const found = await onWorkspace(options, (ratchet) => ratchet.people.find(person));
  if (options.json === true) return printJson(found);
  if (found.identifiers.length === 0) return print("Nothing is known about this person.");
  for (const { kind, value } of found.identifiers) print(`${kind}: ${value}`);
  print(`unit: ${found.unit_id ?? "none yet"}`);
  print(`account: ${found.account === null ? "none known" : `${found.account} (by ${found.account_by ?? ""})`}`);
  print(`in the facts as: ${found.refs.join(", ")}`);
}

async function allowed(person: string, { channel, ...options }: AllowedOptions): Promise<void> {
  const answer = await onWorkspace(options, (ratchet) => ratchet.people.allowed(person, channel));
  if (options.json === true) return printJson(answer);
  if (answer.allowed) return print("Yes: nothing that was recorded refuses.");
  const since = answer.since === null ? "" : ` since ${time(answer.since)}`;
  print(`No: ${answer.rule ?? ""}${since}, as ${answer.source ?? "somebody"} said.`);
}

async function suppress(person: string, { by, channel, ...options }: SuppressOptions): Promise<void> {
  const suppression: RequestOf<"suppress"> = {
    person,
    basis: "manual",
    source: by,
    message_id: `cli-${new Date().toISOString()}`,
    ...(channel === undefined ? {} : { channel }),
  };
  const answer = await onWorkspace(options, (ratchet) => ratchet.people.suppress(suppression));
  if (options.json === true) return printJson(answer);
  print(`Nobody may contact this person from now on${channel === undefined ? "" : ` by ${channel}`}.`);
}

async function lift(person: string, { by, reason, channel, ...options }: LiftOptions): Promise<void> {
  const lifting = { person, by, reason, ...(channel === undefined ? {} : { channel }) };
  const answer = await onWorkspace(options, (ratchet) => ratchet.people.lift(lifting));
  if (options.json === true) return printJson(answer);
  print(
    answer.allowed ? "Lifted. Nothing that was recorded refuses now." : `Lifted; ${answer.rule ?? ""} still refuses.`,
  );
}

async function erase(person: string, { by, ...options }: EraseOptions): Promise<void> {
  const erased = await onWorkspace(options, (ratchet) => ratchet.people.erase({ person, by }));
  if (options.json === true) return printJson(erased);
  print(
    `Erased (${erased.erasure_id}): ${count(erased.rows)} rows, ${count(erased.texts)} texts that named the person, ${count(erased.uploads)} uploaded files.`,
  );
  if (erased.suppressed) print("That nobody may contact this person was kept, under keyed hashes alone.");
}
