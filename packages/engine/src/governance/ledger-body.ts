import type { Digest } from "../digest.ts";
import type { IncidentEvent } from "../health/incident.ts";
import type { AccessEvent } from "./access-event.ts";
import type { ChangeEvent } from "./change.ts";

/** What the ledger records, by kind. Documents are named by their digest and stored beside it. */
export type LedgerBody =
  | { readonly kind: "workspace.created"; readonly salt: string }
  | { readonly kind: "policy.adopted"; readonly version: number; readonly digest: Digest }
  | { readonly kind: "playbook.published"; readonly version: number; readonly digest: Digest }
  | { readonly kind: "evidence.recorded"; readonly cycle: number; readonly digest: Digest }
  | { readonly kind: "cycle.completed"; readonly cycle: number; readonly summary: string }
  /** A person's data were erased. A random id and counts: nothing in the ledger may say of whom. */
  | { readonly kind: "person.erased"; readonly erasure: string; readonly texts: number; readonly rows: number }
  /** A person found suppressions to be mistaken. A random id, how many, and why: nothing in the ledger may say of whom. */
  | { readonly kind: "suppression.lifted"; readonly lifting: string; readonly records: number; readonly reason: string }
  | AccessEvent
  | IncidentEvent
  | ChangeEvent;

/** The change that an entry is about; null for the others. */
export function changeOf(body: LedgerBody): string | null {
  return "changeId" in body ? body.changeId : null;
}
