import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { decideAt, FIVE, FIVE_LIMITS, fiveFrame, withValue } from "./five-levers.contract.ts";
import { damagesOf, servingFaults } from "./playbook-faults.ts";
import { playbookDigest } from "./playbook.ts";

describe("a playbook that is to be adopted", () => {
  it("has no faults where the policy lets every segment be served", () => {
    expect(servingFaults(FIVE, FIVE_LIMITS)).toEqual([]);
  });

  it("names the lever, the segment and the rule of each value that would come out as the baseline", () => {
    const playbook = withValue("handoff", { threshold: 0.9, band: 0, chance: 0.5 });
    expect(servingFaults(playbook, FIVE_LIMITS)).toEqual([
      "handoff, all: threshold would be 0.9, its range is 0.05 to 0.5",
    ]);
    const { content: _, ...others } = FIVE_LIMITS;
    expect(servingFaults(FIVE, others)).toEqual(['the policy sets no limits for lever "content"']);
  });
});

describe("a stored document that is to be served", () => {
  it("is a playbook as it was written", () => {
    expect(damagesOf(JSON.parse(JSON.stringify(FIVE)))).toEqual([]);
  });

  it.each([
    null,
    [],
    "playbook",
    {},
    { version: 1, levers: [] },
    { ...FIVE, version: "1" },
    { version: 1, levers: [null] },
  ])("is none: %j", (body) => {
    expect(damagesOf(body)).not.toEqual([]);
  });

  it("either is refused or can be decided on, however one of its parts was damaged (10,000 damages)", () => {
    const rng = mersenneRng(11);
    const text = JSON.stringify(FIVE);
    const documents = { playbook: playbookDigest(FIVE), policy: playbookDigest(FIVE) };
    let sound = 0;
    for (let i = 0; i < 10_000; i++) {
      const damaged: unknown = damage(JSON.parse(text), () => rng.next());
      if (damagesOf(damaged).length > 0) continue;
      sound += 1;
      const playbook: typeof FIVE = Object.assign({ ...FIVE }, damaged);
      for (const { point } of playbook.levers)
        decideAt(
          { ...fiveFrame(), documents, playbook },
          { unit: "a", point, context: { region: "EMEA", employees: 3 } },
        );
    }
    // Both happen: damage within a segment's value is the guard's to find, at serve.
    expect(sound).toBeGreaterThan(1000);
    expect(sound).toBeLessThan(9500);
  });
});

/** One random part of a document becomes something else. */
function damage(body: unknown, next: () => number): unknown {
  const junk = [null, -1, "x", [], {}, true, undefined];
  if (typeof body !== "object" || body === null || next() < 0.1) return junk[Math.floor(next() * junk.length)];
  const keys = Object.keys(body);
  const at = keys[Math.floor(next() * keys.length)];
  const entries = Object.entries(body).map(
    ([key, member]: [string, unknown]) => [key, key === at ? damage(member, next) : member] as const,
  );
  return Array.isArray(body) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}
