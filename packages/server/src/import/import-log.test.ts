import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  instant,
  memoryFactsStore,
  memoryStateStore,
  type Clock,
  type Decision,
  type FactsStore,
  type Instant,
  type StateStore,
} from "@ratchet/engine";
import { mappingDocumentSchema } from "@ratchet/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseYaml } from "../documents/load-yaml.ts";
import { importLog, type ImportProgress } from "./import-log.ts";
import { importMappingFrom, type ImportMapping } from "./import-mapping.ts";

const MAP = `
api_version: ratchet.map/v1
name: spring-emails
unit: {column: lead}
time: {row_order: {start: "2026-03-01T00:00:00Z", every: 1s}}
action: {column: template, only: [none, short]}
baseline: none
assignment: randomised
propensity: estimate
context: [region]
segments: [{field: region}]
outcomes:
  - {id: visit, kind: conversion, column: visited, pending: ["?"], minimum_effect: 0.01}
  - {id: revenue, kind: value, column: amount, minimum_effect: 1}
objective: visit
cycle: {rows: 3}
`;
/** Seven leads: two rows do not fit, one is not finished. */
const LINES = [
  "lead,template,region,visited,amount",
  "L1,none,EMEA,0,0",
  "L2,short,EMEA,1,12.5",
  "L3,nonsense,EMEA,0,0",
  "L4,short,APAC,1,0",
  "L5,none,APAC,?,",
  'L6,"short,APAC,1,0',
  "L7,none,,0,0",
];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-import-"));
});
afterAll(async () => rm(folder, { recursive: true }));

interface World {
  readonly state: StateStore;
  readonly facts: FactsStore;
  readonly mapping: ImportMapping;
  readonly clock: Clock;
}

/** A clock that never says the same twice: nothing that is imported may depend on it. */
function tickingClock(): Clock {
  let now: Instant = instant(Date.UTC(2026, 5, 1));
  return () => (now = instant(now + 1000));
}

function world(map = MAP): World {
  const parsed = parseYaml(map, { file: "map.yaml", schema: mappingDocumentSchema });
  if (parsed.kind === "err") throw new Error(JSON.stringify(parsed.error));
  return {
    state: memoryStateStore(),
    facts: memoryFactsStore(),
    mapping: importMappingFrom(parsed.value),
    clock: tickingClock(),
  };
}

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

async function decisionsOf({ facts, mapping }: World): Promise<readonly Decision[]> {
  const found = await facts.decisions({ source: mapping.source, limit: 100_000 });
  return [...found].sort((a, b) => a.decidedAt - b.decidedAt);
}

describe("an import", () => {
  it("makes a decision of every row that fits, and counts every row that does not", async () => {
    const here = world();
    const report = await importLog({ path: await file("seven.csv", LINES), ...here });
    expect(report).toEqual({
      source: "import:spring-emails",
      rows: 7,
      imported: 4,
      duplicates: 0,
      conflicts: 0,
      quarantined: 2,
      pending: 1,
      signals_added: 3,
      quarantined_by_code: [
        {
          code: "action.unknown",
          count: 1,
          example: expect.stringContaining('row 3 (line 4): action.unknown: template: "nonsense"'),
        },
        { code: "row.quoting", count: 1, example: expect.stringContaining("row 6 (line 7)") },
      ],
      actions: [
        { action: "none", rows: 2 },
        { action: "short", rows: 2 },
      ],
      outcomes: [
        { metric: "visit", kind: "conversion", happened: 2, pending: 1, per_row: 0.5 },
        { metric: "revenue", kind: "value", happened: 1, pending: 0, per_row: 3.125 },
      ],
      first_at: "2026-03-01T00:00:00.000Z",
      last_at: "2026-03-01T00:00:06.000Z",
    });
    expect(await here.facts.counts()).toEqual({ decisions: 4, signals: 3 });
    expect(await here.state.backlog()).toBe(0);
  });

  it("gives each decision its segment, its cycle by row, and the share of its action as propensity", async () => {
    const here = world();
    await importLog({ path: await file("seven.csv", LINES), ...here });
    const decisions = await decisionsOf(here);
    expect(decisions.map(({ unitId, segment, cycle }) => [unitId, segment, cycle])).toEqual([
      ["L1", "all/region=EMEA", 0],
      ["L2", "all/region=EMEA", 0],
      ["L4", "all/region=APAC", 1],
      ["L7", "all/region=(none)", 2],
    ]);
    // Six rows name an action that the map knows or can be read at all: none 3 (L5 too, though it is pending), short 2.
    expect(decisions.map((decision) => decision.propensity)).toEqual([3 / 5, 2 / 5, 2 / 5, 3 / 5]);
  });

  it("adds nothing the second time, not even to the quarantine", async () => {
    const here = world();
    const path = await file("seven.csv", LINES);
    await importLog({ path, ...here });
    expect(await importLog({ path, ...here })).toMatchObject({
      imported: 0,
      duplicates: 4,
      conflicts: 0,
      quarantined: 2,
      signals_added: 0,
    });
    expect(await here.facts.counts()).toEqual({ decisions: 4, signals: 3 });
    expect(await here.state.quarantinedCount()).toBe(2);
  });

  it("brings in what was mended or became known since, under the propensities that were estimated first", async () => {
    const here = world();
    const mended = LINES.map((line) => line.replace("nonsense", "short").replace("APAC,?,", "APAC,1,"));
    await importLog({ path: await file("seven.csv", LINES), ...here });
    expect(await importLog({ path: await file("mended.csv", mended), ...here })).toMatchObject({
      imported: 2,
      duplicates: 4,
      conflicts: 0,
    });
  });

  it("that was stopped is run again, and then nothing is missing or doubled", async () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, i) => `L${i},${i % 2 === 0 ? "none" : "short"},EMEA,${i % 10 === 0 ? 1 : 0},`,
    );
    const path = await file("long.csv", ["lead,template,region,visited,amount", ...rows]);
    const here = world();
    const stop = new AbortController();
    const onProgress = ({ rows: n }: ImportProgress): void => (n > 20_000 ? stop.abort() : undefined);
    await expect(importLog({ path, ...here, onProgress, signal: stop.signal })).rejects.toThrow("abort");
    const before = await here.facts.counts();
    expect(before.decisions).toBeLessThan(60_000);
    const seen: ImportProgress[] = [];
    const report = await importLog({ path, ...here, onProgress: (progress) => void seen.push(progress) });
    expect(report.imported + report.duplicates).toBe(60_000);
    expect(report.duplicates).toBeGreaterThan(0);
    expect(await here.facts.counts()).toEqual({ decisions: 60_000, signals: 6000 });
    expect(seen.at(-1)).toMatchObject({ rows: 60_000, quarantined: 0 });
    expect(seen.at(-1)?.bytesRead).toBe(seen.at(-1)?.bytesTotal);
  });

  it("stops where none of the first thousand rows fits, because then the map is wrong", async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `L${i},spam,EMEA,0,0`);
    const importing = importLog({
      path: await file("wrong.csv", ["lead,template,region,visited,amount", ...rows]),
      ...world(MAP.replace("estimate", "uniform")),
    });
    await expect(importing).rejects.toMatchObject({ code: "import.nothing_fits" });
  });

  it("of a file that is not there names it", async () => {
    await expect(importLog({ path: join(folder, "absent.csv"), ...world() })).rejects.toMatchObject({
      code: "import.unreadable",
      message: expect.stringContaining("absent.csv"),
    });
  });
});
