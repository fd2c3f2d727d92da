import type { Digest, Lever, Playbook } from "@ratchet/engine";
import type { PlaybookView } from "@ratchet/protocol";

export function playbookView(playbook: Playbook, digest: Digest, latest: number): PlaybookView {
  return {
    version: playbook.version,
    digest,
    parent: playbook.parent,
    change_id: playbook.changeId,
    in_force: playbook.version === latest,
    latest,
    levers: playbook.levers.map(leverView),
  };
}

function leverView(lever: Lever): PlaybookView["levers"][number] {
  return {
    kind: lever.kind,
    name: lever.name,
    point: lever.point,
    actions: lever.actions,
    baseline: lever.baseline,
    segment_by: lever.segmentBy.map(({ field, breaks }) => ({ field, breaks: breaks ?? null })),
    decision_window_ms: lever.decisionWindowMs,
    segments: Object.fromEntries(Object.entries(lever.segments).map(([segment, p]) => [segment, { ...p }])),
  };
}
