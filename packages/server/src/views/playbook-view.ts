import { actionsOf, type Digest, type Lever, type Playbook } from "@ratchet/engine";
import type { PlaybookView } from "@ratchet/protocol";
import { documentFromPlaybook } from "../documents/playbook-from-document.ts";

export function playbookView(playbook: Playbook, digest: Digest, latest: number): PlaybookView {
  return {
    version: playbook.version,
    digest,
    parent: playbook.parent,
    change_id: playbook.changeId,
    in_force: playbook.version === latest,
    latest,
    levers: playbook.levers.map(leverView),
    document: { ...documentFromPlaybook(playbook, "playbook") },
  };
}

function leverView(lever: Lever): PlaybookView["levers"][number] {
  const basics = {
    name: lever.name,
    point: lever.point,
    actions: actionsOf(lever),
    segment_by: lever.segmentBy.map(({ field, breaks }) => ({ field, breaks: breaks ?? null })),
    decision_window_ms: lever.decisionWindowMs,
    shadow: lever.shadow ?? false,
  };
  switch (lever.kind) {
    case "choice":
      return { kind: "choice", ...basics, baseline: lever.baseline, segments: mapValues(lever.segments, copyOf) };
    case "weights":
      return {
        kind: "weights",
        ...basics,
        features: lever.features.map(({ name, field, kind }) => ({ name, field, kind })),
        bands: lever.bands.map(({ name, atLeast }) => ({ name, at_least: atLeast })),
        baseline: { intercept: lever.baseline.intercept, weights: { ...lever.baseline.weights } },
        segments: mapValues(lever.segments, ({ intercept, weights }) => ({ intercept, weights: { ...weights } })),
      };
    case "threshold":
      return {
        kind: "threshold",
        ...basics,
        score: lever.score.kind === "lever" ? lever.score.lever : lever.score.field,
        above: lever.above,
        below: lever.below,
        baseline: { ...lever.baseline },
        segments: mapValues(lever.segments, copyOf),
      };
  }
}

function copyOf<Value extends object>(value: Value): Value {
  return { ...value };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
