import type { PlaybookShape } from "./playbook-document.ts";

interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Lever = PlaybookShape["levers"][number];
type LeverOf<Kind extends Lever["kind"]> = Extract<Lever, { kind: Kind }>;

/** Slack for sums of probabilities that were written with a few digits. */
const TOLERANCE = 1e-9;

/** What a schema of single keys cannot say: every contradiction of a playbook, with what to do about it. */
export function lintPlaybook({ levers }: PlaybookShape): readonly Finding[] {
  return [
    ...repeatedAt(
      levers.map(({ name }) => name),
      (i) => ["levers", i, "name"],
    ),
    ...repeatedAt(
      levers.map(({ name, point }) => point ?? name),
      (i) => ["levers", i, "point"],
    ),
    ...levers.flatMap((lever, i) =>
      [...lintSegments(lever), ...lintKind(lever, levers)].map(({ path, message }) => ({
        path: ["levers", i, ...path],
        message,
      })),
    ),
  ];
}

function lintKind(lever: Lever, levers: readonly Lever[]): readonly Finding[] {
  switch (lever.kind) {
    case "choice":
      return lintChoice(lever);
    case "weights":
      return lintWeights(lever);
    case "threshold":
      return lintThreshold(lever, levers);
  }
}

/** Paths name the lever's own fields, in its own order; a playbook with segments says what everybody else gets. */
function lintSegments(lever: Lever): readonly Finding[] {
  const fields = (lever.segment_by ?? []).map(({ field }) => field);
  const found: Finding[] = repeatedAt(fields, (i) => ["segment_by", i, "field"]).slice();
  for (const [i, { breaks = [] }] of (lever.segment_by ?? []).entries()) {
    if (breaks.some((at, j) => j > 0 && at <= (breaks[j - 1] ?? 0)))
      found.push({ path: ["segment_by", i, "breaks"], message: "breaks must rise" });
  }
  const segments = Object.keys(lever.segments ?? {});
  if (segments.length > 0 && !segments.includes("all"))
    found.push({
      path: ["segments"],
      message: "all is missing: it is what a segment inherits that has no value of its own",
    });
  for (const segment of segments) {
    const named = segment
      .split("/")
      .slice(1)
      .map((part) => part.slice(0, part.indexOf("=")));
    const expected = fields.slice(0, named.length);
    if (named.join("/") !== expected.join("/"))
      found.push({
        path: ["segments", segment],
        message: `names ${named.join(", ")}, but the lever is segmented by ${fields.length === 0 ? "nothing" : fields.join(", then ")}`,
      });
  }
  return found;
}

function lintChoice(lever: LeverOf<"choice">): readonly Finding[] {
  const found: Finding[] = [...repeatedAt(lever.actions, (i) => ["actions", i])];
  if (!lever.actions.includes(lever.baseline))
    found.push({
      path: ["baseline"],
      message: `"${lever.baseline}" is not among the actions ${lever.actions.join(", ")}`,
    });
  for (const [segment, probabilities] of Object.entries(lever.segments ?? {})) {
    for (const action of Object.keys(probabilities)) {
      if (!lever.actions.includes(action))
        found.push({ path: ["segments", segment, action], message: `"${action}" is not among the actions` });
    }
    const total = Object.values(probabilities).reduce((sum, p) => sum + p, 0);
    if (Math.abs(total - 1) > TOLERANCE)
      found.push({ path: ["segments", segment], message: `the probabilities add up to ${rounded(total)}, not 1` });
  }
  return found;
}

function lintWeights(lever: LeverOf<"weights">): readonly Finding[] {
  const names = lever.features.map(({ name }) => name);
  const found: Finding[] = [...repeatedAt(names, (i) => ["features", i, "name"])];
  const values = [
    { path: ["baseline"], value: lever.baseline },
    ...Object.entries(lever.segments ?? {}).map(([segment, value]) => ({ path: ["segments", segment], value })),
  ];
  for (const { path, value } of values) {
    for (const name of names) {
      if (!Object.hasOwn(value.weights, name))
        found.push({
          path: [...path, "weights"],
          message: `"${name}" has no weight; write 0 where it shall not count`,
        });
    }
    for (const name of Object.keys(value.weights)) {
      if (!names.includes(name))
        found.push({ path: [...path, "weights", name], message: `"${name}" is not among the features` });
    }
  }
  lever.calibration.forEach(({ score, probability }, i) => {
    const before = lever.calibration[i - 1];
    if (before === undefined) return;
    if (score <= before.score) found.push({ path: ["calibration", i, "score"], message: "scores must rise" });
    if (probability < before.probability)
      found.push({ path: ["calibration", i, "probability"], message: "probabilities must never fall" });
  });
  return [...found, ...lintBands(lever)];
}

function lintBands({ bands }: LeverOf<"weights">): readonly Finding[] {
  const found: Finding[] = [
    ...repeatedAt(
      bands.map(({ name }) => name),
      (i) => ["bands", i, "name"],
    ),
  ];
  bands.forEach(({ at_least }, i) => {
    const better = bands[i - 1];
    if (better !== undefined && at_least >= better.at_least)
      found.push({ path: ["bands", i, "at_least"], message: "bands stand best first: at_least must fall" });
  });
  if (bands.at(-1)?.at_least !== 0)
    found.push({ path: ["bands"], message: "the last band must begin at 0, so that everybody is in one" });
  return found;
}

function lintThreshold(lever: LeverOf<"threshold">, levers: readonly Lever[]): readonly Finding[] {
  const found: Finding[] = [];
  if (lever.above === lever.below)
    found.push({ path: ["below"], message: `above and below are both "${lever.above}": nothing would be decided` });
  const scoredBy = "lever" in lever.score ? lever.score.lever : null;
  if (scoredBy !== null && !levers.some(({ kind, name }) => kind === "weights" && name === scoredBy))
    found.push({ path: ["score", "lever"], message: `there is no lever "${scoredBy}" of kind weights` });
  return found;
}

function repeatedAt(names: readonly string[], pathOf: (i: number) => readonly (string | number)[]): readonly Finding[] {
  return names.flatMap((name, i) =>
    names.indexOf(name) === i ? [] : [{ path: pathOf(i), message: `"${name}" is there twice` }],
  );
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
