import { gzipSync } from "node:zlib";
import { instant, MICROS_PER_UNIT, type LoggedRow } from "@ratchet/engine";
import { mappingDocumentSchema } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../documents/load-yaml.ts";
import { importMappingFrom, type ImportMapping } from "./import-mapping.ts";
import { readLog, type LogItem } from "./read-log.ts";

const NOW = instant(Date.UTC(2026, 5, 1));

/** A made-up campaign: leads, the template each got, whether they replied within two weeks, what they then bought. */
const MAP = `
api_version: ratchet.map/v1
name: spring-emails
unit: {column: lead}
time: {column: sent_at, format: M/D/YYYY}
action: {column: template, values: {A: short, B: long}, only: [short, long]}
baseline: short
assignment: randomised
propensity: {column: chance}
context: [region, {column: Employees, as: employees, type: number}, {column: customer, type: boolean}]
segments: [{field: region}, {field: employees, breaks: [50, 500]}]
outcomes:
  - {id: reply, kind: conversion, column: state, positive: [replied], pending: [open], at: replied_at, window: 14d, minimum_effect: 0.01}
  - {id: revenue, kind: value, column: amount, minimum_effect: 1}
objective: reply
cycle: {rows: 2}
`;
const HEADER = "lead,sent_at,template,chance,region,Employees,customer,state,replied_at,amount";

