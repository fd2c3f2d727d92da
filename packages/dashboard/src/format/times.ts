const SECOND = 1000;
const STEPS: readonly (readonly [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [60 * SECOND, SECOND, "second"],
  [3600 * SECOND, 60 * SECOND, "minute"],
  [86_400 * SECOND, 3600 * SECOND, "hour"],
  [30 * 86_400 * SECOND, 86_400 * SECOND, "day"],
  [365 * 86_400 * SECOND, 30 * 86_400 * SECOND, "month"],
  [Number.POSITIVE_INFINITY, 365 * 86_400 * SECOND, "year"],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const minute = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** "3 hours ago", "in 2 days". */
export function formatAgo(timestamp: string, now: number): string {
  const distance = Date.parse(timestamp) - now;
  const [, size, unit] = STEPS.find(([limit]) => Math.abs(distance) < limit) ?? [0, SECOND, "second" as const];
  return Math.abs(distance) < 45 * SECOND ? "just now" : relative.format(Math.round(distance / size), unit);
}

/** "12 Nov 2026". */
export function formatDay(timestamp: string): string {
  return day.format(new Date(timestamp));
}

/** "12 Nov 2026, 09:30", in the reader's own zone. */
export function formatMinute(timestamp: string): string {
  return minute.format(new Date(timestamp));
}
