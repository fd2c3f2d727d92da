import { chiSquaredSf, mersenneRng, type Rng } from "@ratchet/stats";
import { beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../canonical-json.ts";
import { changeId, segmentId, unitId } from "../ids.ts";
import { later } from "../time.ts";
import { DO_OWN_THING } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { AT, decideAt, FIVE, FIVE_LIMITS, fiveFrame, HANDOFF, PRIORITY } from "./five-levers.contract.ts";
import { DO_NOTHING, type EligibilityRule } from "./funnel.ts";
import { actionsOf, type Lever } from "./lever.ts";
import type { DecisionFrame } from "./plan.ts";
import { choiceLeverNamed, withEdits } from "./playbook.ts";
import { replayDecision } from "./replay.ts";

const long = process.env["RATCHET_LONG_TESTS"] === "1";

const CHANGE = changeId("chg_more_tours");
const more = {
  lever: "content",
  segment: segmentId("all"),
  from: {},
  to: { case_study: 0.1, product_tour: 0.8, roi_calculator: 0.1 },
};
const POINTS = FIVE.levers.map(({ point }) => point);
const REGIONS = ["EMEA", "APAC", "NA"];
const CARVED = { holdoutShare: 0.1, businessAsUsualShare: 0.05 };

/** One unit in four may get no calculator, and one in forty no content at all. */
const someEligible: EligibilityRule = ({ point, unitId: unit, candidates }) => {
  const number = Number(unit.slice(5));
  const removed =
    point !== "content"
      ? []
      : number % 40 === 0
        ? candidates
        : number % 4 === 0
          ? candidates.filter((a) => a === "roi_calculator")
          : [];
  return {
    funnel: {
      stages: [
        {
          rule: "example",
          before: candidates.length,
          after: candidates.length - removed.length,
          removed: removed.map((action) => ({ action, why: "the example says so" })),
        },
      ],
    },
    remaining: candidates.filter((action) => !removed.includes(action)),
  };
};

function frameAt(share: number): DecisionFrame {
  const rollouts = [{ changeId: CHANGE, lever: "content", candidate: withEdits(FIVE, [more]), share }];
  return fiveFrame({ ...CARVED, rollouts, eligible: someEligible });
}

function contextOf(i: number): Decision["context"] {
  // The size is a multiple of a prime, so that it goes round independently of region and flag.
  return {
    region: REGIONS[i % 3] ?? "NA",
    employees: (i * 37) % 1000,
    visited_pricing: i % 5 === 0,
    industry: i % 7 === 0 ? "saas" : "retail",
  };
}

function decideFor(frame: DecisionFrame, i: number, point: string): Decision {
  return decideAt(frame, { unit: `unit-${i}`, point, context: contextOf(i) });
}

/** What the candidates of decisions say beforehand, and how often each action was then taken. */
class Cells {
  /** Decisions whose propensity is not what their candidates say. */
  mislogged = 0;
  readonly #cells = new Map<
    string,
    { readonly candidates: readonly { action: string; probability: number }[]; readonly taken: Map<string, number> }
  >();

  add({ point, cohort, action, propensity, record }: Decision): void {
    if (record === undefined) throw new Error("every decision of ours has a record");
    const own = record.candidates.find((candidate) => candidate.action === action);
    if ((own?.probability ?? 1) !== propensity) this.mislogged += 1;
    const key = canonicalJson([point, cohort, record.candidates]);
    const cell = this.#cells.get(key) ?? { candidates: record.candidates, taken: new Map<string, number>() };
    cell.taken.set(action, (cell.taken.get(action) ?? 0) + 1);
    this.#cells.set(key, cell);
  }

  /** The least p-value of Pearson's χ² over the cells, times their number (Bonferroni). Cells too small for it (expected < 5) are left out. */
  worst(): { readonly cells: number; readonly p: number } {
    const pValues = [...this.#cells.values()].flatMap(({ candidates, taken }) => {
      const n = [...taken.values()].reduce((sum, count) => sum + count, 0);
      const possible = candidates.filter(({ probability }) => probability > 0);
      if (possible.length < 2 || possible.some(({ probability }) => n * probability < 5)) return [];
      const statistic = possible.reduce((sum, { action, probability }) => {
        const expected = n * probability;
        return sum + ((taken.get(action) ?? 0) - expected) ** 2 / expected;
      }, 0);
      return [chiSquaredSf(statistic, possible.length - 1)];
    });
    return { cells: pValues.length, p: Math.min(...pValues) * pValues.length };
  }
}

