import { describe, expect, it } from "vitest";
import { sourceSettingsDocumentSchema } from "./source-settings-document.ts";

const faults = (document: object): readonly string[] => {
  const parsed = sourceSettingsDocumentSchema.safeParse({ api_version: "ratchet.source-settings/v1", ...document });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};
const sales = { name: "sales", stages: { "101": "demo", "102": "signed" }, won: ["102"] };

describe("a source's settings", () => {
  it("may say nothing, or all of it", () => {
    expect(faults({})).toEqual([]);
    expect(
      faults({
        currency: "EUR",
        decision_fields: ["ratchet__c"],
        call_dispositions: { "Spoke to them": "call_connected" },
        pipelines: [sales, { name: "renewals", stages: { "201": "due" } }],
      }),
    ).toEqual([]);
  });
  it("name all faults at once, each where it stands", () => {
    expect(
      faults({
        currency: "eur",
        call_dispositions: { Spoke: "spoken" },
        pipelines: [sales, { name: "sales", stages: { "101": "again", "9": "x" }, won: ["9", "8"], lost: ["9"] }],
      }).map((fault) => fault.split(":")[0]),
    ).toEqual(["currency", "call_dispositions.Spoke"]);
    expect(
      faults({
        pipelines: [sales, { name: "sales", stages: { "101": "again", "9": "x" }, won: ["9", "8"], lost: ["9"] }],
      }).map((fault) => fault.split(":")[0]),
    ).toEqual(["pipelines.1.name", "pipelines.1.stages.101", "pipelines.1.won.1", "pipelines.1.lost.0"]);
  });
});
