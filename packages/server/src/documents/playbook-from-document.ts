import {
  actionId,
  type ChoiceLever,
  type Feature,
  type Lever,
  type Playbook,
  type ThresholdLever,
  type WeightsLever,
} from "@ratchet/engine";
import { durationMs, PLAYBOOK_API_VERSION, type PlaybookDocument } from "@ratchet/protocol";

type LeverDocument = PlaybookDocument["levers"][number];
type LeverDocumentOf<Kind extends LeverDocument["kind"]> = Extract<LeverDocument, { readonly kind: Kind }>;

/** Version 1 of a playbook: the first of its workspace, made by no change. */
export function playbookFromDocument(document: PlaybookDocument): Playbook {
  return { version: 1, changeId: null, parent: null, levers: document.levers.map(leverFrom) };
}

function leverFrom(lever: LeverDocument): Lever {
  switch (lever.kind) {
    case "choice":
      return choiceFrom(lever);
    case "weights":
      return weightsFrom(lever);
    case "threshold":
      return thresholdFrom(lever);
  }
}

type Basics = Pick<Lever, "name" | "point" | "segmentBy" | "decisionWindowMs" | "shadow">;

function basicsFrom(lever: LeverDocument): Basics {
  return {
    name: lever.name,
    point: lever.point ?? lever.name,
    segmentBy: (lever.segment_by ?? []).map(({ field, breaks }) => ({
      field,
      ...(breaks === undefined ? {} : { breaks }),
    })),
    decisionWindowMs: durationMs(lever.decision_window ?? "0s"),
    ...(lever.shadow === undefined ? {} : { shadow: lever.shadow }),
  };
}

function choiceFrom(lever: LeverDocumentOf<"choice">): ChoiceLever {
  const { actions, baseline } = lever;
  const all = Object.fromEntries(actions.map((action) => [action, action === baseline ? 1 : 0]));
  const segments = Object.entries(lever.segments ?? { all }).map(
    // Every action is named, as wherever the engine keeps probabilities.
    ([segment, value]) => [segment, Object.fromEntries(actions.map((action) => [action, value[action] ?? 0]))] as const,
  );
  return {
    kind: "choice",
    ...basicsFrom(lever),
    actions: actions.map((action) => actionId(action)),
    baseline: actionId(baseline),
    segments: Object.fromEntries(segments),
  };
}

function weightsFrom(lever: LeverDocumentOf<"weights">): WeightsLever {
  return {
    kind: "weights",
    ...basicsFrom(lever),
    features: lever.features.map(featureFrom),
    calibration: lever.calibration,
    bands: lever.bands.map(({ name, at_least }) => ({ name: actionId(name), atLeast: at_least })),
    baseline: lever.baseline,
    segments: lever.segments ?? { all: lever.baseline },
  };
}

function featureFrom(feature: LeverDocumentOf<"weights">["features"][number]): Feature {
  const { name, field, missing = 0 } = feature;
  switch (feature.kind) {
    case "numeric":
      return { kind: "numeric", name, field, centre: feature.centre ?? 0, scale: feature.scale ?? 1, missing };
    case "flag":
      return { kind: "flag", name, field, missing };
    case "category":
      return { kind: "category", name, field, values: feature.values, missing };
  }
}

function thresholdFrom(lever: LeverDocumentOf<"threshold">): ThresholdLever {
  return {
    kind: "threshold",
    ...basicsFrom(lever),
    score:
      "lever" in lever.score
        ? { kind: "lever", lever: lever.score.lever }
        : { kind: "field", field: lever.score.field },
    above: actionId(lever.above),
    below: actionId(lever.below),
    baseline: lever.baseline,
    segments: lever.segments ?? { all: lever.baseline },
  };
}

/** The document of a playbook, with everything said that a document may leave out; reading it gives the same levers again. */
export function documentFromPlaybook(playbook: Playbook, id: string): PlaybookDocument {
  return {
    api_version: PLAYBOOK_API_VERSION,
    kind: "Playbook",
    metadata: { id, title: `Playbook v${playbook.version}` },
    levers: playbook.levers.map(leverDocument),
  };
}

function leverDocument(lever: Lever): LeverDocument {
  const basics = {
    name: lever.name,
    point: lever.point,
    segment_by: lever.segmentBy.map(({ field, breaks }) => ({
      field,
      ...(breaks === undefined ? {} : { breaks: [...breaks] }),
    })),
    decision_window: durationText(lever.decisionWindowMs),
    ...(lever.shadow === undefined ? {} : { shadow: lever.shadow }),
  };
  switch (lever.kind) {
    case "choice":
      return {
        kind: "choice",
        ...basics,
        actions: [...lever.actions],
        baseline: lever.baseline,
        segments: copied(lever.segments),
      };
    case "weights":
      return {
        kind: "weights",
        ...basics,
        features: lever.features.map((feature) =>
          feature.kind === "category" ? { ...feature, values: [...feature.values] } : feature,
        ),
        calibration: [...lever.calibration],
        bands: lever.bands.map(({ name, atLeast }) => ({ name, at_least: atLeast })),
        baseline: { ...lever.baseline, weights: { ...lever.baseline.weights } },
        segments: Object.fromEntries(
          Object.entries(lever.segments).map(([segment, value]) => [
            segment,
            { ...value, weights: { ...value.weights } },
          ]),
        ),
      };
    case "threshold":
      return {
        kind: "threshold",
        ...basics,
        score: lever.score.kind === "lever" ? { lever: lever.score.lever } : { field: lever.score.field },
        above: lever.above,
        below: lever.below,
        baseline: { ...lever.baseline },
        segments: copied(lever.segments),
      };
  }
}

function copied<Value extends object>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, { ...value }]));
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

function durationText(ms: number): string {
  const unit = UNITS.find(([, scale]) => ms > 0 && ms % scale === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
