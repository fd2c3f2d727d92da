import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAY_MS } from "@ratchet/engine";
import { dataDefectSchema, signalsMappingDocumentSchema, type DataDefect } from "@ratchet/protocol";
import { mersenneRng } from "@ratchet/stats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLookups } from "../table/lookups.ts";
import { shapeOfSignals } from "./data-shape.ts";
import { findDefects } from "./find-defects.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-defects-"));
});
afterAll(async () => rm(folder, { recursive: true }));

const BASE = {
  api_version: "ratchet.signals/v1",
  name: "hand-made",
  at: "at",
  person: { user_id: "id" },
  signals: [{ type: "opportunity_created" }],
};
const OUTCOME = { unit: "id", starts: "at", outcome: { at: "won" } };

interface Given {
  readonly map?: Readonly<Record<string, unknown>>;
  readonly rows: readonly string[];
  readonly beside?: Readonly<Record<string, readonly string[]>>;
}

async function defects({ map = {}, rows, beside = {} }: Given): Promise<readonly DataDefect[]> {
  const document = signalsMappingDocumentSchema.parse({ ...BASE, ...map });
  const path = join(folder, "rows.csv");
  await writeFile(path, `${rows.join("\n")}\n`);
  for (const [name, lines] of Object.entries(beside)) await writeFile(join(folder, name), `${lines.join("\n")}\n`);
  const found = await findDefects({
    table: { origin: { path } },
    shape: shapeOfSignals(document),
    lookups: await openLookups(document, path),
    missing: document.missing ?? [],
  });
  return found.map((defect) => dataDefectSchema.parse(defect));
}

async function only(given: Given, code: DataDefect["code"]): Promise<readonly DataDefect[]> {
  return (await defects(given)).filter((defect) => defect.code === code);
}

const JANUARY = Date.UTC(2026, 0, 1);
const day = (n: number): string => new Date(JANUARY + n * DAY_MS).toISOString().slice(0, 10);
const times = <T>(n: number, of: (i: number) => T): readonly T[] => Array.from({ length: n }, (_, i) => of(i));

/** Ten units a day; every second one has its outcome `lag` days later, as far as `known` says so. */
function funnel(days: number, lag: number, known: (day: number) => boolean): readonly string[] {
  return [
    "id,at,won",
    ...times(days * 10, (i) => {
      const entered = Math.floor(i / 10);
      const won = i % 2 === 0 && known(entered + lag) ? day(entered + lag) : "";
      return `u${i},${day(entered)},${won}`;
    }),
  ];
}

describe("times", () => {
  it("tell of nothing where outcomes were recorded throughout", async () => {
    expect(await defects({ map: { population: OUTCOME }, rows: funnel(100, 5, () => true) })).toEqual([]);
  });

  it("show left truncation: outcomes begin later than the population, and its first cohorts look lost", async () => {
    const [found, ...more] = await only(
      { map: { population: OUTCOME }, rows: funnel(100, 5, (known) => known >= 40) },
      "outcome.left_truncated",
    );
    expect(more).toEqual([]);
    // 400 units entered in the 40 days before. Those of the first 35 had more than five days: half of 350 should have had their outcome.
    expect(found).toMatchObject({ severity: "critical", affected: 400 });
    expect(found?.sentence).toContain(`recorded from ${day(40)} on`);
    expect(found?.sentence).toMatch(/175 should have had their outcome by then, going by the later ones, and 0 had/u);
    expect(found?.examples[0]).toBe("entered 2026-01: 0 of 310 (0 %)");
    expect(found?.fix).toContain(day(40));
  });

  it("show left truncation although a few outcomes stray before it", async () => {
    const rows = funnel(100, 5, (known) => known >= 40).map((row, i) => (i === 3 ? `u2,${day(0)},${day(6)}` : row));
    expect(await only({ map: { population: OUTCOME }, rows }, "outcome.left_truncated")).toHaveLength(1);
  });

  it("show negative lags, comparing days with days where outcomes have no time", async () => {
    const rows = [
      "id,at,won",
      ...times(60, (i) => `u${i},${day(i)}T15:00:00Z,${day(i)}`),
      `x,${day(9)}T15:00:00Z,${day(8)}`,
    ];
    const [found] = await only({ map: { population: OUTCOME }, rows }, "outcome.negative_lag");
    expect(found).toMatchObject({ affected: 1, examples: [`row 61: x entered ${day(9)}, outcome ${day(8)}`] });
  });

  it("show right-censored last weeks: open is not lost", async () => {
    const [found, ...more] = await only(
      { map: { population: OUTCOME }, rows: funnel(100, 20, (known) => known < 100) },
      "outcome.right_censored",
    );
    expect(more).toEqual([]);
    // The log ends with the newest unit, on day 99; who entered on day 80 or later had fewer than 20 days.
    expect(found).toMatchObject({ severity: "critical", affected: 200 });
    expect(found?.sentence).toContain(`entered since ${day(80)}, 100 % are still open`);
    expect(found?.examples.at(-1)).toContain("open");
  });

  it("show a closed intake: outcomes after it come from slow units only", async () => {
    const rows = [...funnel(60, 5, () => true), `slow,${day(59)},${day(90)}`];
    const [found] = await only({ map: { population: OUTCOME }, rows }, "population.intake_ended");
    expect(found).toMatchObject({ severity: "info" });
    expect(found?.sentence).toContain(`Nobody enters after ${day(59)}`);
  });

  it("are read from an event log too: its first row starts a unit, and only the outcome's row settles it", async () => {
    const population = { unit: "id", outcome: { column: "what", positive: ["done"], at: "at" } };
    const rows = [
      "id,at,what",
      ...times(400, (i) => Math.floor(i / 4)).flatMap((entered, i) => [
        `c${i},${day(entered)},begun`,
        ...(entered + 20 < 100 ? [`c${i},${day(entered + 20)},done`] : []),
      ]),
    ];
    expect(await only({ map: { population }, rows }, "outcome.right_censored")).toMatchObject([{ affected: 80 }]);
  });
});

