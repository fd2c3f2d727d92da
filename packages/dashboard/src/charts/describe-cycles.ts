import type { TodayView } from "@ratchet/protocol";
import { formatDifference, type MetricKind } from "../format/numbers.ts";

export type CycleLift = TodayView["lift_over_cycles"][number];

/** The chart in a sentence, for those who cannot see it. */
export function describeCycles(cycles: readonly CycleLift[], kind: MetricKind): string {
  const first = cycles[0];
  const last = cycles.at(-1);
  if (first === undefined || last === undefined) return "Lift over cycles: no cycle has closed yet.";
  const promoted = cycles.flatMap(({ markers }) => markers).filter((marker) => marker.kind === "promoted").length;
  return (
    `Lift over the holdout, cycles ${first.cycle} to ${last.cycle}. First ${formatDifference(first, kind)}, ` +
    `last ${formatDifference(last, kind)}. Changes promoted: ${promoted}. The table below has every cycle.`
  );
}
