// One row: data written once, every side started on it, answers compared, times taken in turns.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeColumns } from "./columns.mjs";
import { disagreement, median, takeTurns } from "./measure.mjs";
import { startWorker } from "./worker.mjs";

/** A row of rows.mjs with what was measured: our time, and a line a peer. */
export async function measureRow({ name, what, data, size, ours, peers }, clock) {
  const folder = mkdtempSync(join(tmpdir(), "ratchet-bench-"));
  const sides = [];
  try {
    writeColumns(folder, data(size));
    for (const where of [["ours", ...ours], ...peers.map(({ live }) => live)])
      sides.push(await prepared(where, folder));
    const [own, ...others] = sides;
    if (own.missing !== undefined) return { name, what, lines: [{ label: "ours", verdict: own.missing }] };
    const running = sides.filter(({ worker }) => worker !== undefined);
    const samples = await takeTurns(
      running.map(({ worker }) => worker),
      clock,
    );
    running.forEach((side, i) => (side.samples = samples[i]));
    const oursMs = median(own.samples);
    const lines = peers.map((peer, i) => compared(peer, others[i], { oursMs, answer: own.answer }));
    return { name, what, oursMs, samples: own.samples, note: own.note, answer: own.answer, lines };
  } finally {
    for (const { stop } of sides) stop?.();
    rmSync(folder, { recursive: true });
  }
}

/** A side with its data read and its first answer given, or why it is missing; nothing for a peer that is only recorded. */
async function prepared(where, folder) {
  if (where === undefined) return {};
  const [language, file, work] = where;
  const worker = await startWorker(language);
  const [kind, ...fields] =
    worker.ready[0] === "ready" ? await worker.ask("prepare", file, work, folder) : worker.ready;
  if (kind !== "answer") {
    worker.stop();
    return { missing: `${kind}: ${fields.join(" ")}` };
  }
  const [note, ...answer] = fields;
  return { worker, stop: worker.stop, version: worker.ready[1], note, answer: answer.map(Number) };
}

/** A line of the table: a peer's time, measured now or else recorded, against ours. */
function compared({ label, recordedMs, ratioMax, tolerance }, side, { oursMs, answer }) {
  const { missing, samples, note, version } = side;
  const isLive = samples !== undefined;
  const ms = isLive ? median(samples) : recordedMs;
  const source = isLive ? "now" : ms === undefined ? "missing" : "recorded";
  const apart = isLive ? disagreement(answer, side.answer) : undefined;
  const ratio = ms === undefined ? undefined : oursMs / ms;
  const verdict = verdictOn({ ratio, ratioMax, apart, tolerance });
  return { label, ms, source, ratio, ratioMax, verdict, apart, tolerance, missing, note, version, samples };
}

function verdictOn({ ratio, ratioMax, apart, tolerance }) {
  if (apart !== undefined && !(apart <= tolerance)) return "differs";
  if (ratio === undefined || ratioMax === undefined) return "-";
  return ratio <= ratioMax ? "met" : "missed";
}
