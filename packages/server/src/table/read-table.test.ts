import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable, type ReadTableTask } from "./read-table.ts";
import { positionOf, type TableRow } from "./table-row.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-table-"));
});
afterAll(async () => rm(folder, { recursive: true }));

async function file(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function rowsOf(
  task: ReadTableTask,
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly TableRow[] }> {
  const rows: TableRow[] = [];
  let columns: readonly string[] = [];
  for await (const batch of readTable(task)) {
    columns = batch.columns;
    rows.push(...batch.rows);
  }
  return { columns, rows };
}

async function cellsOf(path: string, ...names: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { rows } = await rowsOf({ origin: { path } });
  return rows.map((row) => names.map((name) => row.cell(name)));
}

describe("a table", () => {
  const csv = "id;stage\nd1;won\nd2;lost\n";
  const ndjson = '{"id":"d1","stage":"won"}\n\n{"id":"d2","stage":"lost"}\n';
  const expected = [
    ["d1", "won"],
    ["d2", "lost"],
  ];

  it("is read alike from CSV, NDJSON and Parquet, plain or gzip, whatever the file is called", async () => {
    expect(await cellsOf(await file("a", csv), "id", "stage")).toEqual(expected);
    expect(await cellsOf(await file("b", gzipSync(csv)), "id", "stage")).toEqual(expected);
    expect(await cellsOf(await file("c", ndjson), "id", "stage")).toEqual(expected);
    expect(await cellsOf(await file("d", gzipSync(ndjson)), "id", "stage")).toEqual(expected);
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: "id", data: ["d1", "d2"], type: "STRING" },
        { name: "stage", data: ["won", "lost"], type: "STRING" },
      ],
    });
    expect(await cellsOf(await file("e", new Uint8Array(parquet)), "id", "stage")).toEqual(expected);
  });

  it("has empty cells where a column is missing", async () => {
    expect(await cellsOf(await file("missing.csv", csv), "nowhere")).toEqual([[""], [""]]);
    expect(await cellsOf(await file("missing.ndjson", ndjson), "nowhere", "id.more")).toEqual([
      ["", ""],
      ["", ""],
    ]);
  });

  it("knows each row's place and text, and takes a faulty line for one faulty row", async () => {
    const path = await file("faulty.ndjson", '{"id":1}\n{"id":\n[2]\n{"id":3}\r\n');
    const { rows } = await rowsOf({ origin: { path } });
    expect(rows.map((row) => [positionOf(row), row.raw, row.fault?.code ?? null, row.cell("id")])).toEqual([
      ["row 1 (line 1)", '{"id":1}', null, "1"],
      ["row 2 (line 2)", '{"id":', "row.not_json", ""],
      ["row 3 (line 3)", "[2]", "row.not_json", ""],
      ["row 4 (line 4)", '{"id":3}', null, "3"],
    ]);
    const wide = await rowsOf({ origin: { path: await file("wide.csv", "a,b\n1,2,3\n4,5\n") } });
    expect(wide.rows.map(({ fault }) => fault?.code ?? null)).toEqual(["row.field_count", null]);
  });

  it("names nested JSON by its path, and keeps numbers too long for a double", async () => {
    const line = '{"id":12345678901234567890,"deal":{"amount":5.5,"tags":["a","b"]},"closed":true,"owner":null}\n';
    const path = await file("nested.ndjson", line);
    const { columns } = await rowsOf({ origin: { path } });
    expect(columns).toEqual(["id", "deal.amount", "deal.tags", "closed", "owner"]);
    expect(await cellsOf(path, "id", "deal.amount", "deal.tags", "closed", "owner")).toEqual([
      ["12345678901234567890", "5.5", "a, b", "true", ""],
    ]);
  });

  it("gives Parquet's times as ISO 8601 and its big integers digit by digit, over many reads", async () => {
    const n = 12_000;
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: "id", data: Array.from({ length: n }, (_, i) => 9_007_199_254_740_993n + BigInt(i)), type: "INT64" },
        { name: "at", data: Array.from({ length: n }, () => new Date(Date.UTC(2026, 2, 1, 9))), type: "TIMESTAMP" },
      ],
    });
    const path = await file("many.parquet", new Uint8Array(parquet));
    const cells = await cellsOf(path, "id", "at");
    expect(cells).toHaveLength(n);
    expect(cells[0]).toEqual(["9007199254740993", "2026-03-01T09:00:00.000Z"]);
    expect(cells.at(-1)?.[0]).toBe("9007199254752992");
    const { rows } = await rowsOf({ origin: { path } });
    expect(rows[11_000]).toMatchObject({
      n: 11_001,
      line: null,
      raw: expect.stringContaining('"id":"9007199254751993"'),
    });
  });

  it("reads the first of two columns of one name", async () => {
    expect(await cellsOf(await file("doubled.csv", "id,id\n1,2\n"), "id")).toEqual([["1"]]);
  });

  it("refuses a broken Parquet file, and one from a stream, saying so", async () => {
    const broken = await file("broken.parquet", "PAR1 and then nothing");
    await expect(rowsOf({ origin: { path: broken } })).rejects.toThrow("cannot be read as Parquet");
    const stream = Readable.from([Buffer.from("PAR1")]);
    await expect(rowsOf({ origin: { stream }, format: "parquet" })).rejects.toThrow("needs a file, not a stream");
  });
});
