import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mappingDocumentSchema } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../documents/load-yaml.ts";
import { guessMapping } from "./guess-mapping.ts";

async function* bytesOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(`${lines.join("\n")}\n`);
}

const guess = async (lines: readonly string[], name = "my leads.csv") => guessMapping({ stream: bytesOf(lines) }, name);

describe("a guessed mapping", () => {
  const LEADS = [
    "Lead ID;Sent At;Test Group;Region;Replied;Revenue",
    ...Array.from(
      { length: 50 },
      (_, i) =>
        `L${i};2026-03-${10 + (i % 20)};${i % 2 === 0 ? "control" : "short"};EMEA;${i % 5 === 0 ? "yes" : "no"};${i}`,
    ),
  ];

  it("finds who, when, what was done and what came of it", async () => {
    const { mapping, notes } = await guess(LEADS);
    expect(mapping).toMatchObject({
      name: "my-leads",
      unit: { column: "Lead ID" },
      time: { column: "Sent At" },
      action: { column: "Test Group" },
      baseline: "control",
      assignment: "randomised",
      propensity: "estimate",
      context: ["Region"],
      outcomes: [
        { id: "replied", kind: "conversion", column: "Replied", minimum_effect: 0.02 },
        { id: "revenue", kind: "value", column: "Revenue" },
      ],
      objective: "replied",
    });
    expect(notes.map(({ key, confidence }) => `${key} ${confidence}`)).toEqual([
      "unit high",
      "time high",
      "action high",
      "baseline medium",
      "assignment medium",
      "outcomes medium",
    ]);
  });

  it("is given as YAML too, which says the same", async () => {
    const { yaml, mapping } = await guess(LEADS);
    expect(parseYaml(yaml, { file: "guess", schema: mappingDocumentSchema })).toEqual({ kind: "ok", value: mapping });
  });

  it("never takes an action for random unless its name says so: a wrong guess would make a correlation an effect", async () => {
    const { mapping } = await guess(LEADS.map((line) => line.replace("Test Group", "Template")));
    expect(mapping).toMatchObject({ assignment: "observational", action: { column: "Template" } });
    expect(mapping).not.toHaveProperty("propensity");
  });

  it("leaves out what identifies a person directly", async () => {
    const lines = LEADS.map((line, i) => `${i === 0 ? "E-Mail;First Name" : `ann${i}@example.org;Ann`};${line}`);
    expect((await guess(lines)).mapping).toMatchObject({ unit: { column: "Lead ID" }, context: ["Region"] });
  });

  it("says when a date can be read in two ways", async () => {
    const lines = [
      "id,day,variant,won",
      ...Array.from({ length: 9 }, (_, i) => `x${i},0${1 + i}/02/2026,${i % 2},${i % 3 === 0 ? 1 : 0}`),
    ];
    const { notes } = await guess(lines);
    expect(notes.find(({ key }) => key === "time")).toMatchObject({
      confidence: "medium",
      sentence: expect.stringContaining("could also be D/M/YYYY"),
    });
  });

  it("gives no mapping, but a preview and what is missing, where nothing is recognised", async () => {
    const { mapping, notes, columns, preview } = await guess(["x,y", "some,text", "more,words"]);
    expect(mapping).toBeNull();
    expect({ columns, preview }).toEqual({
      columns: ["x", "y"],
      preview: [
        ["some", "text"],
        ["more", "words"],
      ],
    });
    expect(notes.map(({ sentence }) => sentence).join("\n")).toContain("no column seems to say what was done");
  });
});

const data = new URL("../../../../../shared/data/", import.meta.url);
describe.skipIf(!existsSync(data))("a guess on a real log (skipped where ../shared/data is absent)", () => {
  it.each([
    [
      "hillstrom/hillstrom.csv",
      { unit: { row: true }, action: { column: "segment" }, baseline: "No E-Mail", objective: "visit" },
    ],
    [
      "marketing_ab_sample/marketing_AB_sample.csv",
      { unit: { column: "user_id" }, action: { column: "test_group" }, baseline: "psa", objective: "converted" },
    ],
    [
      "cookie_cats/cookie_cats.csv",
      { unit: { column: "userid" }, action: { column: "version" }, objective: "retention_1" },
    ],
    [
      "maven_crm/sales_pipeline.csv",
      {
        unit: { column: "opportunity_id" },
        time: { column: "engage_date", format: "M/D/YYYY" },
        action: { column: "product" },
        objective: "won",
      },
    ],
  ])("finds the columns of %s", async (file, expected) => {
    const path = fileURLToPath(new URL(file, data));
    expect((await guessMapping({ path }, file)).mapping).toMatchObject(expected);
  });
});
