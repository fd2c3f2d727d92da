// What people read: a block a row, a line a side.
import { printIngestMarkdown } from "./ingest/report-ingest.mjs";

const WIDTHS = { label: 46, ms: 12, ratio: 10, target: 10, verdict: 9 };

export function printHead({ clock, processors, model, node }) {
  console.log(
    `node ${node}, ${processors} × ${model}; median milliseconds of ${clock} time, sides in turns, one thread each`,
  );
  console.log("r: recorded on a machine of this class, because the peer is not installed or has no Debian package");
  console.log(
    cells({ label: "", ms: "ms  ", ratio: "ours ÷", target: "target", verdict: "", apart: "answers apart by" }),
  );
}

export function printRow({ name, what, oursMs, note, lines }) {
  console.log(`\n${name}: ${what}`);
  if (oursMs !== undefined) console.log(cells({ label: "ours", ms: `${milliseconds(oursMs)}  `, note }));
  for (const { label, ms, source, ratio, ratioMax, verdict, apart, note: theirs } of lines)
    console.log(
      cells({
        label,
        ms: ms === undefined ? "not here  " : `${milliseconds(ms)}${source === "recorded" ? " r" : "  "}`,
        ratio: ratio === undefined ? "" : significant(ratio),
        target: ratioMax === undefined ? "" : `≤ ${ratioMax}`,
        verdict: verdict === "-" ? "" : verdict,
        apart: apart === undefined ? "" : apart.toExponential(0),
        note: theirs,
      }),
    );
}

/** The same as a Markdown table, for the page in docs/reference. */
export function printMarkdown({ rows, scaling, ingest }) {
  if (ingest.length > 0) printIngestMarkdown(ingest);
  if (rows.length + scaling.length === 0) return;
  console.log("| work | ours | peer | peer's | ours ÷ peer's | target |\n| --- | ---: | --- | ---: | ---: | --- |");
  for (const { what, oursMs, lines } of rows)
    lines.forEach(({ label, ms, source, ratio, ratioMax, verdict }, i) => {
      const theirs = ms === undefined ? "" : `${milliseconds(ms)}${source === "recorded" ? " (recorded)" : ""}`;
      const own = i === 0 && oursMs !== undefined ? [what, milliseconds(oursMs)] : ["", ""];
      const target = ratioMax === undefined ? "" : `≤ ${ratioMax}: ${verdict}`;
      console.log(`| ${[...own, label, theirs, ratio === undefined ? "" : significant(ratio), target].join(" | ")} |`);
    });
  console.log("\n| estimator | n | CPU ms at n | 4n | 16n | exponent |\n| --- | ---: | ---: | ---: | ---: | ---: |");
  for (const { name, sizes, ms, exponent } of scaling)
    console.log(`| ${[name, sizes[0], ...ms.map(milliseconds), exponent.toFixed(2)].join(" | ")} |`);
}

export function printScaling({ name, sizes, ms, exponent, verdict }) {
  const times = ms.map((time, i) => `${sizes[i]}: ${milliseconds(time)}`).join("  ");
  console.log(`${name.padEnd(44)} ${exponent.toFixed(2)} ${verdict.padEnd(7)} ${times}`);
}

export function printSummary({ rows, scaling, ingest, install }) {
  const lines = rows.flatMap(({ name, lines: peers }) => peers.map((peer) => ({ name, ...peer })));
  const aimed = [...lines, ...scaling, ...ingest].filter(({ verdict }) => verdict !== "-");
  const failed = aimed.filter(({ verdict }) => verdict !== "met");
  console.log(`\n${aimed.length - failed.length} of ${aimed.length} targets met`);
  for (const { name, label = "", verdict } of failed) console.log(`  ${verdict}: ${name} ${label}`);
  const missing = lines.filter((peer) => peer.missing !== undefined);
  if (missing.length === 0) return;
  console.log(
    `\n${missing.length} peers did not run; recorded times stand in, where there are any. To install all on Debian:`,
  );
  console.log(`  ${install}`);
  for (const { name, label, missing: why } of missing) console.log(`  ${name}, ${label}: ${why}`);
}

function cells({ label, ms, ratio = "", target = "", verdict = "", apart = "", note = "" }) {
  const { label: l, ms: m, ratio: r, target: t, verdict: v } = WIDTHS;
  const noted = note === "" ? "" : `(${note})`;
  const columns = [
    label.padEnd(l),
    ms.padStart(m),
    ratio.padStart(r),
    target.padEnd(t),
    verdict.padEnd(v),
    apart,
    noted,
  ];
  return `  ${columns.join(" ")}`.trimEnd();
}

function milliseconds(ms) {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms >= 0.01 ? ms.toFixed(2) : ms.toPrecision(1);
}

function significant(ratio) {
  return ratio >= 0.1 ? ratio.toFixed(2) : Number(ratio.toPrecision(2)).toString();
}
