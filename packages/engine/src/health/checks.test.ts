import { describe, expect, it } from "vitest";
import { metricId } from "../ids.ts";
import { DAY_MS, instant, later, type Instant } from "../time.ts";
import { checkData } from "./check-data.ts";
import { Company } from "./company.fixture.ts";
import type { DataProfile, FaultKind } from "./data-profile.ts";
import type { DataQuestion } from "./data-question.ts";
import { dayOf } from "./day-counts.ts";
import type { DataCheck, DataReading } from "./reading.ts";
import { judgeSilence } from "./rhythm.ts";
import { shareShift } from "./share-shift.ts";

const company = new Company(90, 2);
const healthy = company.questionAt(90 * 24);

function readings(check: DataCheck, told: Partial<DataQuestion>): readonly DataReading[] {
  return checkData({ ...healthy, ...told }).filter((reading) => reading.check === check);
}

const found = (all: readonly DataReading[]) => all.filter(({ kind }) => kind === "finding");

function withProfile(told: Partial<DataProfile>): Partial<DataQuestion> {
  return { profile: { ...healthy.profile, ...told } };
}

describe("judgeSilence", () => {
  const HOUR_MS = 3_600_000;
  /** A Monday, 00:00 UTC. */
  const monday = Date.UTC(2026, 0, 5);
  /** Something every hour from 9 to 17 on weekdays, for some weeks. */
  const office = (weeks: number): readonly Instant[] =>
    Array.from({ length: weeks * 7 * 24 }, (_, h) => h)
      .filter((h) => Math.floor(h / 24) % 7 < 5 && h % 24 >= 9 && h % 24 < 17)
      .map((h) => instant(monday + h * HOUR_MS));
  const weeks = (n: number, hours: number): Instant => instant(monday + (n * 168 + hours) * HOUR_MS);

  it("finds a weekend ordinary, and half a Monday not", () => {
    const active = office(8);
    const sunday = judgeSilence(active, weeks(7, 6 * 24 + 23));
    const mondayNoon = judgeSilence(active, weeks(8, 12));
    if (sunday.kind !== "silence" || mondayNoon.kind !== "silence") throw new Error("eight weeks are a rhythm");
    expect(sunday.surprise).toBeLessThan(sunday.limit);
    expect(mondayNoon.surprise).toBeGreaterThan(mondayNoon.limit);
    // Nine, ten and eleven o'clock, of eight hours a day.
    expect(mondayNoon.daysMissing).toBeGreaterThan(0.3);
    expect(mondayNoon.daysMissing).toBeLessThan(0.5);
  });

  it("knows no rhythm of less than two weeks, nor of nothing", () => {
    expect(judgeSilence(office(1), weeks(1, 0))).toMatchObject({ kind: "no-rhythm" });
    expect(judgeSilence([], weeks(1, 0))).toEqual({ kind: "no-rhythm", days: 0 });
  });
});

describe("shareShift", () => {
  const days = (shares: readonly number[], n = 100) =>
    shares.map((share, i) => ({ day: instant(i * DAY_MS), n, k: Math.round(n * share) }));
  const usual = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 0.09 : 0.11));
  const never = (): boolean => false;

  it("is by hand: a tenth of 3,000 before, half of 100 now", () => {
    expect(shareShift(days([...usual, 0.5]), never)).toMatchObject({ before: 0.1, now: 0.5, n: 100 });
    expect(shareShift(days([...usual, 0.5]), never)?.pValue).toBeLessThan(1e-12);
    expect(shareShift(days([...usual, 0.1]), never)?.pValue).toBeGreaterThan(0.1);
  });

  it("takes for no surprise what the baseline's days do themselves", () => {
    const wild = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 0.02 : 0.4));
    expect(shareShift(days([...wild, 0.45]), never)?.pValue).toBeGreaterThan(0.01);
  });

  it("judges thin days together, and says nothing of two weeks or less, or of almost nothing", () => {
    expect(shareShift(days([...usual, 0.1, 0.5, 0.5], 12), never)).toMatchObject({ n: 36 });
    expect(shareShift(days(usual.slice(0, 14)), never)).toBeNull();
    expect(shareShift(days([...usual, 0.5], 2), never)).toBeNull();
    expect(shareShift(days([...usual, 0.5]), () => true)).toBeNull();
  });
});

