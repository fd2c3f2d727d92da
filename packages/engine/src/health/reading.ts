import type { MetricId } from "../ids.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import type { Instant } from "../time.ts";

/** Every check, in the order in which people should read them. */
export const DATA_CHECKS = [
  "freshness",
  "volume",
  "missing-context",
  "impossible-values",
  "impossible-transitions",
  "duplicates",
  "orphan-outcomes",
  "identity-conflicts",
  "clock-skew",
  "late-arrivals",
  "definition-drift",
  "cohort-ratio",
  "cohort-missingness",
  "machine-share",
  "label-disagreement",
] as const;
export type DataCheck = (typeof DATA_CHECKS)[number];

/** `info` is worth knowing and opens no incident; `critical` blocks learning from what it touches. */
export type Severity = "info" | "warning" | "critical";

/** Which check looked at what. */
export interface Looked {
  readonly check: DataCheck;
  /** Of the same look at the same thing, at every time: what makes two findings one incident. */
  readonly key: string;
  /** null where it is not about one source. */
  readonly source: string | null;
  /** What was looked at, in words: `crm`, `persona in decisions of engine`. */
  readonly subject: string;
}

/** What a finding touches: nothing else is blocked by it. `all` where no metric can be told apart. */
export type Touched = readonly MetricId[] | "all";

/** Something is wrong, or worth knowing. */
export interface Finding {
  readonly severity: Severity;
  /** What is seen and what it does, in one sentence. */
  readonly sentence: string;
  readonly metrics: Touched;
  /** From when the data are touched. */
  readonly from: Instant;
  /** Named numbers behind the sentence; shares in [0, 1], times in ms. */
  readonly figures: Readonly<Record<string, number>>;
  /** Message ids or decision ids, at most three. */
  readonly examples: readonly string[];
  /** What to do about it. */
  readonly fix: string;
}

/** One check's answer about one thing. `no-data` is never green: too little was heard to tell. */
export type DataReading = Looked &
  (
    | { readonly kind: "fine"; readonly sentence: string }
    | { readonly kind: "no-data"; readonly sentence: string }
    | ({ readonly kind: "finding" } & Finding)
  );

export function fine(looked: Looked, sentence: string): DataReading {
  return { ...looked, kind: "fine", sentence };
}

export function noData(looked: Looked, sentence: string): DataReading {
  return { ...looked, kind: "no-data", sentence };
}

export function finding(looked: Looked, found: Finding): DataReading {
  return { ...looked, kind: "finding", ...found };
}

/** Metrics over labels (`label:…`) read what these types bring. */
const TEXT_TYPES = ["note_written", "replied"] as const;

/** The metrics that count a signal of one of these types, or what is read from its text. */
export function metricsCounting(metrics: readonly MetricDefinition[], types: ReadonlySet<string>): readonly MetricId[] {
  const texts = TEXT_TYPES.some((type) => types.has(type));
  return metrics
    .filter(({ signal }) => types.has(signal) || (texts && signal.startsWith("label:")))
    .map(({ id }) => id);
}

/** A share in words: `12 %`, `0.4 %`. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
