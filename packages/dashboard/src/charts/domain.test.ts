import { describe, expect, it } from "vitest";
import { domainOf, laterDomain, percentOf } from "./domain.ts";

const at = (estimate: number | null, half: number) => ({
  estimate,
  lower: estimate === null ? null : estimate - half,
  upper: estimate === null ? null : estimate + half,
  confidence: 0.95,
});

describe("a chart's domain", () => {
  it("always holds zero, also where there is nothing to show", () => {
    const [low, high] = domainOf([3, 5]);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(5);
    expect(domainOf([])).toEqual([-0.06, 0.06]);
  });
  it("is set by the later half, so that a wide start does not flatten the rest", () => {
    const [low, high] = laterDomain([at(2, 100), at(1, 50), at(2, 2), at(2, 1)]);
    expect(high).toBeLessThan(5);
    expect(low).toBeGreaterThan(-1);
  });
  it("places values in percent and keeps what is outside at the edge", () => {
    expect([percentOf(0, [-1, 1]), percentOf(9, [-1, 1])]).toEqual([50, 100]);
  });
});
