import { evolveChange } from "../governance/change-lifecycle.ts";
import type { ChangeState } from "../governance/change.ts";
import { GENESIS, type LedgerEntry, type LedgerHead } from "../governance/ledger.ts";
import type { Digest } from "../digest.ts";
import type { Instant } from "../time.ts";
import { evolveIncident, type Incident } from "../health/incident.ts";

/** What the ledger says about now: a fold over its entries, and nothing else. */
export interface WorkspaceView {
  readonly head: LedgerHead;
  /** null before the workspace was created. */
  readonly salt: string | null;
  readonly policy: VersionedDigest | null;
  /** Every policy that was in force, oldest first, and since when. */
  readonly policies: readonly (VersionedDigest & { readonly since: Instant })[];
  readonly playbook: VersionedDigest | null;
  /** Every published playbook, by version. */
  readonly playbooks: ReadonlyMap<number, Digest>;
  readonly changes: ReadonlyMap<string, ChangeState>;
  /** What was ever wrong with the data, by id, in the order of opening. */
  readonly incidents: ReadonlyMap<string, Incident>;
  /** The last completed cycle; 0 before the first. */
  readonly cycle: number;
  readonly evidence: readonly { readonly cycle: number; readonly digest: Digest }[];
}

/** A document's version and address. */
export interface VersionedDigest {
  readonly version: number;
  readonly digest: Digest;
}

/** The view of an empty ledger. */
export const EMPTY_VIEW: WorkspaceView = {
  head: GENESIS,
  salt: null,
  policy: null,
  policies: [],
  playbook: null,
  playbooks: new Map(),
  changes: new Map(),
  incidents: new Map(),
  cycle: 0,
  evidence: [],
};

/**
 * The view after one more entry.
 *
 * @throws Error when the entry cannot follow. A writer folds before it writes, so what two writers decided on one view is written once.
 */
export function evolveView(view: WorkspaceView, entry: LedgerEntry): WorkspaceView {
  const { body } = entry;
  const next = { ...view, head: { seq: entry.seq, hash: entry.hash } };
  if ("changeId" in body) {
    const state = evolveChange(view.changes.get(body.changeId) ?? null, body, entry.at);
    return { ...next, changes: new Map(view.changes).set(body.changeId, state) };
  }
  if ("incidentId" in body) {
    const incident = evolveIncident(view.incidents.get(body.incidentId) ?? null, body, entry.at);
    return { ...next, incidents: new Map(view.incidents).set(body.incidentId, incident) };
  }
  switch (body.kind) {
    case "workspace.created":
      if (view.salt !== null) throw new Error("the workspace was created twice");
      return { ...next, salt: body.salt };
    case "policy.adopted":
      return {
        ...next,
        policy: { version: body.version, digest: body.digest },
        policies: [...view.policies, { version: body.version, digest: body.digest, since: entry.at }],
      };
    case "playbook.published":
      if (view.playbook !== null && body.version !== view.playbook.version + 1)
        throw new Error(`playbook v${body.version} cannot follow v${view.playbook.version}`);
      return {
        ...next,
        playbook: { version: body.version, digest: body.digest },
        playbooks: new Map(view.playbooks).set(body.version, body.digest),
      };
    case "evidence.recorded":
      return { ...next, evidence: [...view.evidence, { cycle: body.cycle, digest: body.digest }] };
    case "cycle.completed":
      if (body.cycle !== view.cycle + 1) throw new Error(`cycle ${body.cycle} cannot follow cycle ${view.cycle}`);
      return { ...next, cycle: body.cycle };
    case "key.created":
    case "key.rotated":
    case "key.revoked":
    case "user.created":
    case "user.roles_set":
    case "user.password_set":
    case "user.removed":
    case "person.erased":
    case "suppression.lifted":
      return next;
  }
}
