import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { DataDefect, DataReport } from "@ratchet/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadImportMap } from "../documents/load-documents.ts";
import { importFile } from "../imports/import-file.ts";
import { isSignalsMap } from "../imports/import-map.ts";
import { context, open } from "../memory-app.fixture.ts";

const root = new URL("../../../../", import.meta.url);
const data = new URL("../shared/data/", root);

const pathIn = (base: URL, name: string): string => fileURLToPath(new URL(name, base));

async function imported(map: string, path: string): Promise<DataReport> {
  const mapping = await loadImportMap(pathIn(root, `examples/${map}`));
  return (await importFile(context, { path, mapping })).report;
}

function defectOf({ defects = [] }: DataReport, code: DataDefect["code"], column?: string): DataDefect {
  const found = defects.find(
    (defect) => defect.code === code && (column === undefined || defect.columns.includes(column)),
  );
  if (found === undefined)
    throw new Error(`no ${code} ${column ?? ""} among ${defects.map((one) => one.code).join(", ")}`);
  return found;
}

/** `rows = imported + quarantined + silent`, and every signal went somewhere. */
function expectCountsToAddUp({ rows, imported: fitted, quarantined, signals }: DataReport): void {
  expect(signals).toBeDefined();
  if (signals === undefined) return;
  expect(fitted + quarantined + signals.silent_rows).toBe(rows);
  expect(signals.accepted + signals.duplicates + signals.conflicts + signals.refused).toBe(signals.read);
  expect(signals.by_type.reduce((sum, one) => sum + one.signals, 0)).toBe(signals.read);
}

const typesOf = ({ signals }: DataReport): Readonly<Record<string, number>> =>
  Object.fromEntries((signals?.by_type ?? []).map(({ type, signals: n }) => [type, n]));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-examples-"));
});
afterAll(async () => rm(folder, { recursive: true }));
beforeEach(() => open());

describe("the example maps of signals", () => {
  it.each([
    "olist/signals.yaml",
    "bpi2012/signals.yaml",
    "maven-crm/signals.yaml",
    "hubspot/deals.yaml",
    "hubspot/deal-stages.yaml",
    "hubspot/deal-history.yaml",
    "hubspot/email-events.yaml",
    "hubspot/meetings.yaml",
    "hubspot/calls.yaml",
    "hubspot/notes.yaml",
  ])("%s has no fault", async (name) => {
    expect(isSignalsMap(await loadImportMap(pathIn(root, `examples/${name}`)))).toBe(true);
  });
});

