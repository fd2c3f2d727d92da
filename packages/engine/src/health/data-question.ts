import type { MetricDefinition } from "../outcomes/metric.ts";
import { DAY_MS, type Instant } from "../time.ts";
import type { DataProfile } from "./data-profile.ts";
import type { DataCheck, Looked } from "./reading.ts";

/** A source's clock, as it is estimated elsewhere. */
export interface ClockReading {
  readonly source: string;
  /** How far it is ahead of ours (negative: behind), ms; null where there is too little to tell. */
  readonly aheadMs: number | null;
  /** `corrected`: readings are shifted by as much · `beyond-bound`: too far off to be shifted, so its times are as it said. */
  readonly state: "right" | "corrected" | "beyond-bound" | "unknown";
  /** Since when it has been so. */
  readonly since: Instant | null;
}

/** Names that two persons claim. */
export interface IdentityConflicts {
  /** Addresses, numbers and browsers that came with some user id. */
  readonly claimed: number;
  /** Those that came with the ids of two persons or more, whom nobody called one. */
  readonly conflicts: number;
  /** Surrogates. */
  readonly examples: readonly string[];
}

/** How well two readers of the same texts agree. */
export interface LabelAgreement {
  readonly field: string;
  /** Texts that two people labelled. */
  readonly n: number;
  /** Upper end of the interval of chance-corrected agreement (Krippendorff's alpha), at most 1; null where it is not defined. */
  readonly alphaUpper: number | null;
  /** Message ids of texts that were read in two ways. */
  readonly examples: readonly string[];
}

/** What the metrics were under a policy. */
export interface MetricsInForce {
  readonly policyVersion: number;
  readonly since: Instant;
  readonly metrics: readonly MetricDefinition[];
}

/** When a source or a series was not as it should be. Such days are no part of what is usual, or an outage would become the rhythm. */
interface TroubledTime {
  readonly key: string;
  readonly check: DataCheck;
  readonly source: string | null;
  readonly from: Instant;
  /** null while it lasts. */
  readonly to: Instant | null;
}

/** Everything that data health follows from. */
export interface DataQuestion {
  /** The profile's `to`. */
  readonly now: Instant;
  /** The profile's `from`: before it nothing is known. */
  readonly from: Instant;
  readonly profile: DataProfile;
  /** The profile's fields. */
  readonly fields: readonly string[];
  /** Fields that the playbook cuts segments by: without them a decision is made for somebody else. */
  readonly segmentFields: readonly string[];
  readonly metrics: readonly MetricDefinition[];
  /** Sources that are expected to go on sending: not files, not those that were disabled. */
  readonly living: readonly string[];
  /** Share of units that the design holds out; null where no workspace is set up. */
  readonly holdoutShare: number | null;
  /** Oldest first. */
  readonly metricsInForce: readonly MetricsInForce[];
  readonly clocks: readonly ClockReading[];
  /** null where nobody looked yet. */
  readonly identities: IdentityConflicts | null;
  readonly labels: readonly LabelAgreement[];
  /** Incidents so far, but for those that a person explained: those are the new habit. */
  readonly troubled: readonly TroubledTime[];
}

/** Incidents of one of these touch all that is counted of their source. */
const OF_THE_WHOLE_SOURCE: readonly DataCheck[] = ["freshness", "volume", "duplicates"];

/** Whether a day is no measure of what is usual. */
export function isTroubled({ troubled }: DataQuestion, { key, source }: Looked): (day: Instant) => boolean {
  const own = troubled.filter(
    (time) =>
      time.key === key || (source !== null && time.source === source && OF_THE_WHOLE_SOURCE.includes(time.check)),
  );
  return (day) => own.some(({ from, to }) => day + DAY_MS > from && (to === null || day <= to));
}

/** Signal types that a source sent within the profile's time. */
export function typesOf({ signals }: DataProfile, source: string): ReadonlySet<string> {
  return new Set(signals.filter((count) => count.source === source).map(({ type }) => type));
}