const DECISIONS = long ? 1_000_000 : 40_000;

describe(`${DECISIONS.toLocaleString("en-US")} decisions`, () => {
  const cells = new Cells();
  const seen = { holdoutTreated: 0, belowFloor: 0, movedBack: 0, nodesDisagree: 0, replaysDiffer: 0, replayed: 0 };
  const [canary, ramp] = [frameAt(0.1), frameAt(0.5)];
  const nodes = [canary, frameAt(0.1), frameAt(0.1)];
  const baselineOf = (decision: Decision): string | null => {
    const lever = FIVE.levers.find(({ point }) => point === decision.point);
    return lever?.kind === "choice" ? lever.baseline : null;
  };
  beforeAll(() => {
    const units = DECISIONS / POINTS.length;
    for (let i = 0; i < units; i++) {
      for (const point of POINTS) {
        const decision = decideFor(canary, i, point);
        cells.add(decision);
        const { cohort, action, propensity, record } = decision;
        const baseline = baselineOf(decision);
        if (cohort === "holdout" && baseline !== null && action !== baseline && action !== DO_NOTHING)
          seen.holdoutTreated += 1;
        if (point === "content" && cohort === "candidate" && action !== DO_NOTHING && (propensity ?? 0) < 0.1)
          seen.belowFloor += 1;
        if (point === "content" && i % 10 === 0) {
          const later = decideFor(ramp, i, point);
          if (later.id !== decision.id || (cohort !== "control" && later.cohort !== cohort)) seen.movedBack += 1;
          // Who keeps the cohort keeps the action, whatever the ramp does.
          if (later.cohort === cohort && later.action !== action) seen.movedBack += 1;
        }
        if (i % 97 === 0) {
          const text = canonicalJson(decision);
          if (nodes.some((node) => canonicalJson(decideFor(node, i, point)) !== text)) seen.nodesDisagree += 1;
        }
        if (i % (long ? 100 : 4) === 0 && record !== undefined) {
          const stored: Decision = JSON.parse(JSON.stringify(decision));
          const replayed = replayDecision(stored, { playbook: FIVE, edits: [more], limits: FIVE_LIMITS });
          seen.replayed += 1;
          if (replayed.kind === "refused" || !replayed.same) seen.replaysDiffer += 1;
        }
      }
    }
  }, 600_000);

  it("log the probability with which each action is served, in every context (no cell with p < 0.0001 after Bonferroni)", () => {
    expect(cells.mislogged).toBe(0);
    expect(cells.worst().cells).toBeGreaterThan(5);
    expect(cells.worst().p).toBeGreaterThan(1e-4);
  });

  it("treat no unit of the holdout, keep the floor, and move nobody back as a change ramps up", () => {
    expect(seen).toMatchObject({ holdoutTreated: 0, belowFloor: 0, movedBack: 0 });
  });

  it("are the same on every node", () => {
    expect(seen.nodesDisagree).toBe(0);
  });

  it("are made again from their records to the same bytes", () => {
    expect(seen.replayed).toBeGreaterThanOrEqual(10_000);
    expect(seen.replaysDiffer).toBe(0);
  });
});

