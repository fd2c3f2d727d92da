// What people read of the ingestion's figures.

export function printIngestHead() {
  console.log(
    "\ningestion: durable before the answer, against the same route without storage; load generator and analytics engine on the same machine",
  );
}

export function printIngest({
  name,
  perSecond,
  offPerSecond,
  share,
  shareMin,
  perSecondMin,
  micros,
  microsShare,
  verdict,
}) {
  console.log(`\ningest ${name}`);
  console.log(
    `  durable ${whole(perSecond)}/s   storage off ${whole(offPerSecond)}/s   share ${percent(share)}${aim(shareMin, percent)}${aim(perSecondMin, (n) => `${whole(n)}/s`)}   ${verdict}`,
  );
  console.log(
    `  processor time of the server a signal: ${micros.durable.toFixed(1)} us, ${micros.off.toFixed(1)} us without storage (${percent(microsShare)})`,
  );
}

export function printStream({ name, p50, p99, max, loop, lagMs, rssMb, rssMbPerMinute, cpuShare, aims, verdict }) {
  console.log(`\ningest ${name}`);
  console.log(
    `  acknowledged p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (<= ${aims.ackP99MsMax}), longest ${max.toFixed(0)} ms   event loop p99 ${loop.p99.toFixed(1)} ms (<= ${aims.loopP99MsMax})   facts at most ${(lagMs / 1000).toFixed(1)} s behind (<= ${aims.lagMsMax / 1000})   ${verdict}`,
  );
  console.log(
    `  memory ${whole(rssMb)} MB, ${rssMbPerMinute.toFixed(1)} MB a minute in the second half; ${percent(cpuShare)} of a processor`,
  );
}

export function printDecisions({ name, perSecond, offPerSecond, share, microsShare, micros, stream, ...aims }) {
  console.log(`\nhttp ${name}, durable before the answer, against the same route without storage`);
  console.log(
    `  durable ${whole(perSecond)}/s   storage off ${whole(offPerSecond)}/s   share ${percent(share)}${aim(aims.shareMin, percent)}   ${aims.verdict}`,
  );
  console.log(
    `  processor time of the server a request: ${micros.durable.toFixed(1)} us, ${micros.off.toFixed(1)} us without storage (${percent(microsShare)})`,
  );
  console.log(
    `  at ${whole(stream.perSecond)}/s: p50 ${stream.p50.toFixed(1)} ms, p99 ${stream.p99.toFixed(1)} ms (<= ${aims.p99MsMax}), longest ${stream.max.toFixed(0)} ms   event loop p99 ${stream.loop.p99.toFixed(1)} ms, longest ${stream.loop.max.toFixed(0)} ms`,
  );
}

export function printIngestMarkdown(ingest) {
  console.log("| what is sent | durable, signals/s | storage off | share | processor time a signal | target |");
  console.log("| --- | ---: | ---: | ---: | ---: | --- |");
  for (const row of ingest.filter(({ share }) => share !== undefined)) {
    const target = [aim(row.shareMin, percent), aim(row.perSecondMin, (n) => `${whole(n)}/s`)].join("").trim();
    const micros = `${row.micros.durable.toFixed(1)} µs (${row.micros.off.toFixed(1)} off)`;
    const verdict = target === "" ? "" : `${target}: ${row.verdict}`;
    console.log(
      `| ${[row.name, whole(row.perSecond), whole(row.offPerSecond), percent(row.share), micros, verdict].join(" | ")} |`,
    );
  }
  for (const { name, p50, p99, loop, lagMs, rssMbPerMinute, aims, verdict } of ingest.filter(
    ({ lagMs }) => lagMs !== undefined,
  )) {
    console.log("\n| steady stream | measured | target |\n| --- | ---: | --- |");
    console.log(
      `| ${name}: acknowledged, p50 / p99 | ${p50.toFixed(1)} / ${p99.toFixed(1)} ms | p99 ≤ ${aims.ackP99MsMax} ms |`,
    );
    console.log(`| event loop, p99 | ${loop.p99.toFixed(1)} ms | ≤ ${aims.loopP99MsMax} ms |`);
    console.log(
      `| acknowledged to among the facts, longest | ${(lagMs / 1000).toFixed(1)} s | ≤ ${aims.lagMsMax / 1000} s |`,
    );
    console.log(`| memory | ${rssMbPerMinute.toFixed(1)} MB a minute | about 0 over 30 minutes |`);
    console.log(`| all | ${verdict} | |`);
  }
}

const whole = (n) => Math.round(n).toLocaleString("en");
const percent = (share) => `${(share * 100).toFixed(0)} %`;
const aim = (least, write) => (least === undefined ? "" : ` (>= ${write(least)})`);
