// `npm run bench`: times ours and its peers side by side on the same data, in turns, and prints medians and ratios.
//   --only NAME   rows whose name contains NAME, `scaling`, `ingest`, or `http`; may be given several times
//   --json        everything, with all samples, as JSON on stdout;  --markdown  tables for a page
//   --processor   processor time in place of time on the wall: for a machine that is busy with other things
//   --minutes N   how long the steady stream of `ingest` lasts; 1 unless told, 30 to see that memory does not grow
//   --strict      exit status 1 when a target is missed or answers differ
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { ensureCompiled } from "../scripts/build.mjs";
import { printDecisions, printIngest, printIngestHead, printStream } from "./ingest/report-ingest.mjs";
import { printHead, printMarkdown, printRow, printScaling, printSummary } from "./report.mjs";
import { INSTALL } from "./worker.mjs";

ensureCompiled();
// They import the compiled package.
const { measureRow } = await import("./compare.mjs");
const { ROWS } = await import("./rows.mjs");
const { measureScaling, SCALED } = await import("./scaling.mjs");
const { DECISIONS, measureDecisions } = await import("./ingest/measure-decisions.mjs");
const { BATCHES, measureBatch, measureStream, openBench, STREAM } = await import("./ingest/measure-ingest.mjs");

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    minutes: { type: "string", default: "1" },
    processor: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
  },
});
const isWanted = (name) => options.only === undefined || options.only.some((part) => name.includes(part));
const isForPeople = !options.json && !options.markdown;

const machine = {
  clock: options.processor ? "processor" : "wall",
  processors: cpus().length,
  model: cpus()[0]?.model ?? "unknown",
  node: process.versions.node,
};
if (isForPeople) printHead(machine);
const rows = [];
for (const row of ROWS.filter(({ name }) => isWanted(name))) {
  rows.push(await measureRow(row, options.processor ? "spend" : "time"));
  if (isForPeople) printRow(rows.at(-1));
}
const scaled = SCALED.filter(({ name }) => isWanted(`scaling ${name}`));
if (isForPeople && scaled.length > 0)
  console.log("\nprocessor time ~ n^exponent from n, 4n, 16n units; at most 1.5 is aimed at");
const scaling = [];
for (const estimator of scaled) {
  scaling.push(await measureScaling(estimator));
  if (isForPeople) printScaling(scaling.at(-1));
}

const ingest = [];
const batches = BATCHES.filter(({ name }) => isWanted(`ingest ${name}`));
const isStreamWanted = isWanted(`ingest ${STREAM.name}`);
if (batches.length > 0 || isStreamWanted) {
  if (isForPeople) printIngestHead();
  const bench = await openBench();
  for (const batch of batches) {
    ingest.push(await measureBatch(bench, batch, options.processor ? "processor" : "wall"));
    if (isForPeople) printIngest(ingest.at(-1));
  }
  if (isStreamWanted) {
    ingest.push(await measureStream(bench, { ms: Number(options.minutes) * 60_000 }));
    if (isForPeople) printStream(ingest.at(-1));
  }
  await bench.close();
}

const http = [];
if (isWanted(`http ${DECISIONS.name}`)) {
  const bench = await openBench();
  http.push(await measureDecisions(bench, options.processor ? "processor" : "wall"));
  if (isForPeople) printDecisions(http[0]);
  await bench.close();
}

if (options.json) console.log(JSON.stringify({ machine, rows, scaling, ingest, http }, null, 2));
else if (options.markdown) printMarkdown({ rows, scaling, ingest });
else printSummary({ rows, scaling, ingest, install: INSTALL });
const isFailed = [...rows.flatMap(({ lines }) => lines), ...scaling, ...ingest, ...http].some(
  ({ verdict }) => verdict !== "met" && verdict !== "-",
);
process.exit(options.strict && isFailed ? 1 : 0);
