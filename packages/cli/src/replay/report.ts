import type { ReplayCycle, ReplaySummary, ValueEstimate } from "@ratchet/simulator";
import type { LogProfile } from "@ratchet/server";

interface LogLine {
  readonly name: string;
  readonly objective: string;
  readonly baseline: string;
  readonly rows: number;
  readonly rejected: number;
  readonly pending: number;
}

interface CycleLine {
  readonly cycle: number;
  readonly rowsRead: number;
  readonly unitsUsed: number;
  readonly playbookVersion: number;
  readonly learned: readonly VerdictLine[];
  readonly moves: readonly string[];
  readonly proposal: string;
  readonly approvals: readonly string[];
  readonly redChecks: readonly string[];
  readonly evidence: string;
}

interface VerdictLine {
  readonly action: string;
  readonly baseline: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly remedy: string | null;
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** One cycle, reduced to what a reader of the run needs. */
export function cycleLine({ cycle, rowsRead, unitsUsed, playbookVersion, report, approvals }: ReplayCycle): CycleLine {
  return {
    cycle,
    rowsRead,
    unitsUsed,
    playbookVersion,
    learned: report.snapshot.actions.map(({ action, baseline, effect, verdict }) => ({
      action,
      baseline,
      verdict: verdict.word,
      sentence: verdict.sentence,
      remedy: verdict.remedy,
      difference: effect.kind === "estimate" ? effect.estimate : null,
      lower: effect.kind === "estimate" ? effect.sequence.lower : null,
      upper: effect.kind === "estimate" ? effect.sequence.upper : null,
    })),
    moves: report.moves,
    proposal: report.proposal,
    approvals,
    redChecks: report.snapshot.health.filter(({ state }) => state === "red").map(({ sentence }) => sentence),
    evidence: report.evidence,
  };
}

/** The log's line of the report. */
export function logLine(
  name: string,
  profile: LogProfile,
  { objective, baseline }: { readonly objective: string; readonly baseline: string },
): LogLine {
  return { name, objective, baseline, rows: profile.rows, rejected: profile.rejected, pending: profile.pending };
}

/** A cycle as lines of text: what was learned, then what was done about it. */
export function describeCycle(line: CycleLine): string {
  const head = `cycle ${String(line.cycle).padStart(3)}  ${String(line.rowsRead).padStart(7)} rows  ${String(line.unitsUsed).padStart(6)} used  playbook v${line.playbookVersion}`;
  const learned = line.learned.map(
    ({ action, verdict, difference, lower, upper }) => `${action}: ${verdict}${interval(difference, lower, upper)}`,
  );
  const done = [
    ...line.redChecks.map((check) => `health: ${check}`),
    ...line.moves,
    line.moves.length > 0 ? "" : line.proposal,
    ...line.approvals,
  ];
  return [
    `${head}  ${learned.join("; ")}`,
    ...done.filter((text) => text !== "").map((text) => `           ${text}`),
  ].join("\n");
}

/** The end of a run: values with their intervals, then what was promoted, undone, and what can be told. */
export function describeSummary(summary: ReplaySummary, verdicts: readonly VerdictLine[]): string {
  const rows: readonly (readonly [string, string])[] = [
    ["the loop, learning and holdout included", value(summary.loop)],
    [`its last playbook (v${summary.finalPlaybook.version}), on the whole log`, value(summary.final)],
    ["static baseline", value(summary.staticBaseline)],
    ...summary.actions.map(({ action, value: own }) => [`always "${action}"`, value(own)] as const),
    ["uniform", value(summary.uniform)],
    ["last playbook − uniform", value(summary.finalMinusUniform)],
    ...(summary.finalMinusBestAction === null
      ? []
      : [[`last playbook − always "${summary.bestAction ?? ""}"`, value(summary.finalMinusBestAction)] as const]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `${summary.objective} per unit, with 95 % intervals; ${summary.unitsUsed} of ${summary.rowsRead} rows used in ${summary.cycles} cycles`,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`),
    ...summary.promotions.map(
      (p) =>
        `promoted ${p.changeId} as v${p.playbookVersion}: ${p.rationale}. Whole log: ${value(p.onWholeLog)}${p.contradicted ? ": CONTRADICTED" : ""}`,
    ),
    ...summary.rolledBack.map(({ changeId, reason }) => `rolled back ${changeId}: ${reason}`),
    ...summary.rejected.map(({ changeId, reason }) => `rejected ${changeId}: ${reason}`),
    ...(summary.promotions.length + summary.rolledBack.length + summary.rejected.length === 0
      ? ["nothing was promoted, undone or rejected"]
      : []),
    "what the units used can tell:",
    ...verdicts.map(
      ({ action, baseline, verdict, sentence, remedy }) =>
        `  "${action}" against "${baseline}": ${verdict}. ${sentence}${remedy === null ? "" : `; ${remedy}`}`,
    ),
  ].join("\n");
}

/** The same object with snake_case keys, all the way down. Keys that are ids (actions, segments) are left as they are. */
export function snakeCased(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(snakeCased);
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, member]) =>
      /^[a-z][A-Za-z]*$/u.test(key)
        ? [
            key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`),
            key === "segments" ? member : snakeCased(member),
          ]
        : [key, snakeCased(member)],
    ),
  );
}

function value(estimate: ValueEstimate): string {
  if (estimate.kind === "refused") return `cannot tell: ${estimate.message}`;
  if (estimate.value === 0 && estimate.standardError === 0) return "0, as both choose alike";
  return `${short(estimate.value)} (${short(estimate.lower)} to ${short(estimate.upper)})`;
}

function interval(difference: number | null, lower: number | null, upper: number | null): string {
  return difference === null || lower === null || upper === null
    ? ""
    : ` ${short(difference)} (${short(lower)} to ${short(upper)})`;
}

function short(x: number): string {
  return Math.abs(x) < 5e-7 ? "0" : String(Number(x.toPrecision(4)));
}
