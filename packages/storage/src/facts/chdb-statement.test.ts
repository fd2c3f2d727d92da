import * as fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ChdbProcess } from "./chdb-process.ts";
import { preamble } from "./chdb-statement.ts";

const root = mkdtempSync(join(tmpdir(), "ratchet-statement-"));
let chdb: ChdbProcess;
beforeAll(async () => {
  chdb = await ChdbProcess.open({
    directory: join(root, "facts"),
    spool: join(root, "spool"),
    dataDirectory: root,
    memoryBytes: 1e9,
    statementMs: 30_000,
  });
});
afterAll(async () => {
  await chdb.close();
  rmSync(root, { recursive: true, force: true });
});

it("sets parameters, then settings, then reading only", () => {
  expect(preamble({ sql: "", parameters: { id: "it's" }, settings: { max_threads: 1 } }, "read")).toBe(
    "SET param_id = 'it\\'s', max_threads = '1', readonly = 1",
  );
  expect(preamble({ sql: "" }, "write")).toBe("");
});

it("refuses a name that could carry SQL", () => {
  expect(() => preamble({ sql: "", parameters: { "a = 1, b": 1 } }, "read")).toThrow(RangeError);
});

it("hands any text over as it is", async () => {
  const piece = fc.constantFrom(
    "'",
    "\\",
    "\\N",
    "\\n",
    "\n",
    "\t",
    "\r",
    "\0",
    "{x:String}",
    "é😀",
    "a",
    ";",
    "--",
    '"',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12, size: "max" }).map((pieces) => pieces.join("")),
      async (text) => {
        expect(await chdb.read({ sql: "SELECT {text:String}", parameters: { text } })).toEqual([[text]]);
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});

it("hands over a text that is longer than a query may be", async () => {
  const text = "\\'é".repeat(400_000);
  expect(
    await chdb.read({
      sql: "SELECT cityHash64({text:String}) = cityHash64(repeat('\\\\\\'é', 400000))",
      parameters: { text },
    }),
  ).toEqual([[1]]);
});

it("hands whole numbers over exactly", async () => {
  const parameters = { most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER };
  expect(await chdb.read({ sql: "SELECT {most:Int64}, {least:Int64}", parameters })).toEqual([
    [String(parameters.most), String(parameters.least)],
  ]);
});
