// `node scripts/draw-simulations.mjs [PART …]`: runs the simulations of packages/stats (all parts of the page, or the named ones) and
// writes what came of them into docs/explanation/statistics: measured.json, the pictures, and the tables between the marks of
// README.md. With `--redraw` it only draws anew from measured.json.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { ensureCompiled } from "./build.mjs";
import { lineChart } from "./line-chart.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGE = join(ROOT, "docs/explanation/statistics");
const PRINT_WIDTH = 120;

const FIGURES = join(PAGE, "measured.json");

const parts = process.argv.slice(2).filter((word) => word !== "--redraw");
if (!process.argv.includes("--redraw")) await measure(parts);
const measured = JSON.parse(readFileSync(FIGURES, "utf8"));
writeFileSync(join(PAGE, "coverage-by-size.svg"), coverageChart(measured.bySize));
writeFileSync(join(PAGE, "alarms-by-look.svg"), alarmsChart(measured.looks.curves));
writeFileSync(join(PAGE, "sample-ratio.svg"), sampleRatioChart(measured.sampleRatio));
writeTables();

async function measure(names) {
  ensureCompiled();
  const program = join(ROOT, "packages/stats/dist/simulations/main.js");
  const { status, stdout } = spawnSync(process.execPath, [program, ...names], {
    encoding: "utf8",
    maxBuffer: 1e9,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`the simulations ended with status ${status}`);
  const before = names.length > 0 ? JSON.parse(readFileSync(FIGURES, "utf8")) : {};
  const figures = JSON.stringify({ ...before, ...JSON.parse(stdout) });
  writeFileSync(FIGURES, await format(figures, { parser: "json", printWidth: PRINT_WIDTH }));
}

function coverageChart(bySize) {
  const shown = bySize.map((part) => ({
    ...part,
    methods: part.methods.filter(({ method }) => method !== "regression, HC2"),
  }));
  return lineChart({
    title: "Coverage of 95 % intervals against sample size",
    description:
      "Three panels. For a difference of two rates Wald covers far less than 95 % below 80 units an arm while Newcombe, Miettinen-Nurminen and Agresti-Caffo do not. For a skewed mean all intervals reach 95 % by some hundred units. With whole clusters treated, errors that count clusters cover about 95 % from a dozen of them on.",
    panels: shown.map(({ title, sizeName, sizes, methods, runs }) => ({
      title,
      xName: sizeName,
      yName: "share of runs whose interval held the truth",
      xs: sizes,
      logX: true,
      xTicks: sizes.filter((_, i) => i % 2 === 0),
      yTicks: [0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98, 1],
      target: 0.95,
      band: fourStandardErrors(0.95, runs),
      series: methods.map(({ method, covered }) => ({ name: method, values: covered })),
    })),
  });
}

function alarmsChart([peeked, bounded]) {
  const panel = ({ lookName, looks, methods, runs }, more) => ({
    xName: lookName,
    yName: "share of runs that have been wrong by then",
    xs: looks,
    logX: true,
    xTicks: [10, 100, 1000, 10_000],
    target: 0.05,
    band: fourStandardErrors(0.05, runs),
    series: methods.map(({ method, alarmed }, i) => ({ name: method, values: alarmed, emphasis: i === 0 })),
    ...more,
  });
  const plain = panel(bounded, { title: `Confidence sequences: ${bounded.title}`, yTicks: ticks(0.08, 0.01) });
  return lineChart({
    title: "False alarms against the number of looks",
    description:
      "Three panels. In an A/A a z-test that is looked at after every pair of units has called a difference in nearly four of ten runs by 10,000 looks; every sequential test stays below 5 %. Confidence sequences of a bounded mean have left out the truth in fewer than 5 % of runs.",
    panels: [
      panel(peeked, { title: `A z-test peeked at, and sequential tests`, yTicks: ticks(0.5, 0.1) }),
      panel(peeked, { title: "The same, enlarged", legend: false, yTicks: ticks(0.08, 0.01) }),
      { ...plain, series: plain.series.map((line) => ({ ...line, emphasis: false })) },
    ],
  });
}

function sampleRatioChart({ curves: { title, lookName, looks, methods } }) {
  return lineChart({
    title,
    description:
      "Share of runs in which the sequential test at alpha .001 has found that units are split 52 to 48, against units: half of them by about 10,000 units with a concentration of 1,000.",
    panels: [
      {
        title: "A split of 52 to 48, alpha .001",
        xName: lookName,
        yName: "share of runs that have alarmed",
        xs: looks,
        logX: false,
        xTicks: [300, 5000, 10_000, 15_000, 20_000, 25_000, 30_000],
        yTicks: ticks(1, 0.1),
        target: 0.5,
        series: methods.map(({ method, alarmed }) => ({ name: method, values: alarmed })),
      },
    ],
  });
}

function writeTables() {
  const path = join(PAGE, "README.md");
  const { sampleRatio, discoveries } = measured;
  const tables = {
    rare: rareTable(measured.rareOutcomes),
    looks: missTable(measured.looks.table),
    "group-sequential": missTable(measured.groupSequential),
    intervals: missTable(measured.intervals),
    batch: discoveryTable(discoveries.batch),
    online: discoveryTable(discoveries.online),
    "sample-ratio": sampleRatioTable(sampleRatio),
  };
  let page = readFileSync(path, "utf8");
  for (const [name, table] of Object.entries(tables)) {
    const mark = new RegExp(`(<!-- measured: ${name} -->)[^]*?(<!-- end -->)`);
    if (!mark.test(page)) throw new Error(`README.md has no place for the table "${name}"`);
    page = page.replace(mark, `$1\n\n${table}\n\n$2`);
  }
  writeFileSync(path, page);
}

function rareTable(parts) {
  const columns = Object.keys(parts[0].counts);
  return table(
    ["conversion rate", ...columns],
    parts.map(({ rate, counts }) => [
      percent(rate),
      ...columns.map((method) => {
        const share = counts[method].missed / counts[method].runs;
        return share > 0.05 + fourStandardErrors(0.05, counts[method].runs) ? `**${percent(share)}**` : percent(share);
      }),
    ]),
  );
}

/** One row a method: bold where it misses more than four standard errors too often. */
function missTable(parts) {
  return table(
    ["method", "wrong in", "promised", "of runs", "setting", "simulation, seed"],
    parts.flatMap(({ simulation, seed, setting, promised, counts }) =>
      Object.entries(counts).map(([method, { runs, missed, refused }]) => {
        const share = missed / runs;
        const isHigh = share > promised + fourStandardErrors(promised, runs);
        const size = refused === 0 ? runs.toLocaleString("en") : `${runs.toLocaleString("en")} (${refused} refused)`;
        const wrong = percent(share, 2);
        return [method, isHigh ? `**${wrong}**` : wrong, percent(promised), size, setting, `${simulation}, ${seed}`];
      }),
    ),
  );
}

function discoveryTable(parts) {
  const names = parts[0].methods.map(({ method }) => method);
  const find = (part, method) => part.methods.find((row) => row.method === method);
  return table(
    ["method", ...parts.flatMap(({ setting }) => [`false, ${setting}`, "found"])],
    names.map((method) => [
      method,
      ...parts.flatMap((part) => {
        const row = find(part, method);
        const isHigh = row.falseShare > 0.1 + fourStandardErrors(0.1, part.runs);
        return [isHigh ? `**${percent(row.falseShare)}**` : percent(row.falseShare), percent(row.foundShare)];
      }),
    ]),
  );
}

function sampleRatioTable({ even, medians }) {
  return table(
    ["concentration", "false alarms in 20,000 units", "median units until 52 to 48 is found"],
    medians.map(({ concentration, units }) => {
      const { missed, runs } = even.counts[String(concentration)];
      return [
        concentration.toLocaleString("en"),
        percent(missed / runs, 3),
        units?.toLocaleString("en") ?? "not found",
      ];
    }),
  );
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function percent(share, digits = 1) {
  return `${(100 * share).toFixed(digits).replace(/(\.\d*?)0+$/, (_, kept) => (kept === "." ? "" : kept))} %`;
}

function fourStandardErrors(p, runs) {
  return 4 * Math.sqrt((p * (1 - p)) / runs);
}

function ticks(last, step) {
  return Array.from({ length: Math.round(last / step) + 1 }, (_, i) => i * step);
}
