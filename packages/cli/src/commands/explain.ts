import type { Command } from "commander";
import type { DecisionDetailView, DecisionRecordView } from "@ratchet/protocol";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { percent, print, printJson, table, time } from "../print.ts";

const EXPLAIN_EXAMPLES = `
Examples:
  ratchet explain dec_1f0c…                       find decisions with: ratchet decisions
  ratchet explain dec_1f0c… --url http://localhost:4600 --json`;

/** `ratchet explain` and `ratchet replay-decision`. */
export function addExplain(program: Command): void {
  withWorkspace(program.command("explain"))
    .description("why a decision came out as it did, and what would have changed it")
    .argument("<decision>", "a decision id, dec_…")
    .addHelpText("after", EXPLAIN_EXAMPLES)
    .action(explain);
  withWorkspace(program.command("replay-decision"))
    .description("make a decision again from its record alone; exit status 1 where it comes out otherwise")
    .argument("<decision>", "a decision id, dec_…")
    .action(replayDecision);
}

async function explain(id: string, options: WorkspaceOptions): Promise<void> {
  const decision = await onWorkspace(options, (ratchet) => ratchet.decision(id));
  if (options.json === true) printJson(decision);
  else print(explanation(decision));
}

function explanation(decision: DecisionDetailView): string {
  const { decision_id, action, unit_id, point, decided_at, reasons, record } = decision;
  return [
    `${decision_id}: "${action}" for unit ${unit_id} at point "${point}", ${time(decided_at)} UTC`,
    ...reasons.map((reason) => `  because ${reason}`),
    ...(record === undefined
      ? ["", "There is no record of what it was made from: it was imported, or that was erased."]
      : recordText(record)),
  ].join("\n");
}

function recordText({
  candidates,
  funnel,
  score,
  what_would_have_changed_it,
  draw,
  playbook,
}: DecisionRecordView): readonly string[] {
  return [
    "",
    ...(candidates.length === 0
      ? []
      : [
          table(
            ["could have been", "chance"],
            candidates.map(({ action, probability }) => [action, percent(probability)]),
          ),
          "",
        ]),
    ...funnel
      .filter(({ removed }) => removed.length > 0)
      .map(
        ({ rule, before, after, removed }) =>
          `rule ${rule}: ${before} → ${after} candidates; ${removed.map(({ action, why }) => `"${action}": ${why}`).join("; ")}`,
      ),
    ...(score === null ? [] : scoreText(score)),
    what_would_have_changed_it,
    `The draw was ${draw.toPrecision(6)}; the playbook is ${playbook.slice(0, 12)}…`,
  ];
}

function scoreText({
  of,
  score,
  calibrated,
  intercept,
  contributions,
}: NonNullable<DecisionRecordView["score"]>): readonly string[] {
  if (score === null) return [`${of} was not known`];
  if (contributions.length === 0) return [`${of} was ${score}`];
  return [
    table(
      ["feature", "value", "weight", "points"],
      [
        ["(intercept)", "", "", String(intercept)],
        ...contributions.map(({ feature, value, weight, points }) => [
          feature,
          value === null ? "–" : String(value),
          String(weight),
          short(points),
        ]),
      ],
    ),
    `Score ${short(score)}: ${percent(calibrated ?? 0)} expected`,
    "",
  ];
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}

async function replayDecision(id: string, options: WorkspaceOptions): Promise<void> {
  const replayed = await onWorkspace(options, (ratchet) => ratchet.replayDecision(id));
  if (options.json === true) printJson(replayed);
  else if (replayed.same) print(replayed.sentence);
  if (!replayed.same) throw new CommandError(replayed.sentence);
}
