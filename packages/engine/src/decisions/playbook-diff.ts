import { canonicalJson } from "../canonical-json.ts";
import { actionsOf, type Lever } from "./lever.ts";
import type { Playbook } from "./playbook.ts";

/**
 * What makes one playbook decide otherwise than another, a sentence a difference, in the order of the levers. Empty where both decide the
 * same, whatever their versions.
 */
export function playbookDifferences(from: Pick<Playbook, "levers">, to: Pick<Playbook, "levers">): readonly string[] {
  const before = new Map(from.levers.map((lever) => [lever.name, lever]));
  const after = new Set(to.levers.map(({ name }) => name));
  return [
    ...to.levers.flatMap((lever) => {
      const was = before.get(lever.name);
      return was === undefined ? [`${lever.name}: new lever of kind ${lever.kind}`] : leverDifferences(was, lever);
    }),
    ...from.levers.filter(({ name }) => !after.has(name)).map(({ name }) => `${name}: the lever is gone`),
  ];
}

function leverDifferences(from: Lever, to: Lever): readonly string[] {
  if (from.kind !== to.kind) return [`${to.name}: kind ${from.kind} → ${to.kind}`];
  return [
    ...difference("point", from.point, to.point),
    ...difference("decision window", hours(from.decisionWindowMs), hours(to.decisionWindowMs)),
    ...difference("shadow mode", from.shadow ?? false, to.shadow ?? false),
    ...difference("segmented by", levelsOf(from), levelsOf(to)),
    ...difference("actions", actionsOf(from).join(", "), actionsOf(to).join(", ")),
    ...kindDifferences(from, to),
    ...valueDifferences("baseline", flat(baselineOf(from)), flat(baselineOf(to))),
    ...segmentDifferences(from, to),
  ].map((sentence) => `${to.name}: ${sentence}`);
}

/** What only levers of one kind have. */
function kindDifferences(from: Lever, to: Lever): readonly string[] {
  if (from.kind === "weights" && to.kind === "weights") {
    return [
      ...difference("features", namesOf(from.features), namesOf(to.features)),
      ...from.features.flatMap((feature) => {
        const now = to.features.find(({ name }) => name === feature.name);
        return now === undefined || canonicalJson(now) === canonicalJson(feature)
          ? []
          : [`feature ${feature.name} is read otherwise: ${canonicalJson(feature)} → ${canonicalJson(now)}`];
      }),
      ...difference("bands", bandsOf(from), bandsOf(to)),
      ...(canonicalJson(from.calibration) === canonicalJson(to.calibration) ? [] : ["another calibration curve"]),
    ];
  }
  return from.kind === "threshold" && to.kind === "threshold"
    ? difference("score", canonicalJson(from.score), canonicalJson(to.score))
    : [];
}

function segmentDifferences(from: Lever, to: Lever): readonly string[] {
  const names = [...new Set([...Object.keys(from.segments), ...Object.keys(to.segments)])];
  return names.flatMap((segment) => {
    const [was, now] = [from.segments[segment], to.segments[segment]];
    if (was === undefined) return [`${segment} gets a value of its own: ${inWords(flat(now))}`];
    if (now === undefined) return [`${segment} takes what its parent has again`];
    return valueDifferences(segment, flat(was), flat(now));
  });
}

function valueDifferences(
  where: string,
  from: Readonly<Record<string, number | string>>,
  to: Readonly<Record<string, number | string>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names
    .filter((name) => from[name] !== to[name])
    .map((name) => `${where}: ${name} ${from[name] ?? "(none)"} → ${to[name] ?? "(none)"}`);
}

function difference(what: string, from: string | boolean, to: string | boolean): readonly string[] {
  return from === to ? [] : [`${what} ${String(from)} → ${String(to)}`];
}

function baselineOf(lever: Lever): unknown {
  return lever.kind === "choice" ? { action: lever.baseline } : lever.baseline;
}

/** A value as names and numbers, the weights beside the intercept. */
function flat(value: unknown): Readonly<Record<string, number | string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
      typeof member === "number" || typeof member === "string" ? [[name, member]] : Object.entries(flat(member)),
    ),
  );
}

function inWords(value: Readonly<Record<string, number | string>>): string {
  return Object.entries(value)
    .map(([name, x]) => `${name} ${x}`)
    .join(", ");
}

function levelsOf({ segmentBy }: Lever): string {
  const levels = segmentBy.map(({ field, breaks }) =>
    breaks === undefined ? field : `${field} at ${breaks.join(", ")}`,
  );
  return levels.length === 0 ? "nothing" : levels.join(", then ");
}

function namesOf(features: readonly { readonly name: string }[]): string {
  return features.map(({ name }) => name).join(", ");
}

function bandsOf({ bands }: Extract<Lever, { kind: "weights" }>): string {
  return bands.map(({ name, atLeast }) => `${name} from ${atLeast}`).join(", ");
}

function hours(ms: number): string {
  return ms === 0 ? "none" : `${ms / 3_600_000} h`;
}
