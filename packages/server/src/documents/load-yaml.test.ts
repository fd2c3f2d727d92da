import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mappingDocumentSchema } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { faultText, loadYaml, parseYaml } from "./load-yaml.ts";

const map = `# who was written to, and what came of it
api_version: ratchet.map/v1
name: spring-emails
unit: {column: lead}
time: {row_order: {start: 2026-01-01T00:00:00Z, every: 1s}}
action: {column: template, only: [none, short]}
baseline: none
assignment: randomised
propensity: uniform
outcomes:
  - {id: visit, kind: conversion, column: visited, positive: [1], minimum_effect: 0.005}
objective: visit
`;

function faults(text: string): readonly string[] {
  const parsed = parseYaml(text, { file: "map.yaml", schema: mappingDocumentSchema });
  return parsed.kind === "ok" ? [] : parsed.error.map(faultText);
}

describe("a YAML document", () => {
  it("is read with the core schema of YAML 1.2: times stay text, numbers are numbers", () => {
    const parsed = parseYaml(map, { file: "map.yaml", schema: mappingDocumentSchema });
    expect(parsed).toMatchObject({
      kind: "ok",
      value: { name: "spring-emails", time: { row_order: { start: "2026-01-01T00:00:00Z" } } },
    });
  });

  it("reports every fault at once, each with its line and column, in order of place", () => {
    const broken =
      map.replace("baseline: none", "baseline: never").replace("kind: conversion", "kind: convertion") +
      "objektive: visit\n";
    expect(faults(broken)).toEqual([
      expect.stringMatching(/^map\.yaml:11:17: outcomes\.0\.kind: .*"conversion"\|"value"/u),
      'map.yaml:13:1: objektive: unknown key "objektive"; remove it or mind its spelling',
    ]);
    expect(
      faults(map.replace("baseline: none", "baseline: never").replace("objective: visit", "objective: spend")),
    ).toEqual([
      expect.stringMatching(/^map\.yaml:7:1: baseline: /u),
      expect.stringMatching(/^map\.yaml:12:1: objective: /u),
    ]);
  });

  it("points at what surrounds a missing key", () => {
    expect(faults(map.replace(", column: visited", ""))).toEqual([
      "map.yaml:11:5: outcomes.0.column: this key is missing (string)",
    ]);
  });

  it.each([
    ["aliases", `${map.replace("unit: {", "unit: &u {")}context: [*u]\n`, "map.yaml:13:11: aliases"],
    ["repeated keys", `${map}objective: visit\n`, "Map keys must be unique"],
    ["unknown tags", `${map}guardrails: !ref [visit]\n`, "Unresolved tag"],
    ["a second document", `${map}---\nname: other\n`, "multiple documents"],
    ["bad syntax", `${map}context: [a\n`, "map.yaml:14:1"],
    ["an empty file", "", "map.yaml:1:1"],
  ])("refuses %s", (_, text, message) => {
    expect(faults(text).join("\n")).toContain(message);
  });

  it("refuses more than 256 KB without parsing it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ratchet-yaml-"));
    const path = join(folder, "map.yaml");
    await writeFile(path, map + "#".repeat(256 * 1024));
    const loaded = await loadYaml(path, mappingDocumentSchema);
    expect(loaded.kind === "err" ? loaded.error[0]?.message : "").toContain("at most 262144");
    await rm(folder, { recursive: true });
  });
});
