/** `7 days`, `24 hours`, `30 minutes`: the largest unit that says it whole, days only from two on. */
export function durationInWords(ms: number): string {
  const units = [
    [86_400_000, "day", 2],
    [3_600_000, "hour", 1],
    [60_000, "minute", 1],
  ] as const;
  for (const [size, name, least] of units) {
    const count = ms / size;
    if (Number.isInteger(count) && count >= least) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  return `${ms} ms`;
}
