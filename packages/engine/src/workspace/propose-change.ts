import { editOf, type EditWish } from "../decisions/edit-of.ts";
import type { Edit } from "../decisions/playbook.ts";
import { digestOf, type Digest } from "../digest.ts";
import { admissionEvents } from "../governance/admission.ts";
import type { Change, ChangeState, ReviewVerdict } from "../governance/change.ts";
import { reviewWish } from "../governance/review-wish.ts";
import { changeId, type ActorId, type ChangeId } from "../ids.ts";
import { evidenceSnapshot } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** What somebody asks for, with the reason: it is written to the ledger for ever, and must name nobody. */
export interface ProposeRequest extends EditWish {
  readonly by: ActorId;
  readonly rationale: string;
}

/** `asked`: the same was proposed before on this playbook. `checked`: the verdict alone; why it was not put to people is in words. */
export type ProposeAnswer =
  | { readonly kind: "proposed"; readonly change: Change; readonly verdict: ReviewVerdict }
  | { readonly kind: "asked"; readonly state: ChangeState }
  | {
      readonly kind: "checked";
      readonly change: Change;
      readonly verdict: ReviewVerdict;
      readonly because: "forbidden" | "lever_kind" | "no_evidence";
    }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/**
 * What the policy says of a change that somebody asks for; where people may rule on it, it is put to them. Nothing comes into force here: it
 * is never automatic, and what the policy forbids is answered and not written down.
 */
export async function proposeChange(workspace: Workspace, request: ProposeRequest): Promise<ProposeAnswer> {
  const evidence = await latestEvidence(workspace, request.lever);
  return workspace.appendDecided<ProposeAnswer>(() => {
    const answered = (answer: ProposeAnswer) => ({ drafts: [], documents: [], answer });
    const { playbook, policy, stores, view } = workspace;
    const edit = editOf(playbook, request);
    if (edit.kind === "err") return answered({ kind: "refused", ...edit.error });
    const change = changeFrom(workspace, request, edit.value);
    const before = workspace.change(change.id);
    if (before !== null) return answered({ kind: "asked", state: before });
    const at = stores.clock();
    const verdict = reviewWish(change, { policy, playbook, changes: [...view.changes.values()], now: at });
    if (verdict.kind === "forbidden") return answered({ kind: "checked", change, verdict, because: "forbidden" });
    // A change of another kind would be approved and then wait for ever: the loop rolls out choices alone so far.
    const lever = playbook.levers.find(({ name }) => name === request.lever);
    if (lever?.kind !== "choice") return answered({ kind: "checked", change, verdict, because: "lever_kind" });
    if (evidence === null) return answered({ kind: "checked", change, verdict, because: "no_evidence" });
    const events = admissionEvents(change, { verdict, evidence, policyVersion: policy.version });
    return {
      drafts: events.map((body) => ({ at, actor: request.by, body })),
      documents: [],
      answer: { kind: "proposed", change, verdict },
    };
  });
}

function changeFrom(workspace: Workspace, { by, lever, rationale }: ProposeRequest, edit: Edit): Change {
  const edits = [edit];
  const basedOn = workspace.playbook.version;
  return {
    id: idFor(workspace, [lever, edits, basedOn]),
    lever,
    edits,
    author: by,
    basedOn,
    rationale,
    predicted: {
      kind: "refused",
      reason: "not_estimated",
      message: `proposed by ${by}; its effect was not estimated`,
    },
    // Nobody counted whom it reaches: taken for everybody, the most that it can be.
    audienceShare: 1,
    cannotDetect: ["what it would do: no estimate was made, and only the rollout can tell"],
  };
}

/** Named by what it does, so that asking twice is asking once; what nobody ruled on in time may be asked anew. */
function idFor(workspace: Workspace, does: readonly unknown[]): ChangeId {
  for (let lapsed = 0; ; lapsed++) {
    const id = changeId(`chg_${digestOf(["wish", does, lapsed]).slice(0, 12)}`);
    if (workspace.change(id)?.status !== "expired") return id;
  }
}

/** The last snapshot that concluded on a lever; null before its first. */
async function latestEvidence(workspace: Workspace, lever: string): Promise<Digest | null> {
  for (const { digest } of workspace.view.evidence.toReversed()) {
    if ((await workspace.document(digest)) === null) continue;
    if ((await evidenceSnapshot(workspace, digest)).lever === lever) return digest;
  }
  return null;
}