function mapping(text: string): ImportMapping {
  const parsed = parseYaml(text, { file: "map.yaml", schema: mappingDocumentSchema });
  if (parsed.kind === "err") throw new Error(JSON.stringify(parsed.error));
  return importMappingFrom(parsed.value);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function read(lines: readonly string[], map = MAP): Promise<readonly LogItem[]> {
  const items: LogItem[] = [];
  const stream = once(new TextEncoder().encode(`${lines.join("\n")}\n`));
  for await (const item of readLog({ stream, mapping: mapping(map), now: NOW })) items.push(item);
  return items;
}

function faultsOf(items: readonly LogItem[]): readonly string[] {
  return items.flatMap((item) => (item.kind === "rejected" ? [item.row.reason] : []));
}

describe("a row of a log", () => {
  it("is one decision with what came of it", async () => {
    const [item] = await read([HEADER, "L1,3/1/2026,A,0.25,EMEA,120,yes,replied,3/4/2026,19.99"]);
    const row: LoggedRow | null = item?.kind === "row" ? item.row : null;
    expect(row).toEqual({
      row: 1,
      unitId: "L1",
      at: Date.UTC(2026, 2, 1),
      action: "short",
      propensity: 0.25,
      context: { region: "EMEA", employees: 120, customer: true },
      outcomes: [
        { metric: "reply", signal: "reply", value: null, at: Date.UTC(2026, 2, 4) },
        { metric: "revenue", signal: "revenue", value: 19.99 * MICROS_PER_UNIT, at: Date.UTC(2026, 2, 1) },
      ],
    });
  });

  it("knows nothing from an empty cell, and has no outcome of 0", async () => {
    const [item] = await read([HEADER, "L1,3/1/2026,B,1,,,,silent,,0"]);
    expect(item).toMatchObject({
      kind: "row",
      row: { context: { region: null, employees: null, customer: null }, outcomes: [] },
    });
  });

  it("is pending, not faulty, while an outcome is not known yet", async () => {
    expect(await read([HEADER, "L1,,A,0.5,EMEA,10,no,open,,"])).toEqual([{ kind: "pending", outcome: "reply" }]);
  });

  it("is rejected with every reason, its place and its text as it stands in the file", async () => {
    const bad = ' ,2/30/2026,"C",1.5,EMEA,many,perhaps,replied,,1.299 €';
    const [, item] = await read([HEADER, "L1,3/1/2026,A,0.5,EMEA,10,no,silent,,", bad]);
    expect(item).toMatchObject({
      kind: "rejected",
      row: { source: "import:spring-emails", position: "row 2 (line 3)", code: "unit.empty", raw: bad, at: NOW },
    });
    const codes = faultsOf(item === undefined ? [] : [item])
      .join()
      .match(/(?:unit|time|action|propensity|context|outcome)\.[a-z_]+(?=: )/gu);
    expect(codes).toEqual([
      "unit.empty",
      "time.wrong_format",
      "action.unknown",
      "propensity.out_of_range",
      "context.not_a_number",
      "context.not_a_boolean",
      "outcome.unreadable",
    ]);
  });

  it.each([
    ["too few fields", "L1,3/1/2026,A", "row.field_count: the row has 3 fields, the header 10"],
    ["a quote that is not closed", 'L1,3/1/2026,"A,0.5,EMEA,10,no,silent,,', "row.quoting"],
    ["an outcome before its decision", "L1,3/5/2026,A,0.5,EMEA,10,no,replied,3/4/2026,", "outcome.before_decision"],
    ["an outcome without its time", "L1,3/5/2026,A,0.5,EMEA,10,no,replied,,", "outcome.time"],
    ["no action", "L1,3/5/2026,,0.5,EMEA,10,no,silent,,", "action.empty"],
    ["a propensity of 0", "L1,3/5/2026,A,0,EMEA,10,no,silent,,", "propensity.out_of_range"],
    ["a control character in the unit", "L\u0007,3/5/2026,A,0.5,EMEA,10,no,silent,,", "unit.id_control_character"],
  ])("with %s costs itself only", async (_, bad, reason) => {
    const good = "L9,3/1/2026,A,0.5,EMEA,10,no,silent,,";
    const items = await read([HEADER, good, bad, good]);
    expect(items.map((item) => item.kind)).toEqual(["row", "rejected", "row"]);
    expect(faultsOf(items)[0]).toContain(reason);
  });
});

describe("a log", () => {
  it("without a mapped column is refused, with the columns there are and the closest one", async () => {
    const refusal = read([HEADER.replace("sent_at", "Sent At").replace("lead", "account"), "x"]);
    await expect(refusal).rejects.toMatchObject({
      code: "import.missing_column",
      faults: [
        'there is no column "lead"',
        'there is no column "sent_at"; did you mean "Sent At"?',
        expect.stringContaining('the file has the columns "account", "Sent At", "template"'),
      ],
    });
  });

  it("is the same when it is compressed, whatever it is called", async () => {
    const text = [HEADER, "L1,3/1/2026,A,0.25,EMEA,120,yes,silent,,"].join("\n");
    const items: LogItem[] = [];
    for await (const item of readLog({ stream: once(gzipSync(text)), mapping: mapping(MAP), now: NOW }))
      items.push(item);
    expect(items).toEqual(await read(text.split("\n")));
  });

  it("that was cut off while compressed says so", async () => {
    const whole = gzipSync([HEADER, "L1,3/1/2026,A,0.25,EMEA,120,yes,silent,,"].join("\n"));
    const reading = readLog({ stream: once(whole.subarray(0, -12)), mapping: mapping(MAP), now: NOW });
    await expect(reading.next()).rejects.toMatchObject({ code: "import.unreadable" });
  });

  it("in order of rows gets its times from the map", async () => {
    const map = MAP.replace(
      "{column: sent_at, format: M/D/YYYY}",
      '{row_order: {start: "2026-01-01T00:00:00Z", every: 90s}}',
    )
      .replace(", at: replied_at, window: 14d", "")
      .replace("{column: lead}", "{row: true}");
    const items = await read([HEADER, "a,,A,1,,,,silent,,", "b,,A,1,,,,silent,,"], map);
    expect(items).toMatchObject([
      { kind: "row", row: { unitId: "row-1", at: Date.UTC(2026, 0, 1) } },
      { kind: "row", row: { unitId: "row-2", at: Date.UTC(2026, 0, 1, 0, 1, 30) } },
    ]);
  });

  it.each([
    ["uniform", [0.5, 0.5]],
    ["{constant: {short: 0.7, long: 0.3}}", [0.7, 0.3]],
  ])("with propensity %s gives each action its own", async (propensity, expected) => {
    const items = await read(
      [HEADER, "a,3/1/2026,A,,,,,silent,,", "b,3/1/2026,B,,,,,silent,,"],
      MAP.replace("{column: chance}", propensity),
    );
    expect(items.map((item) => (item.kind === "row" ? item.row.propensity : null))).toEqual(expected);
  });

  it("cannot have propensities estimated from a stream, which is read once", async () => {
    await expect(
      read([HEADER, "a,3/1/2026,A,,,,,silent,,"], MAP.replace("{column: chance}", "estimate")),
    ).rejects.toMatchObject({
      code: "import.needs_file",
    });
  });
});
