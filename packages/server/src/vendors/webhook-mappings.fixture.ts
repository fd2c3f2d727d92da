import { readdirSync, readFileSync } from "node:fs";
import { parseYaml } from "../documents/load-yaml.ts";
import { declarativeVendor } from "./declarative-mapping.ts";
import type { Vendor } from "./vendor.ts";
import { webhookMappingSchema, type WebhookMapping } from "./webhook-mapping.ts";

const EXAMPLES = "examples/webhook-mappings";

/** The mappings that come with the product, each checked. */
export function exampleMappings(): readonly WebhookMapping[] {
  return readdirSync(EXAMPLES).map((file) => {
    const parsed = parseYaml(readFileSync(`${EXAMPLES}/${file}`, "utf8"), { file, schema: webhookMappingSchema });
    if (parsed.kind === "err")
      throw new Error(parsed.error.map(({ path, message }) => `${file}: ${path}: ${message}`).join("\n"));
    return parsed.value;
  });
}

/** The vendor of one of them. */
export function exampleVendor(name: string): Vendor {
  const mapping = exampleMappings().find((example) => example.name === name);
  if (mapping === undefined) throw new Error(`there is no example ${name}`);
  return declarativeVendor(mapping);
}
