import type { ComparisonView, MetricResultView } from "@ratchet/protocol";
import { formatNumber, intervalDigits, scaleOf, unitOf } from "../format/numbers.ts";
import { isTold, sentence, spoken } from "../format/words.ts";

type Metric = Pick<MetricResultView, "metric" | "kind" | "baseline">;

/** A row in words. Where the interval tells, it is said in shown numbers; else the server's own reason. */
export function readingOf(row: ComparisonView, { metric, kind, baseline }: Metric): string {
  const { lower, upper } = row.sequence;
  if (!isTold(row.verdict) || lower === null || upper === null || lower * upper <= 0) {
    return sentence(row.sentence.replaceAll(metric, spoken(metric)));
  }
  const digits = intervalDigits(row.sequence, kind);
  const show = (x: number): string => formatNumber(Math.abs(x) * scaleOf(kind), digits);
  const [near, far] = lower > 0 ? [lower, upper] : [upper, lower];
  return `${show(near)} to ${show(far)} ${lower > 0 ? "more" : "less"} in ${spoken(metric)} ${unitOf(kind)} than ${baseline}.`;
}
