import { faultsOf, type ImportRequest } from "@ratchet/protocol";
import { faultText, parseYaml } from "../documents/load-yaml.ts";
import { ProblemError } from "../http/problem-error.ts";
import { importMapSchema, type ImportMap } from "./import-map.ts";

/** A map from a request: YAML text with every fault at its line and column, or the same document in JSON. @throws ProblemError `map.invalid` */
export function readMapping(mapping: ImportRequest["mapping"]): ImportMap {
  const faults = [];
  if (typeof mapping === "string") {
    const parsed = parseYaml(mapping, { file: "map", schema: importMapSchema });
    if (parsed.kind === "ok") return parsed.value;
    faults.push(
      ...parsed.error.map((fault) => ({
        path: `${fault.line}:${fault.column}`,
        message: fault.message,
        text: faultText(fault),
      })),
    );
  } else {
    const parsed = importMapSchema.safeParse(mapping);
    if (parsed.success) return parsed.data;
    faults.push(...faultsOf(parsed.error).map((fault) => ({ ...fault, text: `${fault.path}: ${fault.message}` })));
  }
  throw new ProblemError(
    "map.invalid",
    `the map does not fit: ${faults.map(({ text }) => text).join("; ")}`,
    faults.map(({ path, message }) => ({ path, message })),
  );
}
