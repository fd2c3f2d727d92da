import { areActionLimits, limitBreaches, thresholdBreaches, weightBreaches, type ValueLimits } from "./limits.ts";
import type { Lever } from "./lever.ts";
import { strangerIn, type Playbook } from "./playbook.ts";

/**
 * What of a playbook's values the limits would not let be served, a sentence each; empty when every segment of every lever would be. Asked
 * before a playbook is adopted: at serve it would only come out as the baseline, a unit at a time.
 */
export function servingFaults(playbook: Playbook, limits: Readonly<Record<string, ValueLimits>>): readonly string[] {
  return playbook.levers.flatMap((lever) => {
    const own = Object.hasOwn(limits, lever.name) ? limits[lever.name] : undefined;
    if (own === undefined) return [`the policy sets no limits for lever "${lever.name}"`];
    return Object.keys(lever.segments).flatMap((segment) =>
      breachesIn(lever, segment, own).map((breach) => `${lever.name}, ${segment}: ${breach}`),
    );
  });
}

function breachesIn(lever: Lever, segment: string, limits: ValueLimits): readonly string[] {
  const kindFault = `the policy's limits are of kind ${limits.kind ?? "choice"}, the lever is of kind ${lever.kind}`;
  switch (lever.kind) {
    case "choice": {
      const value = lever.segments[segment] ?? {};
      const stranger = strangerIn(lever, value);
      if (!areActionLimits(limits)) return [kindFault];
      return [
        ...(stranger === null ? [] : [`"${stranger}" is no action of the lever`]),
        ...limitBreaches(value, limits),
      ];
    }
    case "weights":
      return limits.kind === "weights"
        ? weightBreaches(lever.segments[segment] ?? lever.baseline, lever, limits)
        : [kindFault];
    case "threshold":
      return limits.kind === "threshold"
        ? thresholdBreaches(lever.segments[segment] ?? lever.baseline, limits)
        : [kindFault];
  }
}

/**
 * What keeps a stored document from being read as a playbook at all; empty when the decision path can be built on it. It assumes nothing: a
 * document that was damaged must never take the place of a good one. Values of segments are not its business: they are checked at serve.
 */
export function damagesOf(body: unknown): readonly string[] {
  if (!isTable(body)) return ["it is no table"];
  const found: string[] = [];
  if (typeof body["version"] !== "number" || !Number.isInteger(body["version"])) found.push("it has no version");
  const { levers } = body;
  if (!Array.isArray(levers) || levers.length === 0) return [...found, "it has no levers"];
  return [
    ...found,
    ...levers.flatMap((lever: unknown, i) => leverDamages(lever).map((why) => `lever ${i + 1} ${why}`)),
  ];
}

function leverDamages(lever: unknown): readonly string[] {
  if (!isTable(lever)) return ["is no table"];
  const found: string[] = [];
  if (!isText(lever["name"]) || !isText(lever["point"])) found.push("has no name or point");
  if (!isList(lever["segmentBy"], (level) => isTable(level) && isText(level["field"])))
    found.push("has no segments' levels");
  if (!isNumber(lever["decisionWindowMs"]) || lever["decisionWindowMs"] < 0) found.push("has no decision window");
  if (!isTable(lever["segments"])) found.push("has no values");
  return [...found, ...kindDamages(lever)];
}

function kindDamages(lever: Table): readonly string[] {
  switch (lever["kind"]) {
    case "choice":
      return isList(lever["actions"], isText) && lever["actions"].some((action) => action === lever["baseline"])
        ? []
        : ["has no actions, or a baseline that is none of them"];
    case "weights":
      return weightsDamages(lever);
    case "threshold":
      return [
        ...(isText(lever["above"]) && isText(lever["below"]) ? [] : ["has no sides"]),
        ...(isTable(lever["score"]) && (isText(lever["score"]["lever"]) || isText(lever["score"]["field"]))
          ? []
          : ["has no score"]),
        ...(isNumbers(lever["baseline"], ["threshold", "band", "chance"]) ? [] : ["has no baseline"]),
      ];
    default:
      return [`is of no kind that is known: ${String(lever["kind"])}`];
  }
}

function weightsDamages({ features, calibration, bands, baseline }: Table): readonly string[] {
  return [
    ...(isList(features, isFeature) ? [] : ["has features that do not read"]),
    ...(isList(calibration, (knot) => isNumbers(knot, ["score", "probability"])) && calibration.length >= 2
      ? []
      : ["has no calibration"]),
    ...(isList(bands, (band) => isTable(band) && isText(band["name"]) && isNumber(band["atLeast"]))
      ? []
      : ["has no bands"]),
    ...(isTable(baseline) &&
    isNumber(baseline["intercept"]) &&
    isTable(baseline["weights"]) &&
    Object.values(baseline["weights"]).every(isNumber)
      ? []
      : ["has no baseline"]),
  ];
}

function isFeature(feature: unknown): boolean {
  if (!isTable(feature) || !isText(feature["name"]) || !isText(feature["field"]) || !isNumber(feature["missing"]))
    return false;
  switch (feature["kind"]) {
    case "numeric":
      return isNumber(feature["centre"]) && isNumber(feature["scale"]) && feature["scale"] > 0;
    case "flag":
      return true;
    case "category":
      return isList(feature["values"], isText);
    default:
      return false;
  }
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isNumbers(value: unknown, names: readonly string[]): boolean {
  return isTable(value) && names.every((name) => isNumber(value[name]));
}

function isList(value: unknown, isItem: (item: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every((item: unknown) => isItem(item));
}
