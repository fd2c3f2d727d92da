import * as fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChdbProcess } from "./chdb-process.ts";
import { RowBinaryWriter } from "./row-binary.ts";

describe("the bytes", () => {
  it("are those of the format's documentation", () => {
    const bytes = (write: (writer: RowBinaryWriter) => unknown): readonly number[] => {
      const writer = new RowBinaryWriter(1);
      write(writer);
      return [...writer.bytes];
    };
    expect(bytes((w) => w.string("aé"))).toEqual([3, 0x61, 0xc3, 0xa9]);
    expect(bytes((w) => w.int64(-2))).toEqual([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    expect(bytes((w) => w.float64(1))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    expect(bytes((w) => w.nullable<number>(null, (n) => w.int64(n)))).toEqual([1]);
    expect(bytes((w) => w.nullable<number>(7, (n) => w.uint8(n)))).toEqual([0, 7]);
    expect(bytes((w) => w.strings(["", "b"]))).toEqual([2, 0, 1, 0x62]);
    // 300 = 0b10_0101100: the low seven bits first, marked as not the last.
    expect(bytes((w) => w.string("x".repeat(300))).slice(0, 2)).toEqual([0xac, 0x02]);
  });

  it("refuse a number that a double does not hold exactly", () => {
    expect(() => new RowBinaryWriter().int64(2 ** 53)).toThrow(RangeError);
    expect(() => new RowBinaryWriter().int64(0.5)).toThrow(RangeError);
  });
});

describe("through the engine", () => {
  const root = mkdtempSync(join(tmpdir(), "ratchet-row-binary-"));
  const spool = join(root, "spool");
  let chdb: ChdbProcess;
  beforeAll(async () => {
    chdb = await ChdbProcess.open({
      directory: join(root, "facts"),
      spool,
      dataDirectory: root,
      memoryBytes: 1e9,
      statementMs: 30_000,
    });
    await chdb.write({ sql: "CREATE DATABASE t ENGINE = Atomic" });
    await chdb.write({
      sql: "CREATE TABLE t.t (i Int64, s LowCardinality(String), n Nullable(Int64), f Float64, g Nullable(Float64), a Array(String), u UInt8, d DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY i",
    });
  });
  afterAll(async () => {
    await chdb.close();
    rmSync(root, { recursive: true, force: true });
  });

  it("every value comes back as it was written", async () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("", "\0", "\n", " \r\n\t", "\\N", "'", "x".repeat(20_000)),
    );
    const integer = fc.oneof(
      fc.maxSafeInteger(),
      fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32), -(2 ** 31), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
    );
    const float = fc.double({ noDefaultInfinity: true, noNaN: true }).map((x) => (x === 0 ? 0 : x));
    const ms = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2299, 11, 31) });
    const row = fc.tuple(
      text,
      fc.option(integer),
      float,
      fc.option(float),
      fc.array(text, { maxLength: 3 }),
      fc.integer({ min: 0, max: 255 }),
      ms,
    );
    let table = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60, size: "max" }), async (rows) => {
        table += 1;
        const writer = new RowBinaryWriter(16);
        rows.forEach(([s, n, f, g, a, u, d], i) => {
          writer
            .int64(i)
            .string(s)
            .nullable(n, (v) => writer.int64(v))
            .float64(f)
            .nullable(g, (v) => writer.float64(v))
            .strings(a)
            .uint8(u)
            .int64(d);
        });
        writeFileSync(join(spool, `${table}.bin`), writer.bytes);
        await chdb.write({ sql: "TRUNCATE TABLE t.t" });
        await chdb.write({
          sql: "INSERT INTO t.t SELECT * FROM file({file:String}, RowBinary, 'i Int64, s String, n Nullable(Int64), f Float64, g Nullable(Float64), a Array(String), u UInt8, d DateTime64(3, \\'UTC\\')')",
          parameters: { file: `${table}.bin` },
        });
        const back = await chdb.read({ sql: "SELECT s, n, f, g, a, u, toUnixTimestamp64Milli(d) FROM t.t ORDER BY i" });
        expect(back).toEqual(
          rows.map(([s, n, f, g, a, u, d]) => [s, n === null ? null : String(n), f, g, a, u, String(d)]),
        );
      }),
      { numRuns: 25, seed: 1 },
    );
  }, 60_000);
});
