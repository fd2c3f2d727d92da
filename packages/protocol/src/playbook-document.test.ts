import { describe, expect, it } from "vitest";
import { issuesOf } from "./issues.ts";
import { playbookDocumentSchema, type PlaybookDocument } from "./playbook-document.ts";

const weights = {
  kind: "weights",
  name: "prioritisation",
  segment_by: [{ field: "region" }],
  features: [
    { kind: "numeric", name: "size", field: "employees", centre: 100, scale: 100 },
    { kind: "flag", name: "pricing", field: "visited_pricing" },
  ],
  calibration: [
    { score: -2, probability: 0.01 },
    { score: 2, probability: 0.3 },
  ],
  bands: [
    { name: "A", at_least: 0.1 },
    { name: "B", at_least: 0 },
  ],
  baseline: { intercept: 0, weights: { size: 0, pricing: 0 } },
} as const;
const choice = {
  kind: "choice",
  name: "content",
  actions: ["a", "b"],
  baseline: "a",
  segments: { all: { a: 0.5, b: 0.5 } },
} as const;
const threshold = {
  kind: "threshold",
  name: "handoff",
  score: { lever: "prioritisation" },
  above: "sales",
  below: "nurture",
  baseline: { threshold: 0.1, band: 0, chance: 0.5 },
} as const;

function faults(levers: readonly unknown[]): readonly string[] {
  const document = { api_version: "ratchet.playbook/v1", kind: "Playbook", metadata: { id: "example" }, levers };
  const parsed = playbookDocumentSchema.safeParse(document);
  return parsed.success ? [] : issuesOf(parsed.error).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("a playbook document", () => {
  it("is sound with a lever of each kind", () => {
    expect(faults([weights, choice, threshold])).toEqual([]);
    const sound: PlaybookDocument["levers"][number]["kind"][] = ["weights", "choice", "threshold"];
    expect(sound).toHaveLength(3);
  });

  it.each<readonly [string, readonly unknown[], string]>([
    ["two levers of one name", [choice, { ...choice, point: "other" }], 'levers.1.name: "content" is there twice'],
    [
      "two levers at one point",
      [choice, { ...choice, name: "timing", point: "content" }],
      'levers.1.point: "content" is there twice',
    ],
    [
      "a baseline that is no action",
      [{ ...choice, baseline: "c" }],
      'levers.0.baseline: "c" is not among the actions a, b',
    ],
    [
      "chances that do not add up",
      [{ ...choice, segments: { all: { a: 0.5, b: 0.4 } } }],
      "levers.0.segments.all: the probabilities add up to 0.9, not 1",
    ],
    [
      "an action that is none",
      [{ ...choice, segments: { all: { a: 0.5, z: 0.5 } } }],
      'levers.0.segments.all.z: "z" is not among the actions',
    ],
    [
      "segments without all",
      [{ ...choice, segment_by: [{ field: "region" }], segments: { "all/region=EMEA": { a: 1, b: 0 } } }],
      "levers.0.segments: all is missing: it is what a segment inherits that has no value of its own",
    ],
    [
      "a segment of another field",
      [{ ...choice, segments: { all: { a: 1 }, "all/region=EMEA": { a: 1 } } }],
      "levers.0.segments.all/region=EMEA: names region, but the lever is segmented by nothing",
    ],
    [
      "a weight that is missing",
      [{ ...weights, baseline: { intercept: 0, weights: { size: 0 } } }],
      'levers.0.baseline.weights: "pricing" has no weight; write 0 where it shall not count',
    ],
    [
      "a weight of no feature",
      [{ ...weights, baseline: { intercept: 0, weights: { size: 0, pricing: 0, colour: 1 } } }],
      'levers.0.baseline.weights.colour: "colour" is not among the features',
    ],
    [
      "a calibration that falls",
      [
        {
          ...weights,
          calibration: [
            { score: 0, probability: 0.2 },
            { score: 1, probability: 0.1 },
          ],
        },
      ],
      "levers.0.calibration.1.probability: probabilities must never fall",
    ],
    [
      "bands in the wrong order",
      [
        {
          ...weights,
          bands: [
            { name: "A", at_least: 0.1 },
            { name: "B", at_least: 0.2 },
            { name: "C", at_least: 0 },
          ],
        },
      ],
      "levers.0.bands.1.at_least: bands stand best first: at_least must fall",
    ],
    [
      "nobody's band",
      [{ ...weights, bands: [{ name: "A", at_least: 0.1 }] }],
      "levers.0.bands: the last band must begin at 0, so that everybody is in one",
    ],
    [
      "a score that nobody makes",
      [choice, threshold],
      'levers.1.score.lever: there is no lever "prioritisation" of kind weights',
    ],
    [
      "two sides that are one",
      [weights, { ...threshold, below: "sales" }],
      'levers.1.below: above and below are both "sales": nothing would be decided',
    ],
  ])("names the fault of %s at its key", (_, levers, fault) => {
    expect(faults(levers)).toContain(fault);
  });

  it("refuses what it does not know, and numbers that are none", () => {
    expect(faults([{ ...choice, chances: {} }]).join()).toContain("chances");
    expect(
      faults([{ ...weights, baseline: { intercept: Number.NaN, weights: { size: 0, pricing: 0 } } }]),
    ).toHaveLength(1);
  });
});
