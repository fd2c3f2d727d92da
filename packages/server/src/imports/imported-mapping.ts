import type { StateStore } from "@ratchet/engine";
import { mappingDocumentSchema, type MappingDocument } from "@ratchet/protocol";
import { importMappingFrom, type ImportMapping } from "../import/import-mapping.ts";

/** Names of everything imported, latest first, as JSON. */
const NAMES = "imports:names";

/** The map that a source came in with; null where there is no such source. */
export async function importedMapping(state: StateStore, source: string): Promise<ImportMapping | null> {
  const stored = await state.setting(source);
  if (stored === null) return null;
  const parsed = mappingDocumentSchema.safeParse(JSON.parse(stored));
  if (!parsed.success) throw new Error(`the map stored for ${source} cannot be read: ${parsed.error.message}`);
  return importMappingFrom(parsed.data);
}

/** Remembers how a source is to be read. A second import under the same name is read as the latest map says. */
export async function rememberMapping(state: StateStore, document: MappingDocument): Promise<void> {
  await state.putSetting(`import:${document.name}`, JSON.stringify(document));
  const names = await importedNames(state);
  await state.putSetting(NAMES, JSON.stringify([document.name, ...names.filter((name) => name !== document.name)]));
}

/** Names of everything imported, latest first; a source is `import:<name>`. */
export async function importedNames(state: StateStore): Promise<readonly string[]> {
  const stored: unknown = JSON.parse((await state.setting(NAMES)) ?? "[]");
  return Array.isArray(stored) ? stored.filter((name) => typeof name === "string") : [];
}
