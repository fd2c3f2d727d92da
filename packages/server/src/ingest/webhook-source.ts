import type { Source } from "@ratchet/engine";
import { faultText, parseYaml } from "../documents/load-yaml.ts";
import { ProblemError } from "../http/problem-error.ts";
import { declarativeVendor } from "../vendors/declarative-mapping.ts";
import type { Vendor } from "../vendors/vendor.ts";
import { webhookMappingSchema, type WebhookMapping } from "../vendors/webhook-mapping.ts";

/** Vendors known by heart, by the name they have in the route. */
export type Vendors = ReadonlyMap<string, Vendor>;

/** A mapping that a person wrote. @throws ProblemError `map.invalid` with every fault at its line and column. */
export function readWebhookMapping(yaml: string): WebhookMapping {
  const parsed = parseYaml(yaml, { file: "mapping", schema: webhookMappingSchema });
  if (parsed.kind === "ok") return parsed.value;
  throw new ProblemError(
    "map.invalid",
    `the mapping does not fit: ${parsed.error.map(faultText).join("; ")}`,
    parsed.error.map(({ line, column, message }) => ({ path: `${line}:${column}`, message })),
  );
}

/** How a webhook source's calls are checked and read; null where it is of another kind. */
export function vendorOfSource(
  { vendor, mapping }: Pick<Source, "vendor" | "mapping">,
  vendors: Vendors,
): Vendor | null {
  if (vendor === null) return null;
  return mapping === null ? (vendors.get(vendor) ?? null) : declarativeVendor(storedMapping(mapping));
}

/** Our own bytes, checked before they were stored. */
function storedMapping(mapping: string): WebhookMapping {
  const document: WebhookMapping = JSON.parse(mapping);
  return document;
}
