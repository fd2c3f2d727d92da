import { z } from "zod";
import { mappingDocumentSchema } from "./mapping-document.ts";
import { playbookDocumentSchema } from "./playbook-document.ts";
import { policyDocumentSchema } from "./policy-document.ts";
import { signalsMappingDocumentSchema } from "./signals-mapping-document.ts";

/**
 * JSON Schemas (draft 2020-12) of the documents that people write, by the file name they are published under in `docs/reference`. They
 * describe single keys; what only several keys together can say is checked when the document is loaded.
 */
export function documentSchemas(): Readonly<Record<string, unknown>> {
  return {
    "map.schema.json": schemaOf(mappingDocumentSchema, "A Ratchet import mapping"),
    "signals-map.schema.json": schemaOf(signalsMappingDocumentSchema, "A Ratchet signals mapping"),
    "playbook.schema.json": schemaOf(playbookDocumentSchema, "A Ratchet playbook"),
    "policy.schema.json": schemaOf(policyDocumentSchema, "A Ratchet adaptation policy"),
  };
}

function schemaOf(schema: z.ZodType, title: string): unknown {
  return { ...z.toJSONSchema(schema, { io: "input" }), title };
}
