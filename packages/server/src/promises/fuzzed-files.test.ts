import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryFactsStore, memoryStateStore } from "@ratchet/engine";
import type { DataReport, SignalsMappingDocument } from "@ratchet/protocol";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, expect, it } from "vitest";
import { parseYaml } from "../documents/load-yaml.ts";
import { importMapSchema, isSignalsMap } from "../imports/import-map.ts";
import { importSignals } from "../signal-import/import-signals.ts";
import { diceOf, type Dice } from "./draw-history.fixture.ts";
import { MARKERS, mutatedText } from "./mutate-json.fixture.ts";
import { openWorld, type World } from "./world.fixture.ts";

/** Of about twenty rows each; `npm run prove` makes it 2,000. */
const FILES = Number(process.env["RATCHET_IMPORTED_FILES"] ?? "60");
const FIRST_SEED = Number(process.env["RATCHET_LAWS_SEED"] ?? "20260301");

const folder = mkdtempSync(join(tmpdir(), "ratchet-fuzzed-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MAP = `api_version: ratchet.signals/v1
name: crm
id: [id]
person: { email: email, phone: phone }
signals:
  - { type: opportunity_won, at: at, value: amount, currency: { constant: EUR } }
`;

type Format = "csv" | "ndjson" | "parquet";

interface DrawnFile {
  readonly format: Format;
  readonly bytes: Uint8Array;
  /** Its text where it is one that was not garbled on its way. */
  readonly text: string | null;
}

const rowOf = (n: number) => ({
  id: `deal-${n}`,
  at: `2026-02-${String(1 + (n % 28)).padStart(2, "0")}T10:00:00Z`,
  email: MARKERS.email,
  phone: MARKERS.phone,
  amount: "120.50",
});

/** Cells that honest files do not hold. */
const CELLS = [
  "",
  '"',
  '""',
  '"unclosed',
  "a,b,c,d,e,f,g",
  "=1+1",
  "1e400",
  "-0",
  "NaN",
  "9".repeat(400),
  "1970-01-01T00:00:00Z",
  "2038-01-19T03:14:08Z",
  "0000-00-00",
  "yesterday",
  "__proto__",
  "\u0000",
  "\u202e",
  "𝕏",
  "x".repeat(20_000),
  MARKERS.email,
  `call ${MARKERS.phone}`,
  '"a line\nand another"',
] as const;

function csvText(dice: Dice, rows: number): string {
  const line = (n: number): string => {
    const cells = Object.values(rowOf(n));
    if (dice.chance(0.4)) cells[dice.below(cells.length)] = dice.pick(CELLS);
    return (dice.chance(0.05) ? cells.slice(0, dice.below(cells.length)) : cells).join(",");
  };
  const head = dice.chance(0.95) ? Object.keys(rowOf(0)).join(",") : "id,id,at,__proto__,email";
  const end = dice.pick(["\n", "\r\n"]);
  return [head, ...Array.from({ length: rows }, (_, n) => line(n))].join(end) + (dice.chance(0.5) ? end : "");
}

function drawFile(dice: Dice): DrawnFile {
  const rows = 1 + dice.below(40);
  const format = dice.pick<Format>(["csv", "csv", "ndjson", "parquet"]);
  if (format === "parquet") return { format, bytes: garbled(parquet(rows), dice), text: null };
  const lines = Array.from({ length: rows }, (_, n) =>
    dice.chance(0.5) ? JSON.stringify(rowOf(n)) : mutatedText(rowOf(n), dice).replaceAll("\n", " "),
  );
  const text = format === "csv" ? csvText(dice, rows) : lines.join("\n");
  const bytes = garbled(Buffer.from(text), dice);
  return { format, bytes, text: Buffer.from(text).equals(bytes) ? Buffer.from(text).toString("utf8") : null };
}

function parquet(rows: number): Uint8Array {
  const all = Array.from({ length: rows }, (_, n) => rowOf(n));
  const column = (name: keyof ReturnType<typeof rowOf>) => ({ name, data: all.map((row) => row[name]) });
  const columnData = [column("id"), column("at"), column("email"), column("phone"), column("amount")];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** Cut off, or with some bytes changed, one time in five. */
function garbled(bytes: Uint8Array, dice: Dice): Uint8Array {
  if (dice.chance(0.8)) return bytes;
  if (dice.chance(0.3)) return bytes.slice(0, dice.below(bytes.length + 1));
  const changed = Uint8Array.from(bytes);
  for (let i = 0; i < 1 + dice.below(4); i += 1) changed[dice.below(changed.length)] = dice.below(256);
  return changed;
}

function mapFor(format: Format): SignalsMappingDocument {
  const parsed = parseYaml(`${MAP}format: ${format}\n`, { file: "map.yaml", schema: importMapSchema });
  if (parsed.kind === "err" || !isSignalsMap(parsed.value)) throw new Error(JSON.stringify(parsed));
  return parsed.value;
}

/** What an import came to: a report, or why the file as a whole was refused. */
type Outcome =
  { readonly kind: "report"; readonly report: DataReport } | { readonly kind: "refused"; readonly why: string };

async function imported({ context }: World, path: string, format: Format): Promise<Outcome> {
  try {
    const document = mapFor(format);
    return {
      kind: "report",
      report: await importSignals({ path, document, ingest: context.ingest, ...context.stores }),
    };
  } catch (error) {
    // A file that cannot be read says so in its code; anything else is a crash.
    if (error instanceof Error && "code" in error && String(error.code).startsWith("import."))
      return { kind: "refused", why: error.message };
    throw error;
  }
}

const quotesSomebody = (text: string): boolean =>
  text.toLowerCase().includes("secret.example") || text.replaceAll(/\D/gu, "").includes(MARKERS.phone.slice(1));

async function faultsOf(file: DrawnFile, path: string): Promise<readonly string[]> {
  const world = await openWorld({ state: memoryStateStore(), facts: memoryFactsStore() });
  world.turnTo(Date.UTC(2026, 2, 6));
  const { state, facts } = world.context.stores;
  const first = await imported(world, path, file.format);
  const rows = await state.quarantined({ limit: 10_000 });
  const signals = (await facts.counts()).signals;
  const again = await imported(world, path, file.format);
  const common = [
    ...(Reflect.get({}, "polluted") === undefined ? [] : ["polluted"]),
    ...rows
      .filter(({ reason }) => quotesSomebody(reason))
      .map(({ reason }) => `quotes a person: ${reason.slice(0, 200)}`),
    ...((await facts.counts()).signals === signals ? [] : ["the second import added signals"]),
  ];
  if (first.kind === "refused" || again.kind === "refused")
    return [...common, ...(first.kind === again.kind ? [] : ["refused once, and once not"])];
  const { report } = first;
  const told = report.signals;
  if (told === undefined) return ["no count of signals"];
  const taken = told.accepted + told.duplicates + told.conflicts + told.refused;
  const waiting = rows.filter(({ code }) => code !== "inbox.conflict");
  const { text } = file;
  return [
    ...common,
    ...(report.imported + report.quarantined === report.rows ? [] : [`rows: ${JSON.stringify(report).slice(0, 300)}`]),
    ...(taken === told.read && told.accepted === signals ? [] : [`signals: ${JSON.stringify(told)}, ${signals} facts`]),
    ...(waiting.length <= report.quarantined + told.refused ? [] : [`${waiting.length} rows in quarantine`]),
    ...(report.quarantined > 0 && waiting.length === 0 ? ["quarantined, and not there"] : []),
    ...(text === null
      ? []
      : waiting.filter(({ raw }) => !text.includes(raw)).map(({ raw }) => `not as sent: ${raw.slice(0, 200)}`)),
    ...(again.report.signals?.accepted === 0 ? [] : [`again: ${JSON.stringify(again.report.signals)}`]),
  ];
}

it(
  `${FILES} files in which cells, lines and bytes are wrong are read to their end, or refused as a whole with the reason`,
  async () => {
    const faults = new Map<string, string>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + FILES; seed += 1) {
      const file = drawFile(diceOf(seed));
      const path = join(folder, `${seed}.${file.format}`);
      writeFileSync(path, file.bytes);
      const found = await faultsOf(file, path).catch((error: unknown) => [
        `threw ${error instanceof Error ? (error.stack ?? error.message).slice(0, 500) : String(error)}`,
      ]);
      for (const fault of found) faults.set(`${file.format}: ${fault.slice(0, 40)}`, `seed ${seed}: ${fault}`);
      rmSync(path);
    }
    expect([...faults].map((fault) => fault.join(" => "))).toEqual([]);
  },
  60_000 + FILES * 1_000,
);
