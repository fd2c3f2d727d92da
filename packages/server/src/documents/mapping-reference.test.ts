import { readFileSync } from "node:fs";
import { mappingDocumentSchema } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { parseYaml } from "./load-yaml.ts";

const page = readFileSync(new URL("../../../../docs/reference/mapping.md", import.meta.url), "utf8");

describe("docs/reference/mapping.md", () => {
  it("shows a map that is right", () => {
    const [, text = ""] = /```yaml map\n([\s\S]*?)```/u.exec(page) ?? [];
    expect(parseYaml(text, { file: "mapping.md", schema: mappingDocumentSchema })).toMatchObject({
      kind: "ok",
      value: { name: "spring-emails" },
    });
  });

  it("explains every key", () => {
    const outcome = mappingDocumentSchema.shape.outcomes.element.shape;
    const keys = [
      ...Object.keys(mappingDocumentSchema.shape),
      ...Object.keys(outcome).map((key) => `outcomes[].${key}`),
    ];
    const documented = (key: string): boolean =>
      new RegExp(`^\\| \`${key.replaceAll(/[[\].]/gu, "\\$&")}[\`.]`, "mu").test(page);
    expect(keys.filter((key) => key !== "outcomes" && !documented(key))).toEqual([]);
  });
});
