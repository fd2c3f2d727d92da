import type { Command } from "commander";
import { replay, replayPolicy, type ReplayCycle, type ReplayInput, type ReplaySummary } from "@ratchet/simulator";
import {
  loadMapping,
  loadPolicy,
  openEmbeddedStores,
  profileLog,
  rowsInOrder,
  type ImportMapping,
  type LogProfile,
} from "@ratchet/server";
import { cycleLine, describeCycle, describeSummary, logLine, snakeCased } from "../replay/report.ts";

interface ReplayOptions {
  readonly map: string;
  readonly policy?: string;
  readonly objective?: string;
  readonly seed: string;
  readonly cycle?: string;
  readonly approve: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** Exit code of "not enough data": the log cannot answer, however long one runs. */
const NOT_ENOUGH_DATA = 3;

const EXAMPLES = `
Examples:
  ratchet replay mail.csv.gz --map map.yaml
  ratchet replay mail.csv --map map.yaml --objective spend --seed 7 --json
  ratchet replay mail.csv --map map.yaml --data ./run    keeps the run; then: ratchet decisions --data ./run, ratchet trace DECISION --data ./run`;

/** `ratchet replay`: the whole closed loop over a randomised log, as it would have gone live. */
export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("run the whole loop over a log whose actions were drawn at random")
    .argument("<file>", "CSV file, plain or .gz")
    .requiredOption("--map <file>", "which columns are unit, time, action, propensity, context and outcomes")
    .option(
      "--policy <file>",
      "what may be changed, and on whose approval (default: cautious, exploring evenly at first)",
    )
    .option("--objective <metric>", "outcome to improve (default: the map's objective)")
    .option("--seed <n>", "seed of every draw; the same seed gives the same bytes", "1")
    .option("--cycle <rows>", "rows of the log to a learning cycle (default: the map's, else 2000)")
    .option("--approve <who>", "all: scripted approvers say yes; none: changes wait for ever", "all")
    .option("--data <directory>", "keep the run in this empty directory, to trace decisions afterwards")
    .option("--json", "one JSON document on standard output")
    .addHelpText("after", EXAMPLES)
    .action(runReplay);
}

async function runReplay(path: string, options: ReplayOptions): Promise<void> {
  const mapping = withObjective(await loadMapping(options.map), options.objective);
  const profile = await profileLog({ path, mapping });
  const obstacle = obstacleIn(mapping, profile);
  if (obstacle !== null) return refuse(obstacle, mapping, { profile, options });
  const stores = options.data === undefined ? null : await openEmbeddedStores({ directory: options.data });
  try {
    const input = await inputFor(mapping, profile, options);
    const rows = rowsInOrder({ path, mapping }, profile);
    await print(replay({ ...input, rows, ...(stores === null ? {} : { stores }) }), {
      mapping,
      profile,
      json: options.json === true,
    });
  } finally {
    await stores?.close();
  }
}

/** The map with another objective. */
function withObjective(mapping: ImportMapping, asked: string | undefined): ImportMapping {
  if (asked === undefined) return mapping;
  const metric = mapping.metrics.find(({ id }) => id === asked);
  if (metric === undefined) {
    throw new Error(
      `the map has no outcome "${asked}"; its outcomes are ${mapping.metrics.map(({ id }) => id).join(", ")}`,
    );
  }
  return { ...mapping, objective: metric.id };
}

/** Why this log can answer nothing, however it is run; null where it can be replayed. */
function obstacleIn({ randomised, baseline }: ImportMapping, profile: LogProfile): string | null {
  if (!randomised) {
    return "the map says that nobody drew these actions at random (assignment: observational), so what another action would have brought is not in this log";
  }
  if (profile.rows === 0)
    return `no row of the log could be used (${profile.rejected} rejected, ${profile.pending} without an outcome yet)`;
  if (profile.actions.length < 2) return `the log took one action only ("${baseline}")`;
  return profile.leastPropensity === null ? "some rows have no propensity" : null;
}

function refuse(
  obstacle: string,
  mapping: ImportMapping,
  { profile, options }: { readonly profile: LogProfile; readonly options: ReplayOptions },
): void {
  const remedy = "give a share of units a random action, or keep a holdout, and replay that log";
  process.exitCode = NOT_ENOUGH_DATA;
  if (options.json === true) {
    printJson({
      log: logLine(mapping.name, profile, mapping),
      cycles: [],
      verdict: "cannot tell",
      sentence: obstacle,
      remedy,
      proposals: 0,
      summary: null,
    });
    return;
  }
  process.stdout.write(`cannot tell: ${obstacle}.\nNothing was proposed. What would make it tellable: ${remedy}.\n`);
}

async function inputFor(
  mapping: ImportMapping,
  profile: LogProfile,
  options: ReplayOptions,
): Promise<Omit<ReplayInput, "rows">> {
  const lever: ReplayInput["lever"] = {
    kind: "choice",
    name: mapping.point,
    point: mapping.point,
    actions: profile.actions,
    baseline: mapping.baseline,
    segmentBy: mapping.segments,
    decisionWindowMs: 0,
  };
  const basics = {
    name: mapping.name,
    lever,
    metrics: mapping.metrics,
    objective: mapping.objective,
    guardrails: mapping.guardrails,
    rows: profile.rows,
  };
  return {
    lever,
    policy: options.policy === undefined ? replayPolicy(basics) : await loadPolicy(options.policy),
    cycleRows: options.cycle === undefined ? mapping.cycleRows : wholeNumber("--cycle", options.cycle, 1),
    leastPropensity: profile.leastPropensity ?? 1,
    seed: wholeNumber("--seed", options.seed, 0),
    approve: approver(options.approve),
  };
}

interface Printing {
  readonly mapping: ImportMapping;
  readonly profile: LogProfile;
  readonly json: boolean;
}

async function print(
  run: AsyncGenerator<ReplayCycle, ReplaySummary>,
  { mapping, profile, json }: Printing,
): Promise<void> {
  const log = logLine(mapping.name, profile, mapping);
  const cycles: ReturnType<typeof cycleLine>[] = [];
  if (!json) process.stdout.write(opening(log, profile));
  let step = await run.next();
  for (; step.done !== true; step = await run.next()) {
    const line = cycleLine(step.value);
    cycles.push(line);
    if (!json) process.stdout.write(`${describeCycle(line)}\n`);
  }
  const verdicts = cycles.at(-1)?.learned ?? [];
  if (json) printJson({ log, cycles, verdicts, summary: step.value });
  else process.stdout.write(`\n${describeSummary(step.value, verdicts)}\n`);
}

function opening(log: ReturnType<typeof logLine>, profile: LogProfile): string {
  const rejected = profile.rejectedByCode.map(({ code, rows }) => `${code} ${rows}`).join(", ");
  const skipped =
    profile.rejected === 0
      ? ""
      : `; ${profile.rejected} rejected (${rejected}), first: ${profile.examples[0]?.position ?? ""} ${profile.examples[0]?.reason ?? ""}`;
  return `${log.name}: ${log.rows} rows${skipped}; objective ${log.objective}, baseline "${log.baseline}"\n`;
}

function printJson(body: unknown): void {
  process.stdout.write(`${JSON.stringify(snakeCased(body), null, 2)}\n`);
}

function wholeNumber(option: string, text: string, least: number): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < least)
    throw new Error(`${option} must be a whole number from ${least} up, got "${text}"`);
  return n;
}

function approver(text: string): "all" | "none" {
  if (text === "all" || text === "none") return text;
  throw new Error(`--approve must be all or none, got "${text}"`);
}
