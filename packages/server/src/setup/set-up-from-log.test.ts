import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mappingDocumentSchema } from "@ratchet/protocol";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { parseYaml } from "../documents/load-yaml.ts";
import { importFile } from "../imports/import-file.ts";
import { context, open } from "../memory-app.fixture.ts";

const mapTo = (objective: string): string => `
api_version: ratchet.map/v1
name: mails
unit: {column: lead}
time: {row_order: {start: "2026-03-01T00:00:00Z", every: 1s}}
action: {column: template}
baseline: none
assignment: randomised
propensity: estimate
outcomes:
  - {id: clicked, kind: conversion, column: clicked, minimum_effect: 0.01}
  - {id: reply, kind: conversion, column: reply, minimum_effect: 0.01}
objective: ${objective}
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratchet-setup-"));
  await writeFile(join(folder, "mails.csv"), "lead,template,clicked,reply\nL1,none,0,0\nL2,short,1,0\nL3,short,1,1\n");
});
afterAll(async () => rm(folder, { recursive: true }));
beforeEach(async () => open());

const importedUnder = async (objective: string) => {
  const mapping = parseYaml(mapTo(objective), { file: "map.yaml", schema: mappingDocumentSchema });
  if (mapping.kind === "err") throw new Error(JSON.stringify(mapping.error));
  return importFile(context, { path: join(folder, "mails.csv"), mapping: mapping.value });
};

it("makes no policy whose objective machines move, though the log is imported (issue 4: only written policies were held to it)", async () => {
  const { report, workspace } = await importedUnder("clicked");
  expect(report.imported).toBe(3);
  expect(workspace).toContain('"clicked" counts clicked signals, which machines make as well as people');
  expect(context.workspace.current().isEmpty).toBe(true);
});

it("keeps clicks as a metric beside an objective that only people move", async () => {
  await importedUnder("clicked");
  const { workspace } = await importedUnder("reply");
  expect(workspace).toContain("objective reply");
  expect(context.workspace.current().isEmpty).toBe(false);
});
