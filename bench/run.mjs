// `npm run bench`: times ours and its peers side by side on the same data, in turns, and prints medians and ratios.
//   --only NAME   rows whose name contains NAME, or `scaling`; may be given several times
//   --json        everything, with all samples, as JSON on stdout;  --markdown  tables for a page
//   --processor   processor time in place of time on the wall: for a machine that is busy with other things
//   --strict      exit status 1 when a target is missed or answers differ
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { ensureCompiled } from "../scripts/build.mjs";
import { printHead, printMarkdown, printRow, printScaling, printSummary } from "./report.mjs";
import { INSTALL } from "./worker.mjs";

ensureCompiled();
// They import the compiled package.
const { measureRow } = await import("./compare.mjs");
const { ROWS } = await import("./rows.mjs");
const { measureScaling, SCALED } = await import("./scaling.mjs");

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
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

if (options.json) console.log(JSON.stringify({ machine, rows, scaling }, null, 2));
else if (options.markdown) printMarkdown({ rows, scaling });
else printSummary({ rows, scaling, install: INSTALL });
const isFailed = [...rows.flatMap(({ lines }) => lines), ...scaling].some(
  ({ verdict }) => verdict !== "met" && verdict !== "-",
);
process.exit(options.strict && isFailed ? 1 : 0);
