import type { Source } from "@ratchet/engine";
import { sourceSettingsDocumentSchema, type SourceSettingsDocument } from "@ratchet/protocol";
import { faultText, parseYaml } from "../documents/load-yaml.ts";
import { ProblemError } from "../http/problem-error.ts";
import { declarativeVendor } from "../vendors/declarative-mapping.ts";
import { DEFAULT_SETTINGS, readingSettings, type ReadingSettings } from "../vendors/reading-settings.ts";
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

/** What a person said that a source's words mean. @throws ProblemError `source.bad_settings` with every fault at its line and column. */
export function readSourceSettings(yaml: string): SourceSettingsDocument {
  const parsed = parseYaml(yaml, { file: "settings", schema: sourceSettingsDocumentSchema });
  if (parsed.kind === "ok") return parsed.value;
  throw new ProblemError(
    "source.bad_settings",
    `the settings do not fit: ${parsed.error.map(faultText).join("; ")}`,
    parsed.error.map(({ line, column, message }) => ({ path: `${line}:${column}`, message })),
  );
}

/** How a source's words are read: as its team said, else as in a fresh tool. */
export function settingsOfSource({ settings }: Pick<Source, "settings">): ReadingSettings {
  if (settings === undefined) return DEFAULT_SETTINGS;
  const document: SourceSettingsDocument = JSON.parse(settings);
  return readingSettings(document);
}

/** Our own bytes, checked before they were stored. */
function storedMapping(mapping: string): WebhookMapping {
  const document: WebhookMapping = JSON.parse(mapping);
  return document;
}
