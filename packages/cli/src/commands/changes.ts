import type { Command } from "commander";
import type { ChangeView } from "@ratchet/protocol";
import type { RatchetApi } from "@ratchet/sdk";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { percent, print, printJson, table, time } from "../print.ts";

interface RulingOptions extends WorkspaceOptions {
  readonly by: string;
  readonly role: string;
  readonly comment?: string;
  readonly revision?: string;
}

interface UndoOptions extends WorkspaceOptions {
  readonly by: string;
  readonly reason: string;
}

const EXAMPLES = `
Examples:
  ratchet changes list
  ratchet changes show chg_0d23a7339212
  ratchet changes approve chg_0d23a7339212 --by person:owner --role lever-owner --comment "as discussed"
  ratchet changes undo chg_0d23a7339212 --by person:owner --reason "complaints from the field"

Exit code 2: the change, the person or the role does not allow it.`;

/** `ratchet changes …`: what the engine wants to change, and a person's word on it. */
export function addChanges(program: Command): void {
  const changes = program
    .command("changes")
    .description("what the engine wants to change, and your word on it")
    .addHelpText("after", EXAMPLES);
  withWorkspace(changes.command("list", { isDefault: true }))
    .description("all changes, newest first")
    .action(listChanges);
  withWorkspace(changes.command("show"))
    .description("one change with its diff, evidence and history")
    .argument("<change>")
    .action(showChange);
  ruling(changes, "approve", "approve exactly the bytes that are there now");
  ruling(changes, "reject", "reject a change that has not started");
  withWorkspace(changes.command("undo"))
    .description("take a running change back; needs no role")
    .argument("<change>")
    .requiredOption("--by <person>", "who you are, such as person:owner")
    .requiredOption("--reason <text>", "why; it stays on record")
    .action(undoChange);
}

function ruling(changes: Command, word: "approve" | "reject", description: string): void {
  withWorkspace(changes.command(word))
    .description(description)
    .argument("<change>")
    .requiredOption("--by <person>", "who you are, such as person:owner")
    .requiredOption("--role <role>", "the role that you speak in, such as lever-owner")
    .option("--comment <text>", "why; it stays on record")
    .option("--revision <digest>", "the revision you looked at; without it, the current one")
    .action((id: string, options: RulingOptions) => rule(word, id, options));
}

async function listChanges(options: WorkspaceOptions): Promise<void> {
  const list = await onWorkspace(options, (ratchet) => ratchet.changes());
  if (options.json === true) return printJson(list);
  if (list.changes.length === 0) return print("No change has been proposed yet: the evidence did not ask for one.");
  const rows = list.changes.map((change) => [
    change.id,
    change.status,
    percent(change.share),
    change.tier ?? "–",
    time(change.since),
    change.title,
  ]);
  print(table(["change", "status", "share", "tier", "since (UTC)", "what"], rows));
}

async function showChange(id: string, options: WorkspaceOptions): Promise<void> {
  show(await onWorkspace(options, (ratchet) => ratchet.change(id)), options);
}

async function rule(
  word: "approve" | "reject",
  id: string,
  { by, role, comment, revision, ...options }: RulingOptions,
): Promise<void> {
  const speak = async (ratchet: RatchetApi): Promise<ChangeView> => {
    const seen = revision ?? (await ratchet.change(id)).revision;
    return ratchet[word](id, { by, role, revision: seen, ...(comment === undefined ? {} : { comment }) });
  };
  show(await onWorkspace(options, speak), options);
}

async function undoChange(id: string, { by, reason, ...options }: UndoOptions): Promise<void> {
  show(await onWorkspace(options, (ratchet) => ratchet.undo(id, { by, reason })), options);
}

function show(change: ChangeView, { json }: WorkspaceOptions): void {
  if (json === true) printJson(change);
  else print(changeText(change));
}

function changeText(change: ChangeView): string {
  const { predicted, verdict, rollout } = change;
  return [
    `${change.id}: ${change.title}`,
    `${change.status} since ${time(change.since)} UTC, by ${change.author}, on playbook v${change.based_on}${change.promoted_as === null ? "" : `, promoted as v${change.promoted_as}`}`,
    ...change.edits.flatMap(({ segment, rows }) => [
      "",
      `In ${segment}`,
      table(
        ["action", "now", "proposed", "allowed"],
        rows.map((row) => [
          row.action,
          percent(row.now),
          percent(row.proposed),
          `${percent(row.min)} to ${percent(row.max)}`,
        ]),
      ),
    ]),
    "",
    `Expected: ${predicted.kind === "estimate" ? predicted.sentence : predicted.message}`,
    `Affects: ${percent(change.audience_share)} of the units`,
    ...change.cannot_detect.map((what) => `Cannot show: ${what}`),
    ...(verdict === null
      ? []
      : [`Policy: ${verdict.kind.replace("_", " ")}, tier ${verdict.tier}, impact ${verdict.score.toFixed(1)} of 100`]),
    ...(verdict?.findings ?? [])
      .filter(({ outcome }) => outcome === "forbidden")
      .map(({ rule, message }) => `  forbidden by ${rule}: ${message}`),
    ...change.approvals.map(
      ({ by, role, comment }) => `Approved: ${by} as ${role}${comment === "" ? "" : `: ${comment}`}`,
    ),
    ...change.approvals_missing.map(({ role, count, people }) => `Missing: ${count} × ${role} (${people.join(", ")})`),
    ...(rollout === null ? [] : [`Rollout: ${percent(rollout.share)} of the units now, ${rollout.units} seen so far`]),
    `Undo: ${change.rollback_rule}`,
    ...(change.reason === null ? [] : [`Ended: ${change.reason}`]),
    "",
    ...change.timeline.map(({ at, sentence }) => `  ${time(at)}  ${sentence}`),
    "",
    `Revision ${change.revision}`,
  ].join("\n");
}
