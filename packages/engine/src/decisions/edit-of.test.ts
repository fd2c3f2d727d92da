import { describe, expect, it } from "vitest";
import { actionId } from "../ids.ts";
import { editOf, type EditWish } from "./edit-of.ts";
import type { Playbook } from "./playbook.ts";

const basics = { segmentBy: [{ field: "region" }], decisionWindowMs: 0 } as const;
const A = actionId("a");
const PLAYBOOK: Playbook = {
  version: 3,
  changeId: null,
  parent: null,
  levers: [
    {
      kind: "choice",
      name: "content",
      point: "content",
      ...basics,
      actions: [A, actionId("b"), actionId("c")],
      baseline: A,
      segments: { all: { a: 0.5, b: 0.3, c: 0.2 } },
    },
    {
      kind: "weights",
      name: "priority",
      point: "priority",
      ...basics,
      features: [{ kind: "flag", name: "pricing", field: "visited_pricing", missing: 0 }],
      calibration: [],
      bands: [],
      baseline: { intercept: 0, weights: { pricing: 0 } },
      segments: { all: { intercept: -1, weights: { pricing: 0.3 } } },
    },
    {
      kind: "threshold",
      name: "handoff",
      point: "handoff",
      ...basics,
      score: { kind: "lever", lever: "priority" },
      above: actionId("hand_over"),
      below: actionId("nurture"),
      baseline: { threshold: 0.5, band: 0, chance: 0.5 },
      segments: { all: { threshold: 0.4, band: 0.1, chance: 0.5 } },
    },
  ],
};

const edit = (wish: EditWish) => editOf(PLAYBOOK, wish);
const why = (wish: EditWish): string => {
  const answer = edit(wish);
  if (answer.kind === "ok") throw new Error("it is an edit");
  return answer.error.message;
};

describe("what somebody wishes for", () => {
  it("is completed from what is in force: what is not named stays", () => {
    expect(edit({ lever: "content", set: { a: 0.4, b: 0.4 } })).toMatchObject({
      value: { segment: "all", from: { a: 0.5, b: 0.3, c: 0.2 }, to: { a: 0.4, b: 0.4, c: 0.2 } },
    });
    expect(edit({ lever: "priority", set: { pricing: 0.4 } })).toMatchObject({
      value: { kind: "weights", to: { intercept: -1, weights: { pricing: 0.4 } } },
    });
    expect(edit({ lever: "handoff", set: { threshold: 0.35 } })).toMatchObject({
      value: { kind: "threshold", to: { threshold: 0.35, band: 0.1, chance: 0.5 } },
    });
  });

  it("begins in a segment without a value of its own at what it inherits", () => {
    expect(edit({ lever: "content", segment: "all/region=EMEA", set: { a: 0.3, c: 0.4 } })).toMatchObject({
      value: { segment: "all/region=EMEA", from: { a: 0.5, b: 0.3, c: 0.2 }, to: { a: 0.3, b: 0.3, c: 0.4 } },
    });
  });

  it("is refused with what there is instead", () => {
    expect(why({ lever: "tone", set: { a: 1 } })).toBe(
      'there is no lever "tone"; the levers are content, priority, handoff',
    );
    expect(why({ lever: "content", set: { d: 1 } })).toBe('the lever has no "d"; it has a, b, c');
    expect(why({ lever: "priority", set: { visits: 1 } })).toBe('the lever has no "visits"; it has pricing, intercept');
    expect(why({ lever: "content", set: { a: 0.9 } })).toContain("add up to 1.4");
    expect(why({ lever: "handoff", set: { threshold: Number.NaN } })).toContain("finite");
    expect(why({ lever: "content", set: { a: 0.5 } })).toContain("has these values in all already");
    for (const segment of ["EMEA", "all/persona=CFO", "all/region=", "all/region=EMEA/size=1", "all/region=a\u0000"])
      expect(why({ lever: "content", segment, set: { a: 1, b: 0, c: 0 } })).toContain("all/region=…");
  });
});
