import type { Generated } from "kysely";

/** The state database as Kysely sees it; `migration-0001.ts` says what each column is for. */
export interface StateTables {
  readonly ledger: { seq: number; change_id: string | null; hash: string; entry: string };
  readonly documents: { digest: string; kind: string; body: string };
  readonly segments: { number: number; from_seq: number; to_seq: number; closed: number };
  readonly served_decisions: { id: string; body: string };
  readonly quarantine: {
    seq: Generated<number>;
    source: string;
    position: string;
    code: string;
    reason: string;
    raw: string;
    at: number;
    released_at: number | null;
    reading: string | null;
  };
  readonly sources: {
    id: string;
    kind: string;
    vendor: string | null;
    mapping: string | null;
    settings: string | null;
    key_digest: string;
    secret: string | null;
    carries_outcomes: number;
    created_at: number;
    disabled_at: number | null;
    key_end: string | null;
    former_key_digest: string | null;
    former_key_end: string | null;
    former_key_until: number | null;
    former_secret: string | null;
    former_secret_until: number | null;
  };
  readonly source_clocks: {
    seq: Generated<number>;
    source: string;
    from_raw: number;
    shift_ms: number;
    not_before: number;
    known_at: number;
    basis: string;
    uncertainty_ms: number;
    messages: number;
    heard_from: number;
    heard_before: number;
  };
  readonly settings: { key: string; value: string };
}
