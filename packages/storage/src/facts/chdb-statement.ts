/** A value bound to a `{name:Type}` placeholder. Whole numbers must be safe integers. */
type ParameterValue = string | number;

/** SQL with what it needs; values never enter the text of the query. */
export interface ChdbStatement {
  /** One statement; placeholders as `{name:Type}`. */
  readonly sql: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** ClickHouse settings for this statement alone. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

const NAME = /^[a-z][a-z0-9_]*$/u;

/**
 * The `SET` that precedes a statement on its private session: parameters and settings, and for reading `readonly` last.
 *
 * Not chDB's own binding: that is serialised over the whole process. Under `readonly` the engine itself refuses every write to a table
 * and every table function that reaches outside (`url`, `file`, `s3`, …). It does not refuse `INTO OUTFILE`: no text of ours has it,
 * and no text of another's is ever run.
 */
export function preamble(statement: ChdbStatement, access: "read" | "write"): string {
  const assignments = [
    ...Object.entries(statement.parameters ?? {}).map(
      ([name, value]) => `param_${checked(name)} = ${literal(escaped(String(value)))}`,
    ),
    ...Object.entries(statement.settings ?? {}).map(([name, value]) => `${checked(name)} = ${literal(String(value))}`),
    ...(access === "read" ? ["readonly = 1"] : []),
  ];
  return assignments.length === 0 ? "" : `SET ${assignments.join(", ")}`;
}

/** Bytes of a statement's text that the engine reads unasked: 262,144, here with some to spare. */
const QUERY_BYTES = 250_000;

/** What must be said before a text that is longer than the engine reads unasked, as long parameters make one. */
export function roomFor(text: string): readonly string[] {
  const bytes = Buffer.byteLength(text);
  return bytes <= QUERY_BYTES ? [] : [`SET max_query_size = ${2 * bytes}`];
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new RangeError(`not a name of a parameter or setting: ${name}`);
  return name;
}

/** As ClickHouse reads a quoted text. */
function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A parameter's text is read once more, as a field of its tab-separated format: `\N` would be null and `\n` a line break. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}