describe("cohorts", () => {
  it("come in their shares, and business as usual is told to do its own thing", () => {
    const frame = frameAt(0.5);
    const decisions = Array.from({ length: 10_000 }, (_, i) => decideFor(frame, i, "content"));
    for (const [cohort, share] of [
      ["holdout", 0.1],
      ["business-as-usual", 0.05],
      ["candidate", 0.425],
    ] as const) {
      const own = decisions.filter((decision) => decision.cohort === cohort);
      // Four standard errors of a share of 10,000.
      expect(Math.abs(own.length / decisions.length - share)).toBeLessThan(
        4 * Math.sqrt((share * (1 - share)) / 10_000),
      );
    }
    const observed = decisions.filter(({ cohort }) => cohort === "business-as-usual");
    expect(new Set(observed.map(({ action }) => action))).toEqual(new Set([DO_OWN_THING]));
    expect(observed[0]?.record).toMatchObject({ businessAsUsualShare: 0.05, candidates: [] });
  });

  it("of two levers are independent layers: whoever tries the one is as likely to try the other (law)", () => {
    const trial = (name: string, id: string) => ({ changeId: changeId(id), lever: name, candidate: FIVE, share: 0.3 });
    const frame = fiveFrame({ rollouts: [trial("content", "chg_a"), trial("timing", "chg_b")] });
    const units = Array.from({ length: 20_000 }, (_, i) => i);
    const candidates = units.filter((i) => decideFor(frame, i, "content").cohort === "candidate");
    const both = candidates.filter((i) => decideFor(frame, i, "timing").cohort === "candidate");
    expect(Math.abs(both.length / candidates.length - 0.3)).toBeLessThan(
      4 * Math.sqrt((0.3 * 0.7) / candidates.length),
    );
  });

  it("follow the surviving unit after a merge, and the record says what was asked", () => {
    const frame = fiveFrame({ resolveUnit: (unit) => (unit === "lead-7" ? unitId("account-1") : unit) });
    const context = { region: "EMEA" };
    const [asked, survivor] = ["lead-7", "account-1"].map((unit) =>
      decideAt(frame, { unit, point: "content", context }),
    );
    expect(asked).toMatchObject({ id: survivor?.id, unitId: "account-1", record: { askedAs: "lead-7" } });
    expect(survivor?.record?.askedAs).toBeNull();
  });
});

describe("modes", () => {
  const asked = { unit: "a", point: "content", context: { region: "EMEA" } };
  it("keep test decisions apart from those in earnest, id and source", () => {
    const [live, test] = [decideAt(fiveFrame(), asked), decideAt(fiveFrame(), { ...asked, mode: "test" })];
    expect([live.source, test.source, test.record?.mode]).toEqual(["engine", "engine:test", "test"]);
    expect(test.id).not.toBe(live.id);
  });

  it("of a lever in shadow decide and record, and tell the asker to do its own thing", () => {
    const levers = FIVE.levers.map((lever) => ({ ...lever, shadow: lever.point === "content" }));
    const shadowed = decideAt(fiveFrame({ playbook: { ...FIVE, levers } }), asked);
    expect(shadowed).toMatchObject({ source: "engine:shadow", record: { mode: "shadow" } });
    expect(shadowed.reasons[0]).toMatch(/^Shadow mode/u);
    expect(shadowed.action).toBe(decideAt(fiveFrame(), asked).action);
  });

  it("with a key that a retry repeats are one decision, whenever it is asked for", () => {
    const keyed = (key: string, at = AT) => decideAt(fiveFrame(), { ...asked, idempotencyKey: key }, at).id;
    expect(keyed("k-1")).toBe(keyed("k-1", later(AT, 5000)));
    expect(keyed("k-2")).not.toBe(keyed("k-1"));
  });
});

describe("what would have given another action", () => {
  it("is another segment that gives one at the same draw, and none where there is none (law)", () => {
    const frame = fiveFrame();
    for (let i = 0; i < 500; i++) {
      const asked = { unit: `unit-${i}`, point: "content" };
      const [here, there] = ["NA", "EMEA"].map((region) => decideAt(frame, { ...asked, context: { region } }));
      expect(here?.record?.counterfactual.kind).toBe(here?.action === there?.action ? "none" : "context");
    }
  });
});

const DAMAGED = long ? 1_000_000 : 20_000;

