/** Writes a line, or several. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes what a script reads. */
export function printJson(document: unknown): void {
  print(JSON.stringify(document, null, 2));
}

/** Rows under their headings, columns padded to what they hold. Cells that look like numbers are set to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? "").length)));
  const right = headings.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^[-+–]?[\d.,]*\s?%?$/u.test(row[i] ?? "")),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (right[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)].join("\n");
}

/** `64000` → `64,000`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** `1 lead`, `2,000 leads`. */
export function counted(n: number, one: string): string {
  return `${count(n)} ${one}${n === 1 ? "" : "s"}`;
}

/** A share as a percentage with as many digits as it deserves. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** An ISO time as people write it, in UTC. */
export function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** `10800000` → `3 h`, in the largest unit that it fills once. */
export function duration(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  const [unit, length] = units.find(([, long]) => ms >= long) ?? ["s", 1_000];
  return `${Number((ms / length).toPrecision(2))} ${unit}`;
}
