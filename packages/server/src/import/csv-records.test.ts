import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { csvRecords, type CsvRecord } from "./csv-records.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  text: string | Uint8Array,
  size = 1 << 20,
  delimiter: string | null = null,
): Promise<readonly CsvRecord[]> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const records: CsvRecord[] = [];
  for await (const batch of csvRecords(pieces(bytes, size), delimiter)) records.push(...batch);
  return records;
}

const fieldsOf = (records: readonly CsvRecord[]) => records.map((record) => record.fields);

describe("records of a CSV", () => {
  it.each([
    ["commas", "a,b\n1,2\n"],
    ["semicolons", "a;b\n1;2\n"],
    ["tabs", "a\tb\n1\t2\n"],
    ["Windows line breaks", "a,b\r\n1,2\r\n"],
    ["old Macintosh line breaks", "a,b\r1,2\r"],
    ["no line break at the end", "a,b\n1,2"],
    ["a byte order mark", "\ufeffa,b\n1,2\n"],
    ["blank lines", "\na,b\n\n1,2\n\n"],
    ["quotes", '"a","b"\n"1","2"\n'],
  ])("come from a file with %s", async (_, text) => {
    expect(fieldsOf(await read(text))).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
  });

  it("come from UTF-16, as some spreadsheets export", async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("a;b\nß;2\n", "utf16le")]);
    expect(fieldsOf(await read(bytes))).toEqual([
      ["a", "b"],
      ["ß", "2"],
    ]);
  });

  it("keep the original text and the line, also where a field spans lines", async () => {
    const records = await read('a,b\n1,"two\nlines, ""quoted"""\r\n3,4\n');
    expect(records.slice(1)).toEqual([
      { fields: ["1", 'two\nlines, "quoted"'], raw: '1,"two\nlines, ""quoted"""', line: 2, fault: null },
      { fields: ["3", "4"], raw: "3,4", line: 4, fault: null },
    ]);
  });

  it("lose one line, not the rest of the file, to a quote that is never closed", async () => {
    const records = await read('id,name\n1,"Ann\n2,Bo\n3,"Cy"\n4,Di\n');
    expect(records.map((record) => record.fault ?? record.fields)).toEqual([
      ["id", "name"],
      expect.stringContaining("not closed"),
      ["2", "Bo"],
      ["3", "Cy"],
      ["4", "Di"],
    ]);
    expect(records[1]).toMatchObject({ raw: '1,"Ann', line: 2 });
  });

  it("lose one line where text follows a closing quote", async () => {
    const records = await read('id,name\n1,"Ann" Lee\n2,"Bo"\n');
    expect(records.map((record) => [record.raw, record.fault === null])).toEqual([
      ["id,name", true],
      ['1,"Ann" Lee', false],
      ['2,"Bo"', true],
    ]);
  });

  it("hold no more than a quarter of a megabyte back while they wait for a closing quote", async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},some name`);
    const records = await read(`id,name\n1,"Ann\n${rows.join("\n")}\n`, 65_536);
    expect(records).toHaveLength(40_002);
    expect(records.filter((record) => record.fault !== null).map((record) => record.line)).toEqual([2]);
  });

  it("refuse an empty file", async () => {
    await expect(read(" \n\n")).rejects.toMatchObject({ code: "import.empty_file" });
  });

  const cell = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", " ", "1"), maxLength: 6 });
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 });
  it("are what was written, however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
        const written = [["x", "y", "z"], ...rows.map(([a, b, c]) => [`#${a}`, b, c])];
        expect(fieldsOf(await read(Papa.unparse(written, { newline: "\n", quotes: true }), size, ","))).toEqual(
          written,
        );
      }),
    );
  });
});
