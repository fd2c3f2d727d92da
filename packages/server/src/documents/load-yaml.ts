import { readFile, stat } from "node:fs/promises";
import { issuesOf } from "@ratchet/protocol";
import { err, ok, type Result } from "@ratchet/stats";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";

/** Largest document that is read, in bytes: nobody writes more by hand. */
const DOCUMENT_BYTES_MAX = 256 * 1024;

/** One thing that is wrong with a document: where, what, and what to do. Lines and columns count from 1. */
export interface DocumentFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, such as `outcomes.0.window`; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

export type LoadResult<T> = Result<T, readonly DocumentFault[]>;

/** What a document is checked against: a zod schema, as far as it is used here. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: Parameters<typeof issuesOf>[0] };
}

/** `file:line:column: message`, as editors and terminals link it. */
export function faultText(fault: DocumentFault): string {
  const key = fault.path === "" ? "" : `${fault.path}: `;
  return `${fault.file}:${fault.line}:${fault.column}: ${key}${fault.message}`;
}

/** Reads and checks a document from disk. A file that is not there is the world failing: it throws. */
export async function loadYaml<T>(path: string, schema: Schema<T>): Promise<LoadResult<T>> {
  const { size } = await stat(path);
  if (size > DOCUMENT_BYTES_MAX) return err([tooLarge(path, size)]);
  return parseYaml(await readFile(path, "utf8"), { file: path, schema });
}

/**
 * Checks the text of a document: YAML 1.2 core schema, no aliases, no tags, unique keys, at most 256 KB.
 *
 * @returns The checked document, or every fault at once, in order of place.
 */
export function parseYaml<T>(
  text: string,
  { file, schema }: { readonly file: string; readonly schema: Schema<T> },
): LoadResult<T> {
  const bytes = Buffer.byteLength(text);
  if (bytes > DOCUMENT_BYTES_MAX) return err([tooLarge(file, bytes)]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const at = (offset: number, path: string, message: string): DocumentFault => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path, message };
  };
  const syntax = [...document.errors, ...document.warnings].map((fault) =>
    at(fault.pos[0], "", sentence(fault.message)),
  );
  const faults = [
    ...syntax,
    ...aliases(document).map((offset) => at(offset, "", "aliases (*name) are not allowed; write the value out")),
  ];
  if (faults.length > 0) return err(inOrder(faults));
  const checked = schema.safeParse(document.toJS());
  if (checked.success) return ok(checked.data);
  return err(
    inOrder(
      issuesOf(checked.error).map((issue) => at(offsetOf(document, issue.path), issue.path.join("."), issue.message)),
    ),
  );
}

function tooLarge(file: string, bytes: number): DocumentFault {
  return {
    file,
    line: 1,
    column: 1,
    path: "",
    message: `the document has ${bytes} bytes; at most ${DOCUMENT_BYTES_MAX} are read`,
  };
}

/** The first line of the parser's message, which goes on to quote the source. */
function sentence(message: string): string {
  return message.split("\n")[0] ?? message;
}

function aliases(document: Document.Parsed): readonly number[] {
  const found: number[] = [];
  visit(document, { Alias: (_, alias) => void found.push(alias.range?.[0] ?? 0) });
  return found;
}

/** Where a path stands: its key or item; for a key that is missing, the nearest one around it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = startOf(document.contents);
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return offset;
      offset = isScalar(pair.key) ? startOf(pair.key) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)];
      if (item === undefined) return offset;
      offset = isScalar(item) || isMap(item) || isSeq(item) ? startOf(item) : offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: Pick<Node, "range"> | null): number {
  return node?.range?.[0] ?? 0;
}

function inOrder(faults: readonly DocumentFault[]): readonly DocumentFault[] {
  return [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
}
