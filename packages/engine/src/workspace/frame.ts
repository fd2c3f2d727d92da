import type { DecisionFrame } from "../decisions/plan.ts";
import { playbookDigest, withEdits, type Playbook } from "../decisions/playbook.ts";
import { digestOf } from "../digest.ts";
import { isExposed } from "../governance/change-lifecycle.ts";
import type { Policy } from "../governance/policy.ts";
import type { WorkspaceView } from "./view.ts";

/** The decision path's reading of a view: what is in force, who gets a running change, and the limits that are checked at every serve. */
export function frameOf(view: WorkspaceView, playbook: Playbook, policy: Policy): DecisionFrame {
  const exposed = [...view.changes.values()].filter((state) => isExposed(state.status));
  return {
    salt: view.salt ?? "",
    playbook,
    documents: {
      playbook: view.playbooks.get(playbook.version) ?? playbookDigest(playbook),
      policy: view.policy?.digest ?? digestOf(policy),
    },
    // A change edits the version in force: where that one does not read, an older one is served without it.
    rollouts: (playbook.version === view.playbook?.version ? exposed : []).map(({ change, share }) => ({
      changeId: change.id,
      lever: change.lever,
      candidate: withEdits(playbook, change.edits),
      share,
    })),
    holdoutShare: policy.holdoutShare,
    businessAsUsualShare: policy.businessAsUsualShare ?? 0,
    limits: Object.fromEntries(policy.levers.map((limits) => [limits.lever, limits])),
    cycle: view.cycle + 1,
  };
}