describe(`${DAMAGED.toLocaleString("en-US")} damaged values`, () => {
  it("serve nothing outside the policy's ranges: the baseline is served, and the decision says why", () => {
    const rng = mersenneRng(7);
    const served = { outside: 0, baseline: 0, good: 0 };
    for (let i = 0; i < DAMAGED; i++) {
      const lever = [PRIORITY, HANDOFF, choiceLeverNamed(FIVE, "content")][i % 3] ?? PRIORITY;
      const decision = decideDamaged(rng, lever, i);
      if (decision.record?.fallback === null) served.good += 1;
      else served.baseline += 1;
      if (!isInside(decision, lever)) served.outside += 1;
    }
    expect(served.outside).toBe(0);
    // The generator also makes values that are sound: both ways are tried.
    expect(Math.min(served.baseline, served.good)).toBeGreaterThan(DAMAGED / 100);
  }, 600_000);
});

const SOUND = fiveFrame();

function decideDamaged(rng: Rng, lever: Lever, i: number): Decision {
  const value = damaged(rng, lever.segments["all"], 0);
  // As a store would hand it back: nothing vouches for its type.
  const levers: readonly Lever[] = [Object.assign({ ...lever }, { segments: { all: value } })];
  const scorer = lever.kind === "threshold" ? [PRIORITY] : [];
  const frame = { ...SOUND, playbook: { ...FIVE, levers: [...levers, ...scorer] } };
  return decideAt(frame, { unit: `unit-${i}`, point: lever.point, context: contextOf(i) });
}

/** A value with something wrong in it, at any depth: words, nothing, flipped bits, lists, lent and poisonous keys, far too much. */
function damaged(rng: Rng, value: unknown, depth: number): unknown {
  const pick = Math.floor(rng.next() * 14);
  if (typeof value === "number") return damagedNumber(rng, value, pick);
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value);
  const key = keys[Math.floor(rng.next() * keys.length)] ?? "";
  switch (pick) {
    case 0:
      return depth === 0 ? null : value;
    case 1:
      return Object.create(value);
    case 2:
      return Object.values(value);
    case 3:
      return JSON.parse(`{"__proto__":${JSON.stringify(value)}}`);
    case 4:
      return { ...value, [`constructor`]: rng.next() };
    case 5:
      return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    case 6:
      return JSON.stringify(value);
    default:
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, name === key ? damaged(rng, member, depth + 1) : member]),
      );
  }
}

function damagedNumber(rng: Rng, x: number, pick: number): unknown {
  const bits = new DataView(new ArrayBuffer(8));
  switch (pick) {
    case 0:
      return Number.NaN;
    case 1:
      return Infinity;
    case 2:
      return String(x);
    case 3:
      return -x - 1e-6;
    case 4:
      return x * 10 ** Math.ceil(6 * rng.next());
    case 5:
      return null;
    case 6:
      return undefined;
    case 7:
      return [x];
    case 8:
      return x;
    default:
      bits.setFloat64(0, x);
      bits.setUint8(Math.floor(8 * rng.next()), Math.floor(256 * rng.next()));
      return bits.getFloat64(0);
  }
}

/** What was served, read off the record alone and held against the limits by other code than that which enforces them. */
function isInside({ record, action, propensity }: Decision, lever: Lever): boolean {
  if (record === undefined || !actionsOf(lever).includes(action) || !((propensity ?? 0) > 0 && (propensity ?? 2) <= 1))
    return false;
  const sum = record.candidates.reduce((total, { probability }) => total + probability, 0);
  if (
    !(Math.abs(sum - 1) < 1e-6) ||
    record.candidates.some(({ probability }) => !(probability >= -1e-9 && probability <= 1 + 1e-9))
  )
    return false;
  // A chance of the example is 0, 1 or within its range.
  if (lever.kind === "threshold")
    return record.candidates.every(({ probability: p }) => p === 0 || p === 1 || (p > 0.05 - 1e-6 && p < 0.95 + 1e-6));
  if (lever.kind !== "weights") return true;
  const { score } = record;
  if (score === null || !Number.isFinite(score.score) || !(Math.abs(score.intercept) <= 10 + 1e-6)) return false;
  // Features of the example lie within ±9 (employees), 0 or 1; weights within ±10, of software in 0 to 2.
  const [employees = Number.NaN, visited = Number.NaN, software = Number.NaN] = score.points;
  return Math.abs(employees) <= 91 && Math.abs(visited) <= 10 + 1e-6 && software >= -1e-6 && software <= 2 + 1e-6;
}