describe("keys that do not join", () => {
  const lookups = [{ id: "product", file: "products.csv", key: "name", from: "product" }];
  const products = ["name,price", "GTX Pro,5", "MG Special,7", "Enterprise,9", "P-1001,3"];

  it("are named with the one that is close: another spelling, or a slip", async () => {
    const rows = [
      "id,at,product",
      "1,2026-01-01,GTXPro",
      "2,2026-01-01,mg special",
      "3,2026-01-01,Entreprise",
      "4,2026-01-01,GTX Pro",
    ];
    const [found] = await only(
      { map: { lookups }, rows: [...rows, "5,2026-01-01,Enterprisse"], beside: { "products.csv": products } },
      "reference.broken",
    );
    expect(found).toMatchObject({ severity: "critical", columns: ["product"], affected: 3 });
    expect(found?.sentence).toContain('"GTXPro" is there as "GTX Pro"');
    expect(found?.sentence).toContain('"mg special" is there as "MG Special"');
    expect(found?.sentence).toContain('"Enterprisse" is there as "Enterprise"');
  });

  it("are left alone where nothing is close: other products, other ids, blanks", async () => {
    const rows = ["id,at,product", "1,2026-01-01,Another", "2,2026-01-01,P-1002", "3,2026-01-01,"];
    expect(await only({ map: { lookups }, rows, beside: { "products.csv": products } }, "reference.broken")).toEqual(
      [],
    );
  });
});

describe("categories", () => {
  const rows = (cells: readonly string[]): readonly string[] => [
    "id,at,sector",
    ...cells.map((cell, i) => `${i},2026-01-01,${cell}`),
  ];
  const many = (cell: string, n: number): readonly string[] => times(n, () => cell);

  it("that are one letter away from a business word, or from a far commoner one, are probably misspelt", async () => {
    const [known] = await only({ rows: rows([...many("technolgy", 12), ...many("retail", 40)]) }, "category.misspelt");
    expect(known).toMatchObject({ affected: 12, sentence: expect.stringContaining('"technolgy" (technology)') });
    const [own] = await only(
      { rows: rows([...many("Rotterdam", 50), ...many("Roterdam", 2), ...many("Bremen", 40)]) },
      "category.misspelt",
    );
    expect(own).toMatchObject({ affected: 2, sentence: expect.stringContaining('"Roterdam" (Rotterdam)') });
  });

  it("that differ in case, blanks or marks only are one", async () => {
    const [found] = await only(
      { rows: rows([...many("Google Ads", 50), ...many("google-ads", 3), ...many("Email", 9)]) },
      "category.spelt_in_several_ways",
    );
    expect(found).toMatchObject({ affected: 3, examples: ['"Google Ads" (50) and "google-ads" (3)'] });
  });

  it("are left alone where they are other words, other forms, numbers or ids", async () => {
    const words = [
      "service",
      "services",
      "industrial",
      "industry",
      "1.5",
      "15",
      "Contact",
      "Contract",
      "North",
      "South",
    ];
    const found = await defects({ rows: rows(words.flatMap((word) => many(word, 20))) });
    expect(found.filter(({ code }) => code.startsWith("category."))).toEqual([]);
  });
});

