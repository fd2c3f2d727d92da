import type { Decision } from "../decisions/decision.ts";
import {
  contributionsOf,
  replayDecision,
  type Contribution,
  type Replayed,
  type ReplaySources,
} from "../decisions/replay.ts";
import type { Playbook } from "../decisions/playbook.ts";
import type { Policy } from "../governance/policy.ts";
import type { Workspace } from "./workspace.ts";

/** Makes a stored decision again from its record and the documents of the ledger that it names. */
export async function replayStored(workspace: Workspace, decision: Decision): Promise<Replayed> {
  const sources = await sourcesOf(workspace, decision);
  return sources === null ? replayDecision(decision, NO_SOURCES) : replayDecision(decision, sources);
}

/** What each feature added to a stored decision's score, most first by size; empty where it has none, or no record. */
export async function explainStored(workspace: Workspace, decision: Decision): Promise<readonly Contribution[]> {
  const sources = await sourcesOf(workspace, decision);
  return sources === null ? [] : contributionsOf(decision, sources);
}

/** A decision without a record is refused before anything of these is looked at. */
const NO_SOURCES: ReplaySources = {
  playbook: { version: 0, levers: [], changeId: null, parent: null },
  edits: [],
  limits: {},
};

/** @throws Error where the record names a document that the state store does not have: it was made elsewhere, or the store lost it. */
async function sourcesOf(workspace: Workspace, { record, changeId }: Decision): Promise<ReplaySources | null> {
  if (record === undefined) return null;
  const [playbook, policy] = [await workspace.document(record.playbook), await workspace.document(record.policy)];
  if (playbook === null || policy === null)
    throw new Error(
      `the decision names documents ${record.playbook} and ${record.policy}, which the state store does not have`,
    );
  const edits = changeId === null ? [] : (workspace.change(changeId)?.change.edits ?? []);
  return { playbook: asPlaybook(playbook), edits, limits: limitsOf(asPolicy(policy)) };
}

function limitsOf(policy: Policy): ReplaySources["limits"] {
  return Object.fromEntries(policy.levers.map((limits) => [limits.lever, limits]));
}

function asPlaybook(body: unknown): Playbook {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- content-addressed: stored as a Playbook
  return body as Playbook;
}

function asPolicy(body: unknown): Policy {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- content-addressed: stored as a Policy
  return body as Policy;
}
