import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isoOf, memoryFactsStore, type Signal } from "@ratchet/engine";
import type { DataReport } from "@ratchet/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseYaml } from "../documents/load-yaml.ts";
import { importMapSchema, isSignalsMap } from "../imports/import-map.ts";
import { context, open, pass } from "../memory-app.fixture.ts";
import { importSignals } from "./import-signals.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-signals-"));
});
afterAll(async () => rm(folder, { recursive: true }));
beforeEach(() => open());

const HEAD = "api_version: ratchet.signals/v1\nname: crm\n";

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

interface Imported {
  readonly report: DataReport;
  /** In order of time, then type. */
  readonly signals: readonly Signal[];
}

async function imported(map: string, lines: readonly string[], stop?: AbortSignal): Promise<Imported> {
  const parsed = parseYaml(`${HEAD}${map}`, { file: "map.yaml", schema: importMapSchema });
  if (parsed.kind === "err" || !isSignalsMap(parsed.value)) throw new Error(JSON.stringify(parsed));
  const report = await importSignals({
    path: await file("rows.csv", lines),
    document: parsed.value,
    ingest: context.ingest,
    ...context.stores,
    ...(stop === undefined ? {} : { signal: stop }),
  });
  return { report, signals: await stored() };
}

async function stored(): Promise<readonly Signal[]> {
  const found = await context.stores.facts.signals({ source: "import:crm", limit: 10_000 });
  return [...found].sort((a, b) => a.occurredAt - b.occurredAt || (a.type < b.type ? -1 : 1));
}

const shown = ({ type, unitId, occurredAt }: Signal): string => `${isoOf(occurredAt).slice(0, 10)} ${unitId} ${type}`;