describe("what is counted, not guessed", () => {
  const faulty = (kind: FaultKind, type: string, n: number): Partial<DataQuestion> =>
    withProfile({
      faults: [{ kind, source: "crm", type, day: dayOf(later(healthy.now, -DAY_MS)), n, examples: ["m-1", "m-2"] }],
    });

  it.each<readonly [DataCheck, readonly [FaultKind, string, number], string]>([
    ["impossible-values", ["before_decision", "meeting_held", 1], "info"],
    ["impossible-values", ["before_decision", "meeting_held", 6], "warning"],
    ["impossible-values", ["future", "meeting_held", 40], "critical"],
    ["impossible-transitions", ["won_reopened", "stage_changed", 40], "critical"],
    ["duplicates", ["duplicate", "opportunity_won", 8], "warning"],
    ["orphan-outcomes", ["no_such_decision", "meeting_held", 30], "critical"],
  ])("%s: %j is %s", (check, fault, severity) => {
    const [finding] = found(readings(check, faulty(...fault)));
    expect(finding).toMatchObject({ severity, source: "crm", examples: ["m-1", "m-2"] });
    if (finding?.kind !== "finding") throw new Error("a fault is a finding");
    const touched = ["meeting_held", "opportunity_won"].filter((metric) => metric === fault[1]);
    expect(finding.metrics).toEqual(touched.map(metricId));
  });
});

describe("definitions", () => {
  it("say when the shares of a property's values move, and only then", () => {
    expect(found(readings("definition-drift", {}))).toEqual([]);
    const lastWeek = later(dayOf(healthy.now), -7 * DAY_MS);
    const categories = healthy.profile.categories.map((count) =>
      count.day < lastWeek ? count : { ...count, n: count.value === "qualified" ? 1 : 3 * count.n },
    );
    expect(found(readings("definition-drift", withProfile({ categories })))).toMatchObject([
      { severity: "warning", sentence: expect.stringContaining('"qualified" from 40 %') },
    ]);
  });

  it("say when a policy gave a metric another meaning, for four weeks", () => {
    const [before] = healthy.metricsInForce;
    if (before === undefined) throw new Error("a policy is in force");
    const metrics = before.metrics.map((metric, i) => (i === 0 ? { ...metric, windowMs: DAY_MS } : metric));
    const since = (days: number): Partial<DataQuestion> => ({
      metricsInForce: [before, { policyVersion: 2, since: later(healthy.now, -days * DAY_MS), metrics }],
    });
    expect(found(readings("definition-drift", since(3)))).toMatchObject([
      { severity: "info", sentence: expect.stringContaining("policy v2"), metrics: ["meeting_held"] },
    ]);
    expect(found(readings("definition-drift", since(40)))).toEqual([]);
  });
});

describe("what is told by others", () => {
  it("is a clock: right, corrected, too far off, or unknown", () => {
    const clock = (aheadMs: number, state: "right" | "corrected" | "beyond-bound") => ({
      clocks: [{ source: "crm", aheadMs, state, since: healthy.from }],
      living: ["crm"],
    });
    expect(readings("clock-skew", clock(0, "right"))).toMatchObject([{ kind: "fine" }]);
    expect(readings("clock-skew", clock(300_000, "corrected"))).toMatchObject([{ severity: "info", metrics: [] }]);
    expect(readings("clock-skew", clock(3 * 3_600_000, "corrected"))).toMatchObject([
      { severity: "warning", sentence: expect.stringContaining("3.0 hours ahead") },
    ]);
    expect(readings("clock-skew", clock(-30 * 3_600_000, "beyond-bound"))).toMatchObject([
      { severity: "critical", metrics: ["meeting_held", "opportunity_won"] },
    ]);
  });

  it("is who claims whose name, and who reads texts alike", () => {
    const identities = { claimed: 200, conflicts: 6, examples: ["p_a"] };
    expect(readings("identity-conflicts", { identities })).toMatchObject([{ severity: "warning", examples: ["p_a"] }]);
    expect(readings("identity-conflicts", { identities: { ...identities, conflicts: 1 } })).toMatchObject([
      { severity: "info" },
    ]);
    expect(readings("identity-conflicts", {})).toMatchObject([{ kind: "no-data" }]);
    const label = { field: "intent", n: 40, alphaUpper: 0.5, examples: ["m-9"] };
    expect(readings("label-disagreement", { labels: [label] })).toMatchObject([{ severity: "warning" }]);
    expect(readings("label-disagreement", { labels: [{ ...label, alphaUpper: 0.9 }] })).toMatchObject([
      { kind: "fine" },
    ]);
    expect(readings("label-disagreement", { labels: [{ ...label, n: 5 }] })).toMatchObject([{ kind: "no-data" }]);
  });
});
