import type { Prediction } from "../adaptation/predict-effect.ts";
import type { Edit } from "../decisions/playbook.ts";
import type { Digest } from "../digest.ts";
import type { ActorId, ChangeId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Tier } from "./policy.ts";

/** A governed edit of the playbook: one object from draft to promoted or rolled back. What is approved is exactly these bytes. */
export interface Change {
  readonly id: ChangeId;
  readonly lever: string;
  readonly edits: readonly Edit[];
  readonly author: ActorId;
  /** The playbook version it edits. */
  readonly basedOn: number;
  readonly rationale: string;
  readonly predicted: Prediction;
  /** Share of all units whose segment it edits, in [0, 1]. */
  readonly audienceShare: number;
  /** What this change cannot show, in words. */
  readonly cannotDetect: readonly string[];
}

/** One rule's answer to a change. */
export interface RuleFinding {
  /** Stable name: `range`, `floor`, `step`, `allowed-actions`, `cooldown`, `tier`, … */
  readonly rule: string;
  readonly outcome: "ok" | "forbidden";
  readonly message: string;
}

/** The policy's answer: forbidden because of a rule, automatic, or waiting for these approvers. */
export interface ReviewVerdict {
  readonly kind: "automatic" | "needs_approval" | "forbidden";
  readonly tier: Tier;
  readonly score: number;
  readonly approvers: readonly { readonly role: string; readonly count: number }[];
  readonly findings: readonly RuleFinding[];
}

export type ChangeStatus =
  | "draft"
  | "evidence"
  | "policy_check"
  | "pending"
  | "approved"
  | "canary"
  | "ramping"
  | "holding"
  | "promoted"
  | "rolling_back"
  | "rolled_back"
  | "rejected"
  | "expired"
  | "superseded";

interface About {
  readonly changeId: ChangeId;
}

/** Everything that can happen to a change. Each is one ledger entry; folding them gives its state. */
export type ChangeEvent =
  | (About & { readonly kind: "change.drafted"; readonly change: Change; readonly digest: Digest })
  | (About & { readonly kind: "change.evidenced"; readonly evidence: Digest })
  | (About & { readonly kind: "change.reviewed"; readonly verdict: ReviewVerdict; readonly policyVersion: number })
  | (About & {
      readonly kind: "change.approval_given";
      readonly by: ActorId;
      readonly role: string;
      readonly digest: Digest;
      readonly policyVersion: number;
      readonly comment: string;
      /** Nobody had to sign in: that it was they is what they said themselves. Absent where they were signed in. */
      readonly isSolo?: true;
    })
  | (About & { readonly kind: "change.approved" })
  | (About & {
      readonly kind: "change.rejected";
      readonly by: ActorId;
      readonly reason: string;
      readonly decisions: number;
      /** As of an approval. */
      readonly isSolo?: true;
    })
  | (About & { readonly kind: "change.expired"; readonly reason: string })
  | (About & {
      readonly kind: "change.started";
      readonly share: number;
      /** The cycle that ended with the start: the canary's decisions come with the next. */
      readonly cycle: number;
    })
  | (About & {
      readonly kind: "change.advanced";
      readonly step: number;
      readonly share: number;
      readonly evidence: Digest;
    })
  | (About & { readonly kind: "change.held"; readonly reason: string })
  | (About & { readonly kind: "change.resumed"; readonly share: number })
  | (About & {
      readonly kind: "change.promoted";
      readonly playbookVersion: number;
      readonly playbook: Digest;
      readonly evidence: Digest;
    })
  | (About & {
      readonly kind: "change.rollback_started";
      readonly reason: string;
      readonly evidence: Digest | null;
      /** Mature decisions of the lever by then: what "materially more evidence" is measured against. */
      readonly decisions: number;
    })
  | (About & { readonly kind: "change.rolled_back" });

/** An approval as given: a named person, a role, exactly these bytes, under this policy version. */
export interface Approval {
  readonly by: ActorId;
  readonly role: string;
  readonly at: Instant;
  readonly digest: Digest;
  readonly policyVersion: number;
}

/** A change and where it stands. */
export interface ChangeState {
  readonly change: Change;
  readonly digest: Digest;
  readonly status: ChangeStatus;
  readonly draftedAt: Instant;
  readonly evidence: Digest | null;
  readonly verdict: ReviewVerdict | null;
  readonly policyVersion: number | null;
  readonly approvals: readonly Approval[];
  /** Index into the policy's rollout steps; −1 before the canary. */
  readonly step: number;
  /** Candidate share now, in [0, 1]. */
  readonly share: number;
  readonly startedAt: Instant | null;
  /** The last cycle that had ended by then. */
  readonly startedAfterCycle: number | null;
  readonly stepSince: Instant | null;
  readonly endedAt: Instant | null;
  /** Why it was rejected, rolled back, held or expired. */
  readonly reason: string | null;
  /** Mature decisions of the lever when it failed, or when it was proposed: the evidence that it failed on. */
  readonly decisions: number;
}
