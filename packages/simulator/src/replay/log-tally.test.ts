import { segmentId } from "@ratchet/engine";
import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { LogTally, valueDifference, valueOf, type PolicyRule } from "./log-tally.ts";

interface Row {
  readonly segment: ReturnType<typeof segmentId>;
  readonly action: string;
  readonly propensity: number;
  readonly y: number;
}

const [SMALL, LARGE] = [segmentId("all/size=small"), segmentId("all/size=large")];
const rng = mersenneRng(5);
const rows: readonly Row[] = Array.from({ length: 400 }, () => {
  const segment = rng.next() < 0.5 ? SMALL : LARGE;
  const p = segment === SMALL ? 0.3 : 0.8;
  const story = rng.next() < p;
  return { segment, action: story ? "story" : "plain", propensity: story ? p : 1 - p, y: Math.floor(rng.next() * 5) };
});
const tally = new LogTally();
for (const { y, ...key } of rows) tally.add(key, y);

const story: PolicyRule = () => ({ plain: 0, story: 1 });
const mixed: PolicyRule = (segment) => (segment === SMALL ? { plain: 0.4, story: 0.6 } : { plain: 0.9, story: 0.1 });

/** Row by row, from the formulas: SNIPS, and the variance of its linearisation. */
function bruteForce(rule: PolicyRule): { readonly value: number; readonly terms: readonly number[] } {
  const weights = rows.map((row) => (rule(row.segment)[row.action] ?? 0) / row.propensity);
  const total = weights.reduce((a, b) => a + b, 0);
  const value = rows.reduce((sum, row, i) => sum + (weights[i] ?? 0) * row.y, 0) / total;
  return { value, terms: rows.map((row, i) => ((weights[i] ?? 0) / total) * (row.y - value)) };
}

const norm = (terms: readonly number[]): number => Math.sqrt(terms.reduce((sum, t) => sum + t * t, 0));

describe("the value of a policy on a whole log", () => {
  it.each([
    ["a single action", story],
    ["a mixture by segment", mixed],
  ])("of %s is SNIPS, as summed row by row", (_, rule) => {
    const found = valueOf(tally.cells, rule);
    const { value, terms } = bruteForce(rule);
    if (found.kind === "refused") throw new Error(found.message);
    expect(found.value).toBeCloseTo(value, 10);
    expect(found.standardError).toBeCloseTo(norm(terms), 10);
    expect(found.upper - found.value).toBeCloseTo(1.959964 * norm(terms), 5);
  });

  it("minus another's counts rows in common once, so that what they share cancels", () => {
    const found = valueDifference(tally.cells, mixed, story);
    const [a, b] = [bruteForce(mixed), bruteForce(story)];
    if (found.kind === "refused") throw new Error(found.message);
    expect(found.value).toBeCloseTo(a.value - b.value, 10);
    expect(found.standardError).toBeCloseTo(norm(a.terms.map((t, i) => t - (b.terms[i] ?? 0))), 10);
    expect(valueDifference(tally.cells, story, story)).toMatchObject({ value: 0, standardError: 0 });
  });

  it("counts the units that tell something about it", () => {
    expect(valueOf(tally.cells, story)).toMatchObject({ units: rows.filter((row) => row.action === "story").length });
  });

  it("is refused where the log never took an action that the policy gives", () => {
    expect(valueOf(tally.cells, () => ({ offer: 1 }))).toMatchObject({
      kind: "refused",
      reason: "no-overlap",
      message: expect.stringContaining('"offer"'),
    });
    const half = tally.cells.filter((cell) => cell.segment === SMALL || cell.action === "plain");
    expect(valueOf(half, story)).toMatchObject({ kind: "refused", message: expect.stringContaining("size=large") });
    expect(valueDifference(half, mixed, story)).toMatchObject({ kind: "refused" });
  });
});
