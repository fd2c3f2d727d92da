import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  instant,
  memoryFactsStore,
  memoryStateStore,
  metricId,
  type Measurement,
  type MetricId,
} from "@ratchet/engine";
import { mappingDocumentSchema, type DataReport } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { loadYaml } from "../documents/load-yaml.ts";
import { importLog } from "./import-log.ts";
import { importMappingFrom, type ImportMapping } from "./import-mapping.ts";

const root = new URL("../../../../", import.meta.url);
const data = new URL("../shared/data/", root);
const NOW = instant(Date.UTC(2026, 0, 1));

async function exampleMap(name: string): Promise<ImportMapping> {
  const loaded = await loadYaml(fileURLToPath(new URL(`examples/${name}`, root)), mappingDocumentSchema);
  if (loaded.kind === "err") throw new Error(JSON.stringify(loaded.error));
  return importMappingFrom(loaded.value);
}

interface Imported {
  readonly report: DataReport;
  readonly measure: (metric: MetricId) => Promise<Measurement>;
}

async function imported(map: string, file: string): Promise<Imported> {
  const mapping = await exampleMap(map);
  const state = memoryStateStore();
  const facts = memoryFactsStore();
  const report = await importLog({ path: fileURLToPath(new URL(file, data)), mapping, state, facts, clock: () => NOW });
  return {
    report,
    measure: async (id) => {
      const metric = mapping.metrics.find((candidate) => candidate.id === id);
      if (metric === undefined) throw new Error(`no metric ${id}`);
      return facts.measure({ source: mapping.source, point: mapping.point, metric, watermark: NOW });
    },
  };
}

/** Outcome per decision by action, from the facts: what the import made of the file. */
async function meansOf({ measure }: Imported, metric: string): Promise<Readonly<Record<string, number>>> {
  const totals = new Map<string, { n: number; sum: number }>();
  for (const cell of (await measure(metricId(metric))).cells) {
    const total = totals.get(cell.action) ?? { n: 0, sum: 0 };
    totals.set(cell.action, { n: total.n + cell.n, sum: total.sum + cell.sum });
  }
  return Object.fromEntries([...totals].map(([action, { n, sum }]) => [action, sum / n]));
}

describe("the example maps", () => {
  it.each([
    "hillstrom/map.yaml",
    "hillstrom/map-spend.yaml",
    "marketing-ab/map.yaml",
    "maven-crm/map.yaml",
    "cookie-cats/map.yaml",
  ])("%s has no fault", async (name) => {
    expect((await exampleMap(name)).metrics.length).toBeGreaterThan(0);
  });
});

// The data sets may not be copied into the repository; the figures are those published with them.
describe.skipIf(!existsSync(data))("the example maps on the real logs (skipped where ../shared/data is absent)", () => {
  it("read Hillstrom's e-mails: three actions, visits of 10.62, 18.28 and 15.14 %", async () => {
    const hillstrom = await imported("hillstrom/map.yaml", "hillstrom/hillstrom.csv");
    expect(hillstrom.report).toMatchObject({
      rows: 64_000,
      imported: 64_000,
      quarantined: 0,
      actions: [
        { action: "Womens E-Mail", rows: 21_387 },
        { action: "Mens E-Mail", rows: 21_307 },
        { action: "No E-Mail", rows: 21_306 },
      ],
    });
    const visits = await meansOf(hillstrom, "visit");
    expect(visits["No E-Mail"]).toBeCloseTo(0.1062, 4);
    expect(visits["Mens E-Mail"]).toBeCloseTo(0.1828, 4);
    expect(visits["Womens E-Mail"]).toBeCloseTo(0.1514, 4);
    const spend = await meansOf(hillstrom, "spend");
    expect((spend["Mens E-Mail"] ?? 0) - (spend["No E-Mail"] ?? 0)).toBeCloseTo(0.77, 3);
  });

  it("read the advertisement against the announcement: 2.505 and 1.955 %, with estimated propensities", async () => {
    const campaign = await imported("marketing-ab/map.yaml", "marketing_ab_sample/marketing_AB_sample.csv");
    expect(campaign.report).toMatchObject({ rows: 35_000, imported: 35_000, quarantined: 0 });
    const rates = await meansOf(campaign, "converted");
    expect(rates["ad"]).toBeCloseTo(0.02505, 5);
    expect(rates["psa"]).toBeCloseTo(0.01955, 5);
    const { cells } = await campaign.measure(metricId("converted"));
    const announced = campaign.report.actions.find(({ action }) => action === "psa")?.rows ?? 0;
    expect(new Set(cells.filter(({ action }) => action === "psa").map(({ propensity }) => propensity))).toEqual(
      new Set([announced / 35_000]),
    );
  });

  it("read the opportunities: open ones are neither won nor lost, and one product has one name", async () => {
    const { report, measure } = await imported("maven-crm/map.yaml", "maven_crm/sales_pipeline.csv");
    expect(report).toMatchObject({ rows: 8800, imported: 4238 + 2473, pending: 1589 + 500, quarantined: 0 });
    expect(report.actions.map(({ action }) => action)).toContain("GTX Pro");
    expect(report.actions.map(({ action }) => action)).not.toContain("GTXPro");
    const { cells } = await measure(metricId("won"));
    expect(cells.reduce((sum, cell) => sum + cell.sum, 0)).toBe(4238);
    expect(cells.every((cell) => cell.propensity === null)).toBe(true);
  });

  it("read the two gates: day-7 retention of 19.02 and 18.20 %", async () => {
    const gates = await imported("cookie-cats/map.yaml", "cookie_cats/cookie_cats.csv");
    expect(gates.report).toMatchObject({ rows: 90_189, imported: 90_189, quarantined: 0 });
    const retained = await meansOf(gates, "retention_7");
    expect(retained["gate_30"]).toBeCloseTo(0.1902, 4);
    expect(retained["gate_40"]).toBeCloseTo(0.182, 4);
  });
});
