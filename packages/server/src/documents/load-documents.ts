import type { Policy } from "@ratchet/engine";
import { mappingDocumentSchema } from "@ratchet/protocol";
import { importMappingFrom, type ImportMapping } from "../import/import-mapping.ts";
import { importMapSchema, type ImportMap } from "../imports/import-map.ts";
import { faultText, loadYaml, type DocumentFault, type LoadResult } from "./load-yaml.ts";
import { policyFromDocument } from "./policy-from-document.ts";
import { policySchema } from "./policy-schema.ts";

/** A document that a person wrote has faults; all of them are listed, each with its line and column. */
export class DocumentError extends Error {
  readonly code = "document.invalid";
  readonly faults: readonly DocumentFault[];

  constructor(faults: readonly DocumentFault[]) {
    super(faults.map(faultText).join("\n"));
    this.faults = faults;
  }
}

/** Reads and checks a map of either kind. @throws DocumentError */
export async function loadImportMap(path: string): Promise<ImportMap> {
  return required(await loadYaml(path, importMapSchema));
}

/** Reads and checks a map of decisions. @throws DocumentError */
export async function loadMapping(path: string): Promise<ImportMapping> {
  return importMappingFrom(required(await loadYaml(path, mappingDocumentSchema)));
}

/** Reads and checks a policy. @throws DocumentError */
export async function loadPolicy(path: string): Promise<Policy> {
  return policyFromDocument(required(await loadYaml(path, policySchema)));
}

function required<T>(loaded: LoadResult<T>): T {
  if (loaded.kind === "err") throw new DocumentError(loaded.error);
  return loaded.value;
}
