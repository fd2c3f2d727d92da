import {
  mappingDocumentSchema,
  SIGNALS_MAPPING_API_VERSION,
  signalsMappingDocumentSchema,
  type MappingDocument,
  type SignalsMappingDocument,
} from "@ratchet/protocol";
import type { z } from "zod";

/** A map that a person wrote: of decisions with their outcomes, or of signals and history. */
export type ImportMap = MappingDocument | SignalsMappingDocument;

/** Checks a map of either kind. A document that names no kind, or one that there is not, is held against the map of decisions. */
export const importMapSchema = {
  safeParse: (value: unknown): z.ZodSafeParseResult<ImportMap> =>
    typeof value === "object" &&
    value !== null &&
    "api_version" in value &&
    value.api_version === SIGNALS_MAPPING_API_VERSION
      ? signalsMappingDocumentSchema.safeParse(value)
      : mappingDocumentSchema.safeParse(value),
};

/** Whether a map reads signals. */
export function isSignalsMap(map: ImportMap): map is SignalsMappingDocument {
  return map.api_version === SIGNALS_MAPPING_API_VERSION;
}
