import type { Playbook, Policy } from "@ratchet/engine";
import { mappingDocumentSchema, playbookDocumentSchema } from "@ratchet/protocol";
import { stringify } from "yaml";
import { importMappingFrom, type ImportMapping } from "../import/import-mapping.ts";
import { importMapSchema, type ImportMap } from "../imports/import-map.ts";
import { faultText, loadYaml, parseYaml, type DocumentFault, type LoadResult } from "./load-yaml.ts";
import { playbookFromDocument } from "./playbook-from-document.ts";
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

/** Reads and checks a playbook. @throws DocumentError */
export async function loadPlaybook(path: string): Promise<PlaybookLevers> {
  return playbookFromDocument(required(await loadYaml(path, playbookDocumentSchema)));
}

/** The playbook of a document that another server wrote. @throws DocumentError */
export function parsePlaybook(document: unknown): PlaybookLevers {
  const text = yamlText(document);
  return playbookFromDocument(required(parseYaml(text, { file: "playbook", schema: playbookDocumentSchema })));
}

/** What `playbookDifferences` compares. */
export type PlaybookLevers = Pick<Playbook, "levers">;

/** A document as YAML, as people write it. */
export function yamlText(document: unknown): string {
  return stringify(document, { version: "1.2", lineWidth: 140 });
}

function required<T>(loaded: LoadResult<T>): T {
  if (loaded.kind === "err") throw new DocumentError(loaded.error);
  return loaded.value;
}
