/** A file, or a map, with which no row could be read: an import or replay stops before its first row. */
export class LogFileError extends Error {
  /** `import.unreadable`, `import.empty_file`, `import.missing_column`, `import.ambiguous_column`, `import.needs_file`, `import.nothing_fits`. */
  readonly code: string;
  /** Every fault at once. */
  readonly faults: readonly string[];

  constructor(code: string, faults: readonly string[], cause?: unknown) {
    super(faults.join("\n"), { cause });
    this.name = "LogFileError";
    this.code = code;
    this.faults = faults;
  }
}
