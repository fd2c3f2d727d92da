import { readFileSync } from "node:fs";
import { DEFECT_CODES, signalsMappingDocumentSchema } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { importMapSchema } from "../imports/import-map.ts";
import { faultText, parseYaml } from "./load-yaml.ts";

const page = readFileSync(new URL("../../../../docs/reference/signals-mapping.md", import.meta.url), "utf8");

describe("docs/reference/signals-mapping.md", () => {
  it("shows a map that is right", () => {
    const [, text = ""] = /```yaml signals\n([\s\S]*?)```/u.exec(page) ?? [];
    expect(parseYaml(text, { file: "signals-mapping.md", schema: importMapSchema })).toMatchObject({
      kind: "ok",
      value: { name: "crm-deals" },
    });
  });

  it("explains every key and every finding", () => {
    const { shape } = signalsMappingDocumentSchema;
    const documented = (key: string): boolean => page.includes(`\n| \`${key}\``);
    const keys = Object.keys(shape).filter((key) => key !== "signals" && key !== "population");
    const own = Object.keys(shape.signals.element.shape).filter((key) => !keys.includes(key));
    expect(
      [...keys, ...own.map((key) => `signals[].${key}`), ...DEFECT_CODES].filter((key) => !documented(key)),
    ).toEqual([]);
  });
});

describe("a map of signals with faults", () => {
  it("has each named at its line and column, together", () => {
    const text =
      "api_version: ratchet.signals/v1\nname: x\nperson: {user_id: id}\nsignals:\n  - type: Won\n    at: t\n    valeu: v\n";
    const parsed = parseYaml(text, { file: "map.yaml", schema: importMapSchema });
    expect(parsed.kind === "err" ? parsed.error.map(faultText).map((fault) => fault.split(": ")[0]) : []).toEqual([
      "map.yaml:5:5",
      "map.yaml:7:5",
    ]);
    const kindless = parseYaml("name: x\n", { file: "map.yaml", schema: importMapSchema });
    expect(kindless.kind === "err" ? kindless.error.map(({ path }) => path) : []).toContain("api_version");
  });
});