describe.skipIf(!existsSync(data))("the example maps on real files (skipped where ../shared/data is absent)", () => {
  it("read Olist's funnel: 8,000 leads, 842 wins; earlier cohorts only look lost, and one deal lies before its lead", async () => {
    const path = pathIn(data, "olist_funnel/olist_marketing_qualified_leads_dataset.csv");
    const report = await imported("olist/signals.yaml", path);
    expect(report).toMatchObject({ rows: 8000, imported: 8000, quarantined: 0 });
    expect(typesOf(report)).toEqual({ lead_qualified: 8000, opportunity_won: 842 });
    expectCountsToAddUp(report);
    const truncated = defectOf(report, "outcome.left_truncated");
    expect(truncated).toMatchObject({
      severity: "critical",
      sentence: expect.stringContaining("from 2017-12-05 on"),
    });
    expect(truncated.examples).toContain("entered 2017-07: 2 of 239 (0.8 %)");
    expect(defectOf(report, "outcome.negative_lag")).toMatchObject({
      affected: 1,
      examples: [expect.stringContaining("b91cf8812365f50ff4bda4bcd6206b05 entered 2018-03-08, outcome 2018-03-06")],
    });

    const again = await imported("olist/signals.yaml", path);
    expect(again.signals).toMatchObject({ read: 8842, accepted: 0, duplicates: 8842, conflicts: 0 });
  });

  // Of the published log (262,200 events of 13,087 applications) the data folder holds the applications that began in 2011, all of them
  // settled by its end; as it stood at the end of 2011, the last weeks are censored.
  it("read the loan applications: 150,256 events of 7,455, none lost, with stages from and to", async () => {
    const path = pathIn(data, "bpi2012_loan_funnel/bpi2012_cases_started_2011.csv.gz");
    const report = await imported("bpi2012/signals.yaml", path);
    expect(report).toMatchObject({ rows: 150_256, imported: 150_256, quarantined: 0 });
    expect(typesOf(report)).toMatchObject({
      opportunity_created: 7455,
      opportunity_won: 1336,
      opportunity_lost: 4401 + 1718,
      offer_sent: 3904,
    });
    expectCountsToAddUp(report);
    expect(report.signals).toMatchObject({ duplicates: 0, conflicts: 0, refused: 0 });
    expect(defectOf(report, "population.intake_ended").sentence).toContain("2011-12-31");
    expect(defectOf(report, "column.blank", "org:resource").affected).toBe(15_748);
    expect((report.defects ?? []).map(({ code }) => code)).not.toContain("outcome.right_censored");
  }, 120_000);

  it("read the same log as it stood at the end of 2011: the last weeks' applications are open, not lost", async () => {
    const whole = gunzipSync(await readFile(pathIn(data, "bpi2012_loan_funnel/bpi2012_cases_started_2011.csv.gz")));
    const lines = whole.toString("utf8").split("\n");
    const known = lines.filter((line, i) => i === 0 || (line.split(",").at(-1) ?? "") < "2012");
    const path = join(folder, "bpi2011.csv");
    await writeFile(path, known.join("\n"));
    const censored = defectOf(await imported("bpi2012/signals.yaml", path), "outcome.right_censored");
    expect(censored.severity).toBe("critical");
    expect(censored.examples.at(-1)).toContain("week of 2011-12-26");
  }, 120_000);

  it("read Maven's pipeline: 4,238 won, 2,473 lost; the product does not join, accounts are blank, a sector is misspelt", async () => {
    const report = await imported("maven-crm/signals.yaml", pathIn(data, "maven_crm/sales_pipeline.csv"));
    expect(report).toMatchObject({ rows: 8800, imported: 8300, quarantined: 0, signals: { silent_rows: 500 } });
    expect(typesOf(report)).toEqual({ opportunity_created: 8300, opportunity_won: 4238, opportunity_lost: 2473 });
    expectCountsToAddUp(report);
    expect(defectOf(report, "reference.broken", "product")).toMatchObject({
      severity: "critical",
      affected: 1480,
      sentence: expect.stringContaining('"GTXPro" is there as "GTX Pro"'),
    });
    expect(defectOf(report, "column.blank", "account").affected).toBe(1425);
    expect(defectOf(report, "category.misspelt", "account.sector")).toMatchObject({
      affected: 12,
      sentence: expect.stringContaining('"technolgy" (technology)'),
    });
  });

  it("name the columns of X Education that sellers wrote afterwards, the answers that are none, and what never changes", async () => {
    const report = await imported("xeducation/map.yaml", pathIn(data, "xeducation_leads/lead_scoring.csv"));
    expect(report).toMatchObject({ rows: 9240, imported: 9240, outcomes: [{ metric: "converted", happened: 3561 }] });
    const late = (report.defects ?? []).filter(({ code }) => code === "column.written_after_outcome");
    const columns = late.flatMap((defect) => defect.columns);
    for (const column of ["Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity"])
      expect(columns).toContain(column);
    for (const column of ["Asymmetrique Activity Index", "Asymmetrique Profile Score"])
      expect(columns).toContain(column);
    for (const column of ["Lead Source", "TotalVisits", "Country", "Page Views Per Visit"])
      expect(columns).not.toContain(column);
    expect(defectOf(report, "column.written_after_outcome", "Tags").severity).toBe("critical");
    expect(defectOf(report, "column.written_after_outcome", "Lead Quality").severity).toBe("critical");
    for (const [column, n] of [
      ["Specialization", 1942],
      ["Lead Profile", 4146],
      ["City", 2249],
    ] as const)
      expect(defectOf(report, "column.placeholder", column)).toMatchObject({ affected: n, severity: "warning" });
    expect(defectOf(report, "column.constant").columns).toEqual([
      "Magazine",
      "Receive More Updates About Our Courses",
      "Update me on Supply Chain Content",
      "Get updates on DM Content",
      "I agree to pay the amount through cheque",
    ]);
    expect(defectOf(report, "category.spelt_in_several_ways", "Lead Source").sentence).toContain('"google"');
  });

  const seed = (name: string): string => pathIn(data, `payloads/hubspot_fivetran_seeds/${name}_data.csv`);
  it.each([
    ["deals.yaml", "deal", 44, { opportunity_created: 44 }],
    ["deal-stages.yaml", "deal_stage", 14, { stage_changed: 14 }],
    ["deal-history.yaml", "deal_property_history", 100, { deal_property_changed: 100 }],
    ["email-events.yaml", "email_event", 100, { opened: 90, sent: 4, delivered: 3, queued: 3 }],
    ["meetings.yaml", "engagement_meeting", 100, { meeting_booked: 100 }],
    ["calls.yaml", "engagement_call", 1, { call_logged: 1 }],
    ["notes.yaml", "engagement_note", 1, { note_written: 1 }],
  ] as const)("read HubSpot's tables: %s", async (map, table, rows, types) => {
    const report = await imported(`hubspot/${map}`, seed(table));
    expect(report).toMatchObject({ rows, imported: rows, quarantined: 0 });
    expect(typesOf(report)).toEqual(types);
    expectCountsToAddUp(report);
    expect(report.signals?.accepted).toBe(report.signals?.read);
  });
  it("keep what HubSpot knows: who moved a stage and where to, and that its own filter takes none of these opens for a machine's", async () => {
    await imported("hubspot/deal-stages.yaml", seed("deal_stage"));
    const [latest] = await context.stores.facts.signals({ type: "stage_changed", limit: 1 });
    expect(latest?.detail?.properties).toMatchObject({
      pipeline: "deal",
      to: "f66ca9bc5a02c2f1513ce83f0a0e117d",
      stage_source: expect.stringMatching(/^[0-9a-f]{32}$/u),
      deal_id: "3974424485",
    });
    await imported("hubspot/email-events.yaml", seed("email_event"));
    const opened = await context.stores.facts.signals({ type: "opened", limit: 1000 });
    expect(opened.filter(({ detail }) => (detail?.humanProbability ?? 0) > 0.5)).toHaveLength(90);
  });
});