describe("a file of signals", () => {
  it("gives several signals a row, each with its own time: stage dates", async () => {
    const { report, signals } = await imported(
      `id: [deal]
person: {user_id: deal}
signals:
  - {type: opportunity_created, at: opened}
  - {type: meeting_held, at: {column: met, optional: true, format: M/D/YYYY}}
  - {type: opportunity_won, at: {column: won, optional: true}, value: amount, currency: {constant: EUR}}
`,
      ["deal,opened,met,won,amount", "d1,2026-01-01,1/5/2026,2026-01-09,120.50", "d2,2026-01-02,,,"],
    );
    expect(signals.map(shown)).toEqual([
      "2026-01-01 d1 opportunity_created",
      "2026-01-02 d2 opportunity_created",
      "2026-01-05 d1 meeting_held",
      "2026-01-09 d1 opportunity_won",
    ]);
    expect(signals.at(-1)).toMatchObject({ value: 120_500_000, detail: { currency: "EUR" } });
    expect(report).toMatchObject({
      source: "import:crm",
      rows: 2,
      imported: 2,
      quarantined: 0,
      first_at: "2026-01-01T00:00:00.000Z",
      last_at: "2026-01-09T00:00:00.000Z",
      signals: { read: 4, accepted: 4, duplicates: 0, conflicts: 0, refused: 0, silent_rows: 0 },
    });
  });

  it("reads an event log: activities become types, and what is not mapped is skipped, kept or put aside, as the map says", async () => {
    const lines = ["case,activity,at", "c1,Sent,2026-01-01", "c1,Antwort,2026-01-02", "c1,Noise,2026-01-03"];
    const map = (otherwise: string): string => `
at: at
person: {user_id: case}
signals: [{type: {column: activity, values: {Sent: sent, Antwort: replied}${otherwise}}}]
`;
    const skipped = await imported(map(", otherwise: skip"), lines);
    expect(skipped.signals.map(({ type }) => type)).toEqual(["sent", "replied"]);
    expect(skipped.report).toMatchObject({ imported: 2, quarantined: 0, signals: { silent_rows: 1 } });
    await open();
    expect((await imported(map(", otherwise: other_event"), lines)).signals.map(({ type }) => type)).toEqual([
      "sent",
      "replied",
      "other_event",
    ]);
    await open();
    const { report } = await imported(map(""), lines);
    expect(report).toMatchObject({ imported: 2, quarantined: 1, quarantined_by_code: [{ code: "type.unknown" }] });
  });

  it("reads stage transitions with pipeline, from, to and source; `previous` is the stage entered before, per pipeline and unit", async () => {
    const { signals } = await imported(
      `
at: at
person: {user_id: deal}
signals:
  - type: stage_changed
    stage: {pipeline: {column: p, values: {"1": new business}}, from: {previous: true}, to: stage, source: by}
`,
      [
        "deal,p,stage,by,at",
        "d1,1,demo,rep,2026-01-01",
        "d2,1,demo,rep,2026-01-01",
        "d1,1,proposal,rep,2026-01-02",
        "d1,2,renewal,flow,2026-01-03",
        "d1,1,demo,,2026-01-04",
        "d1,1,late,rep,2026-01-02",
      ],
    );
    const moves = signals.map(({ unitId, detail }) => ({ unitId, ...detail?.properties }));
    expect(moves.filter(({ unitId }) => unitId === "d1")).toEqual([
      { unitId: "d1", pipeline: "new business", to: "demo", stage_source: "rep" },
      { unitId: "d1", pipeline: "new business", from: "demo", to: "proposal", stage_source: "rep" },
      // Written later in the file, but older than the row before it: what it left is not known.
      { unitId: "d1", pipeline: "new business", to: "late", stage_source: "rep" },
      { unitId: "d1", pipeline: "2", to: "renewal", stage_source: "flow" },
      { unitId: "d1", pipeline: "new business", from: "proposal", to: "demo" },
    ]);
  });

  it("gives a signal only for rows that meet every condition, and reads words for nothing as nothing", async () => {
    const { signals } = await imported(
      `
at: at
missing: [Select, "-"]
person: {user_id: id}
signals:
  - {type: form_submitted, when: [{column: city, filled: true}, {column: state, not_in: [spam]}], properties: [city, size]}
`,
      ["id,at,city,state,size", "a,2026-01-01,Rome,ok,-", "b,2026-01-01,select,ok,5", "c,2026-01-01,Oslo,spam,5"],
    );
    expect(signals.map(({ unitId, detail }) => [unitId, detail?.properties])).toEqual([["a", { city: "Rome" }]]);
  });

  it("looks columns up in a file beside the imported one, once by key", async () => {
    await file("owners.csv", ["owner,region,size", "o1,EMEA,5", "o1,APAC,6"]);
    const { signals } = await imported(
      `
at: at
person: {user_id: id}
lookups: [{id: owner, file: owners.csv, key: owner, from: owner_id}]
signals:
  - {type: sent, properties: [{column: owner.region, as: region}, {column: owner.size, as: size, type: number}, {constant: crm, as: tool}]}
`,
      ["id,at,owner_id", "a,2026-01-01,o1", "b,2026-01-02,o9"],
    );
    expect(signals.map(({ detail }) => detail?.properties)).toEqual([
      { region: "EMEA", size: 5, tool: "crm" },
      { tool: "crm" },
    ]);
  });

  it("makes surrogates of people, hears machines, and belongs to the account where one is named", async () => {
    const { signals } = await imported(
      `
at: {column: at, format: [iso, epoch_s]}
person: {email: mail}
signals:
  - {type: opened, machine: {vendor_says_machine: bot}}
  - {type: meeting_booked, when: {column: company, filled: true}, account: {account_id: company}}
`,
      ["mail,at,bot,company", "ann@example.com,2026-01-01,true,", "ann@example.com,1767312000,false,acme"],
    );
    expect(signals.map(({ type, detail }) => [type, (detail?.humanProbability ?? 1) < 0.1])).toEqual([
      ["opened", true],
      ["meeting_booked", false],
      ["opened", false],
    ]);
    expect(signals[1]?.unitId).toBe("acme");
    expect(JSON.stringify(signals)).not.toContain("ann@example.com");
  });
});

const WON = `
id: [deal]
person: {user_id: deal}
signals: [{type: opportunity_won, at: won, value: amount}]
`;

