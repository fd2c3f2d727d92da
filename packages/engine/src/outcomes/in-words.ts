import type { MetricDefinition } from "./metric.ts";

/** A conversion is spoken of per 100 units, an amount per unit. */
const PER: Readonly<Record<MetricDefinition["kind"], { readonly scale: number; readonly words: string }>> = {
  conversion: { scale: 100, words: "per 100 units" },
  value: { scale: 1, words: "per unit" },
};

/** A metric as people say it: `meeting_booked` is "meeting booked". */
export function metricInWords({ id }: Pick<MetricDefinition, "id">): string {
  return id.replaceAll("_", " ");
}

/** A difference per unit as people say it: "+3.5 per 100 units", "−407 per unit". */
export function differenceInWords({ kind }: Pick<MetricDefinition, "kind">, difference: number): string {
  return `${signed(difference * PER[kind].scale)} ${PER[kind].words}`;
}

/** Two ends of an interval: "+1.0 to +5.9 per 100 units". */
export function rangeInWords(
  { kind }: Pick<MetricDefinition, "kind">,
  { lower, upper }: { readonly lower: number; readonly upper: number },
): string {
  const { scale, words } = PER[kind];
  return `${signed(lower * scale)} to ${signed(upper * scale)} ${words}`;
}

/** A size without a sign: "0.5 per 100 units". */
export function sizeInWords({ kind }: Pick<MetricDefinition, "kind">, size: number): string {
  return `${plain(Math.abs(size) * PER[kind].scale)} ${PER[kind].words}`;
}

function signed(x: number): string {
  if (Math.abs(x) < 1e-12) return "0";
  return x > 0 ? `+${plain(x)}` : `−${plain(-x)}`;
}

/** Three figures, thousands grouped. */
function plain(x: number): string {
  return Number(x.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