describe("columns", () => {
  const rows = times(
    100,
    (i) =>
      `${i},2026-01-0${(i % 9) + 1},${i < 16 ? "" : `acme${i}`},${i % 3 === 0 ? "Select" : i % 2 === 0 ? "HR" : "IT"},No,${i % 2 === 0 ? 999 : i % 7}`,
  );
  const given = {
    map: { account: { account_id: "account" } },
    rows: ["id,at,account,speciality,magazine,days", ...rows],
  };

  it("that the map uses and that are blank are counted, with rows that show it", async () => {
    expect(await only(given, "column.blank")).toMatchObject([
      {
        columns: ["account"],
        affected: 16,
        severity: "warning",
        sentence: expect.stringContaining("(16 %)"),
        examples: ["row 1", "row 2", "row 3", "row 4", "row 5"],
      },
    ]);
  });

  it("that hold words for nothing, or a number that towers above the others, are named, unless the map reads them as missing", async () => {
    expect(await only(given, "column.placeholder")).toMatchObject([
      { columns: ["days"], affected: 50, sentence: expect.stringContaining('"999"') },
      {
        columns: ["speciality"],
        affected: 34,
        severity: "warning",
        fix: expect.stringContaining('missing: ["Select"]'),
      },
    ]);
    expect(await only({ ...given, map: { missing: ["Select", 999] } }, "column.placeholder")).toEqual([]);
  });

  it("that never change say nothing", async () => {
    expect(await only(given, "column.constant")).toMatchObject([{ columns: ["magazine"], severity: "info" }]);
  });
});

describe("what a finding quotes", () => {
  it("names nobody by address, though units and categories may be addresses", async () => {
    const rows = [
      "id,at,won,owner",
      ...times(
        60,
        (i) => `ann${i}@example.com,${day(9)},${day(8)},${i % 9 === 0 ? "Bob@example.com" : "bob@example.com"}`,
      ),
    ];
    const found = await defects({ map: { population: OUTCOME }, rows });
    expect(found.map(({ code }) => code)).toEqual([
      "outcome.negative_lag",
      "category.spelt_in_several_ways",
      "column.constant",
    ]);
    expect(JSON.stringify(found)).toContain("[address]");
    expect(JSON.stringify(found)).not.toContain("@example.com");
  });
});

describe("columns written after the outcome", () => {
  const rng = mersenneRng(7);
  const population = { unit: "id", outcome: { column: "won" } };
  /** Source and score are known beforehand and weakly related; the others are written when it is over, or by who knows. */
  const rows = times(2000, (i) => {
    const won = rng.next() < 0.3;
    const chance = rng.next();
    const tag = won ? (chance < 0.9 ? "closing" : "ringing") : chance < 0.9 ? "not interested" : "ringing";
    const quality = chance < (won ? 0.7 : 0.2) ? "high" : "";
    const last = won === chance < 0.75 ? "sms" : "mail";
    const source = chance < (won ? 0.55 : 0.45) ? "web" : "event";
    return [
      `u${i}`,
      "2026-01-01",
      won ? 1 : 0,
      tag,
      quality,
      quality === "" ? "" : i % 5,
      last,
      source,
      rng.next().toFixed(4),
    ].join(",");
  });
  const given = { map: { population }, rows: ["id,at,won,tags,quality,grade,Last Activity,source,random", ...rows] };

  it("are suspected with their reasons; what was known beforehand is not", async () => {
    const found = await only(given, "column.written_after_outcome");
    const by = new Map(found.map((defect) => [defect.columns[0], defect]));
    expect(found.flatMap(({ columns }) => columns).toSorted()).toEqual(["Last Activity", "grade", "quality", "tags"]);
    expect(by.get("tags")).toMatchObject({
      severity: "critical",
      sentence: expect.stringContaining("alone it ranks outcomes"),
    });
    expect(by.get("tags")?.examples[0]).toContain('"not interested": outcome in 0 %');
    expect(by.get("quality")?.sentence).toContain("it is filled in");
    expect(by.get("Last Activity")?.sentence).toContain("its name speaks of something written or overwritten later");
  });

  it("include those blank in the very rows in which a suspect is: the same hand fills both", async () => {
    const sameRows = times(1000, (i) => {
      const won = rng.next() < 0.4;
      const score = i % 5 < 2 ? "" : won === rng.next() < 0.8 ? "7" : "3";
      return [`u${i}`, "2026-01-01", won ? 1 : 0, score, score === "" ? "" : i % 3, i % 5 < 2 ? i % 3 : ""].join(",");
    });
    const found = await only(
      { map: { population }, rows: ["id,at,won,fit score,band,answer", ...sameRows] },
      "column.written_after_outcome",
    );
    expect(found.map(({ columns }) => columns[0])).toEqual(["fit score", "band"]);
    expect(found[1]).toMatchObject({
      severity: "warning",
      sentence: expect.stringContaining("it is blank in the same rows as fit score, so the same hand fills both"),
    });
  });

  it("are not looked for where there are too few outcomes, nor among what the map itself measures", async () => {
    expect(await only({ map: { population }, rows: given.rows.slice(0, 60) }, "column.written_after_outcome")).toEqual(
      [],
    );
    const measured = { population, signals: [{ type: "opportunity_won", value: "grade" }] };
    const found = await only({ ...given, map: measured }, "column.written_after_outcome");
    expect(found.flatMap(({ columns }) => columns)).not.toContain("grade");
  });
});