describe("rows that do not fit", () => {
  const lines = [
    "deal,won,amount",
    "d1,2026-01-01,10",
    "d2,yesterday,many",
    ",2026-01-01,5",
    '"d4,2026-01-01,5',
    "d5,2026-01-05,5",
    "d6,,5",
  ];

  it("go to quarantine whole, verbatim and with their line, once however often the file comes; the others are imported", async () => {
    const first = await imported(WON, lines);
    expect(first.signals.map(({ unitId }) => unitId)).toEqual(["d1", "d5"]);
    expect(first.report).toMatchObject({ rows: 6, imported: 2, quarantined: 4 });
    await imported(WON, lines);
    const kept = await context.stores.state.quarantined({ source: "import:crm", limit: 100 });
    expect(kept.map(({ position, code, raw }) => [position, code, raw])).toEqual([
      ["row 2 (line 3)", "time.not_iso", "d2,yesterday,many"],
      ["row 3 (line 4)", "unit.empty", ",2026-01-01,5"],
      ["row 4 (line 5)", "row.quoting", '"d4,2026-01-01,5'],
      ["row 6 (line 7)", "time.empty", "d6,,5"],
    ]);
    expect(kept[0]?.reason).toContain('value.unreadable: amount: "many" is no amount');
  });

  it("stop the import where none of the first thousand fits, and a missing column does at once", async () => {
    const wrong = Array.from({ length: 1200 }, (_, i) => `d${i},soon,1`);
    await expect(imported(WON, ["deal,won,amount", ...wrong])).rejects.toThrow("mend the map first");
    await expect(imported(WON, ["deal,Won,amount", "d1,2026-01-01,1"])).rejects.toThrow(
      'there is no column "won"; did you mean "Won"?',
    );
    await expect(imported(WON, ["deal,won,won,amount", "d1,2026-01-01,,1"])).rejects.toThrow(
      'column "won" is there more than once',
    );
  });
});

describe("importing again", () => {
  const lines = ["deal,won,amount", ...Array.from({ length: 5000 }, (_, i) => `d${i},2026-01-01,${i}`)];

  it("adds nothing, mended rows come in, and a row that says something else is a conflict: the first stands", async () => {
    await imported(WON, lines.slice(0, 4));
    pass(86_400_000);
    const { report, signals } = await imported(WON, [
      "deal,won,amount",
      "d0,2026-01-01,0",
      "d1,2026-01-01,99",
      "d9,2026-01-01,9",
    ]);
    expect(report.signals).toMatchObject({ read: 3, accepted: 1, duplicates: 1, conflicts: 1, refused: 0 });
    expect(signals.map(({ unitId, value }) => `${unitId} ${value}`).toSorted()).toEqual([
      "d0 0",
      "d1 1000000",
      "d2 2000000",
      "d9 9000000",
    ]);
  });

  it("goes on after it was stopped: nothing is missing, nothing doubled", async () => {
    let writes = 0;
    const facts = memoryFactsStore();
    await open({
      ...facts,
      load: async (segment) => {
        writes += 1;
        if (writes === 1) throw new Error("the disk is full");
        return facts.load(segment);
      },
    });
    await expect(imported(WON, lines)).rejects.toThrow("the disk is full");
    const { report, signals } = await imported(WON, lines);
    expect(signals).toHaveLength(5000);
    expect(new Set(signals.map(({ messageId }) => messageId)).size).toBe(5000);
    expect(report.signals).toMatchObject({ read: 5000, accepted: 0, duplicates: 5000 });

    await open();
    await expect(imported(WON, lines, AbortSignal.abort())).rejects.toThrow("aborted");
    expect((await imported(WON, lines)).signals).toHaveLength(5000);
  });

  it("is the same facts in any order of the rows, each repeated, in any number of files", async () => {
    await imported(WON, lines.slice(0, 41));
    const factsOf = (signals: readonly Signal[]): readonly string[] =>
      signals.map(({ messageId, unitId, value, occurredAt }) => `${messageId} ${unitId} ${value} ${occurredAt}`).sort();
    const expected = factsOf(await stored());
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...lines.slice(1, 41), ...lines.slice(1, 41)], { minLength: 80, maxLength: 80 }),
        fc.integer({ min: 0, max: 80 }),
        async (rows, cut) => {
          await open();
          await imported(WON, ["deal,won,amount", ...rows.slice(0, cut)]);
          pass(1000);
          await imported(WON, ["deal,won,amount", ...rows.slice(cut)]);
          expect(factsOf(await stored())).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});
