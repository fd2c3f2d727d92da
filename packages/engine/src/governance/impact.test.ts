import { areActionLimits } from "../decisions/limits.ts";
import { describe, expect, it } from "vitest";
import { chances, exampleChange, exampleEdit, examplePolicy } from "../loop-examples.contract.ts";
import { impactOf } from "./impact.ts";
import type { ChoiceLimits, Policy } from "./policy.ts";

const basic = examplePolicy().levers.find(areActionLimits);

interface Row {
  readonly name: string;
  readonly audience: number;
  readonly sensitivity: number;
  readonly reversibility: ChoiceLimits["reversibility"];
  readonly compliance: ChoiceLimits["compliance"];
  readonly novel: boolean;
  readonly score: number;
  readonly tier: string;
}

function impact(
  row: Omit<Row, "name" | "score" | "tier">,
  told: Partial<ChoiceLimits> = {},
  policy: Partial<Policy> = {},
): ReturnType<typeof impactOf> {
  if (basic === undefined) throw new Error("the example policy has a lever");
  const { sensitivity, reversibility, compliance, novel, audience } = row;
  const limits: ChoiceLimits = { ...basic, sensitivity, reversibility, compliance, minTier: "T0", ...told };
  // The whole range in one step, so that the table's sensitivity is the lever's own.
  const edits = [exampleEdit(chances(0, 0, 1), { from: chances(1, 0, 0) })];
  return impactOf(exampleChange({ audienceShare: audience, edits }), examplePolicy({ holdoutShare: 0, ...policy }), {
    limits,
    novel,
  });
}

describe("the impact score", () => {
  it.each<Row>([
    {
      name: "send hour +1 h",
      audience: 0.1,
      sensitivity: 0.2,
      reversibility: "instant",
      compliance: "contact_timing",
      novel: false,
      score: 0.4,
      tier: "T0",
    },
    {
      name: "subject variant",
      audience: 0.5,
      sensitivity: 0.3,
      reversibility: "external_per_contact",
      compliance: "none",
      novel: false,
      score: 2.2,
      tier: "T0",
    },
    {
      name: "lead-score cut-off",
      audience: 0.4,
      sensitivity: 0.6,
      reversibility: "within_day",
      compliance: "personal_data",
      novel: false,
      score: 5.9,
      tier: "T1",
    },
    {
      name: "contact cap",
      audience: 0.95,
      sensitivity: 0.6,
      reversibility: "external_per_contact",
      compliance: "contact_frequency",
      novel: false,
      score: 9.1,
      tier: "T1",
    },
    {
      name: "discount 5 to 8 %",
      audience: 0.3,
      sensitivity: 1,
      reversibility: "external_per_contact",
      compliance: "price",
      novel: true,
      score: 21.4,
      tier: "T2",
    },
    {
      name: "SMS as new channel, before floors",
      audience: 0.2,
      sensitivity: 1,
      reversibility: "external_per_contact",
      compliance: "legal_effect",
      novel: true,
      score: 28,
      tier: "T2",
    },
    {
      name: "automated eligibility denial",
      audience: 0.95,
      sensitivity: 1,
      reversibility: "irreversible",
      compliance: "legal_effect",
      novel: true,
      score: 97.5,
      tier: "T3",
    },
  ])("of $name is $score, tier $tier", ({ score, tier, ...row }) => {
    const found = impact(row);
    expect(found.score.toFixed(1)).toBe(score.toFixed(1));
    expect(found.tier).toBe(tier);
  });

  const small = {
    audience: 0.5,
    sensitivity: 0.3,
    reversibility: "external_per_contact",
    compliance: "none",
    novel: false,
  } as const;

  it("grows with the step: half the range is half the score", () => {
    const half = exampleChange({
      audienceShare: 0.5,
      edits: [exampleEdit(chances(0.5, 0, 0.5), { from: chances(1, 0, 0) })],
    });
    if (basic === undefined) throw new Error("the example policy has a lever");
    const limits = { ...basic, sensitivity: 0.3 };
    const { score } = impactOf(half, examplePolicy({ holdoutShare: 0 }), { limits, novel: false });
    expect(score).toBeCloseTo(impact(small).score / 2, 12);
  });

  it("is never below the lever's least tier", () => {
    expect(impact(small, { minTier: "T2" })).toMatchObject({ tier: "T2", score: impact(small).score });
  });

  it("counts whom the change reaches once promoted: all but the holdout, wherever the ramp ends", () => {
    const reached = impact(small, {}, { holdoutShare: 0.19 });
    expect(reached.score).toBeCloseTo(impact(small).score * 0.9, 12);
    const short = examplePolicy().rollout;
    expect(impact(small, {}, { holdoutShare: 0.19, rollout: { ...short, steps: [0.01, 0.02] } })).toEqual(reached);
  });

  it("is at most 100", () => {
    expect(
      impact({
        ...small,
        audience: 1,
        sensitivity: 1,
        reversibility: "irreversible",
        compliance: "legal_effect",
        novel: true,
      }).score,
    ).toBe(100);
  });
});
