import type { IntervalView } from "@ratchet/protocol";

/** A rate per unit is shown per 100 units, an amount per unit as it is. */
export type MetricKind = "conversion" | "value";

const MINUS = "\u2212";
const NARROW_SPACE = "\u202f";
const DIGITS_MAX = 4;

/** What one shown number is worth in stored ones. */
export function scaleOf(kind: MetricKind): number {
  return kind === "conversion" ? 100 : 1;
}

/** The unit that goes with a shown difference. */
export function unitOf(kind: MetricKind): string {
  return kind === "conversion" ? "per 100 units" : "per unit";
}

/** Grouped, with a real minus sign. */
export function formatNumber(x: number, digits = 0): string {
  const text = Math.abs(x).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return x < 0 && Number(text.replaceAll(",", "")) !== 0 ? `${MINUS}${text}` : text;
}

/** The same with a plus in front of what is not negative. */
export function formatSigned(x: number, digits: number): string {
  const text = formatNumber(x, digits);
  return text.startsWith(MINUS) ? text : `+${text}`;
}

/** A number that stands for itself: three figures, no more. */
export function formatPlain(x: number): string {
  return x.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** A count. */
export function formatCount(n: number): string {
  return formatNumber(Math.round(n));
}

/** A share as a percentage, with as many digits as it needs and no more. */
export function formatShare(share: number, digits?: number): string {
  const percent = share * 100;
  const needed = digits ?? (Math.abs(percent - Math.round(percent)) < 1e-6 ? 0 : 1);
  return `${formatNumber(percent, needed)}${NARROW_SPACE}%`;
}

/** A difference of shares, in percentage points. */
export function formatPoints(difference: number): string {
  const points = difference * 100;
  const isWhole = Math.abs(points - Math.round(points)) < 1e-6;
  return Math.abs(points) < 1e-6 ? "no change" : `${formatSigned(points, isWhole ? 0 : 1)} points`;
}

/** A mean outcome per unit. */
export function formatMean(mean: number | null, kind: MetricKind): string {
  if (mean === null) return "–";
  return kind === "conversion" ? formatShare(mean, 2) : formatNumber(mean, digitsFor(Math.abs(mean) / 10));
}

/** Decimals that show two figures of a width: a number never looks more certain than its interval. */
function digitsFor(width: number): number {
  if (!(width > 0) || !Number.isFinite(width)) return 1;
  return Math.min(DIGITS_MAX, Math.max(0, 1 - Math.floor(Math.log10(width))));
}

/** Decimals for an interval in shown numbers. */
export function intervalDigits(interval: IntervalView, kind: MetricKind): number {
  const { estimate, lower, upper } = interval;
  const width = lower !== null && upper !== null ? upper - lower : Math.abs(estimate ?? 0);
  return digitsFor(width * scaleOf(kind));
}

/** "+2.1": the estimate alone. */
export function formatEstimate(interval: IntervalView, kind: MetricKind): string {
  if (interval.estimate === null) return "–";
  return formatSigned(interval.estimate * scaleOf(kind), intervalDigits(interval, kind));
}

/** "0.8 to 3.4": the ends alone, in words where the data do not bound one. */
export function formatEnds(interval: IntervalView, kind: MetricKind): string {
  const digits = intervalDigits(interval, kind);
  const show = (x: number): string => formatNumber(x * scaleOf(kind), digits);
  const { lower, upper } = interval;
  if (lower === null && upper === null) return "not bounded yet";
  if (lower === null) return `up to ${show(upper ?? 0)}`;
  return upper === null ? `${show(lower)} or more` : `${show(lower)} to ${show(upper)}`;
}

/** "+2.1 per 100 units (0.8 to 3.4)". */
export function formatDifference(interval: IntervalView, kind: MetricKind): string {
  if (interval.estimate === null) return "nothing to estimate from yet";
  return `${formatEstimate(interval, kind)} ${unitOf(kind)} (${formatEnds(interval, kind)})`;
}

/** Bytes, for a person. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${formatNumber(bytes / 1000 ** step, step === 0 ? 0 : 1)}${NARROW_SPACE}${units[step] ?? ""}`;
}
