import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentSchemas } from "./json-schemas.ts";

describe("the published JSON Schemas", () => {
  it.each(Object.entries(documentSchemas()))(
    "docs/reference/%s is up to date; else run node scripts/write-schemas.mjs",
    (name, schema) => {
      const published: unknown = JSON.parse(
        readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), "utf8"),
      );
      expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
    },
  );
});
