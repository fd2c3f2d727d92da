import { describe, expect, it } from "vitest";
import { humanProbability, type EngagementCircumstances } from "./human-probability.ts";

const clicked: EngagementCircumstances = {
  type: "clicked",
  sinceDeliveredMs: 600_000,
  linksAtOnce: 1,
  honeypot: false,
};
const BROWSER =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";

describe("whether a person did it", () => {
  it("is likely of a click in an ordinary browser, minutes after delivery", () => {
    const judged = humanProbability({ userAgent: BROWSER }, clicked);
    expect(judged.probability).toBeGreaterThan(0.9);
    expect(judged.evidence.map(({ name }) => name)).toEqual(["browser"]);
  });
  it.each([
    ["the vendor says so", { vendorSaysMachine: true, userAgent: BROWSER }, clicked],
    ["a scanner's name", { userAgent: "Barracuda Sentinel (EE)" }, clicked],
    ["every link at once", { userAgent: BROWSER }, { ...clicked, linksAtOnce: 9 }],
    ["within a second", { userAgent: BROWSER }, { ...clicked, sinceDeliveredMs: 400 }],
    ["a link that nobody sees", { userAgent: BROWSER }, { ...clicked, honeypot: true }],
  ] as const)("is less likely than not after: %s", (_, hints, circumstances) => {
    expect(humanProbability(hints, circumstances).probability).toBeLessThan(0.5);
  });
  it("is open where an image was fetched and nothing else is known, and unlikely through a mail service's proxy", () => {
    const opened = { ...clicked, type: "opened" } as const;
    expect(humanProbability(null, opened)).toEqual({ probability: 0.5, evidence: [] });
    const proxy = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    expect(humanProbability({ userAgent: proxy }, opened).probability).toBeLessThan(0.1);
  });
  it("falls with every piece of evidence against", () => {
    const worse = [clicked, { ...clicked, linksAtOnce: 5 }, { ...clicked, linksAtOnce: 5, sinceDeliveredMs: 0 }];
    const [a = 0, b = 0, c = 0] = worse.map((circumstances) => humanProbability(null, circumstances).probability);
    expect(a).toBeGreaterThan(b);
    expect(b).toBeGreaterThan(c);
  });
});
