import { digestOf, type Digest } from "../digest.ts";
import { ENGINE } from "../ids.ts";
import type { Change, ChangeEvent, ReviewVerdict } from "./change.ts";
import { describeVerdict } from "./review.ts";

/** What is known of a change when it is admitted. */
export interface Admission {
  readonly verdict: ReviewVerdict;
  /** The snapshot that it was proposed on. */
  readonly evidence: Digest;
  readonly policyVersion: number;
}

/** A change's way through governance, as far as it goes without a person. */
export function admissionEvents(
  change: Change,
  { verdict, evidence, policyVersion }: Admission,
): readonly ChangeEvent[] {
  const about = { changeId: change.id };
  const admitted: readonly ChangeEvent[] = [
    { kind: "change.drafted", ...about, change, digest: digestOf(change) },
    { kind: "change.evidenced", ...about, evidence },
    { kind: "change.reviewed", ...about, verdict, policyVersion },
  ];
  if (verdict.kind === "forbidden")
    return [
      ...admitted,
      { kind: "change.rejected", ...about, by: ENGINE, reason: describeVerdict(verdict), decisions: 0 },
    ];
  return verdict.kind === "automatic" ? [...admitted, { kind: "change.approved", ...about }] : admitted;
}
