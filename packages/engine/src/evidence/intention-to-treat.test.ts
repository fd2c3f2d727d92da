import { mersenneRng, type Rng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import type { Cohort } from "../decisions/decision.ts";
import type { ActionId } from "../ids.ts";
import { changeId } from "../ids.ts";
import {
  chances,
  exampleCell,
  exampleEdit,
  exampleLever,
  examplePlaybook,
  historyOf,
  MEETING,
  OFFER,
  PLAIN,
  STORY,
} from "../loop-examples.contract.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { unlimitedCells } from "../outcomes/unlimited-cells.ts";
import { compareActions } from "./action-effects.ts";
import type { Effect, NoEffect } from "./effect.ts";
import { checkHealth } from "./health.ts";
import { programmeLift } from "./programme-lift.ts";
import { rolloutEvidence, type RolloutEvidence } from "./rollout-evidence.ts";

/*
 * A world in which sending too much does harm, and shows only in those who are then left alone.
 *
 * Every unit comes four times in a week. Plain contacts nobody; story and offer are e-mails, three a week at most, none after an opt-out.
 * Every second unit is eager: they book far more meetings, and opt out after four e-mails in five. Whoever has opted out books hardly any.
 * The candidate sends more.
 */
const CHANCES = 4;
const CAP = 3;
const EAGER_SHARE = 0.5;
const RATE = new Map<ActionId, number>([
  [PLAIN, 0.04],
  [STORY, 0.12],
  [OFFER, 0.09],
]);
const EAGER_MORE = 0.3;
const RATE_AFTER_OPT_OUT = 0.01;
const optOut = (isEager: boolean): number => (isEager ? 0.8 : 0.02);

type Sending = Readonly<Record<"holdout" | "control" | "candidate", ReturnType<typeof chances>>>;
const SENDING: Sending = {
  holdout: chances(1, 0, 0),
  control: chances(0.7, 0.2, 0.1),
  candidate: chances(0.2, 0.6, 0.2),
};
const SHARE = 0.5;
const HOLDOUT = 0.2;
const CHANGE = changeId("chg_send_more");
const edits = [exampleEdit(SENDING.candidate)];
const lever = exampleLever({ segmentBy: [], segments: { all: SENDING.control } });
const history = historyOf([examplePlaybook({ segmentBy: [], segments: { all: SENDING.control } })], {
  [CHANGE]: edits,
});
const precision = { alpha: 0.05, tunedFor: 4000 };

const rateOf = (action: ActionId, isEager: boolean): number => (RATE.get(action) ?? 0) + (isEager ? EAGER_MORE : 0);

/** Mean outcome per decision of units that all get one cohort's playbook: the truth, by going through what may have happened to a unit. */
function trueValue(cohort: keyof Sending): number {
  const sending = SENDING[cohort];
  const emails = (sending[STORY] ?? 0) + (sending[OFFER] ?? 0);
  let value = 0;
  for (const isEager of [true, false]) {
    const share = isEager ? EAGER_SHARE : 1 - EAGER_SHARE;
    // Probability of having been sent so many e-mails without opting out.
    let sent: readonly number[] = [1, 0, 0, 0];
    for (let chance = 0; chance < CHANCES; chance++) {
      const lost = 1 - sent.reduce((sum, p) => sum + p, 0);
      const capped = sent[CAP] ?? 0;
      const free = 1 - lost - capped;
      const drawn = [...RATE.keys()].reduce((sum, a) => sum + (sending[a] ?? 0) * rateOf(a, isEager), 0);
      value += (share * (free * drawn + capped * rateOf(PLAIN, isEager) + lost * RATE_AFTER_OPT_OUT)) / CHANCES;
      const stays = 1 - optOut(isEager);
      sent = sent.map((p, i) => p * (i === CAP ? 1 : 1 - emails) + (i === 0 ? 0 : (sent[i - 1] ?? 0) * emails * stays));
    }
  }
  return value;
}

/** One week of so many units, as cells: cycle c is everybody's c-th chance. `once`: of each unit one decision is counted, picked by chance. */
function week(rng: Rng, units: number, counted: "all" | "once" = "all"): readonly OutcomeCell[] {
  const cells = new Map<string, OutcomeCell>();
  for (let unit = 0; unit < units; unit++) {
    const isEager = rng.next() < EAGER_SHARE;
    const cohort: keyof Sending = rng.next() < HOLDOUT ? "holdout" : rng.next() < SHARE ? "candidate" : "control";
    const fold = Math.floor(rng.next() * 4);
    const picked = 1 + Math.floor(rng.next() * CHANCES);
    let sent = 0;
    let isLost = false;
    for (let cycle = 1; cycle <= CHANCES; cycle++) {
      const isLimited = isLost || sent === CAP;
      const action = isLimited ? PLAIN : drawn(rng, cohort);
      const rate = isLost ? RATE_AFTER_OPT_OUT : rateOf(action, isEager);
      const isConverted = rng.next() < rate;
      if (counted === "all" || cycle === picked)
        count(cells, { cycle, fold, cohort, action, limited: isLimited }, isConverted);
      if (action === PLAIN) continue;
      sent += 1;
      isLost = rng.next() < optOut(isEager);
    }
  }
  return [...cells.values()];
}

function drawn(rng: Rng, cohort: keyof Sending): ActionId {
  const u = rng.next();
  const { [PLAIN]: plain = 0, [STORY]: story = 0 } = SENDING[cohort];
  return u < plain ? PLAIN : u < plain + story ? STORY : OFFER;
}

function count(
  cells: Map<string, OutcomeCell>,
  key: Pick<OutcomeCell, "cycle" | "fold" | "action" | "limited"> & { readonly cohort: Cohort },
  isConverted: boolean,
): void {
  const name = JSON.stringify(key);
  const before = cells.get(name) ?? exampleCell({ ...key, changeId: CHANGE, rolloutShare: SHARE, n: 0 });
  const sum = before.sum + (isConverted ? 1 : 0);
  cells.set(name, { ...before, n: before.n + 1, nonZero: sum, sum, sumSquares: sum });
}

function evidenceOn(cells: readonly OutcomeCell[]): RolloutEvidence {
  const guard = {
    id: "meetings",
    direction: "must_not_decrease",
    tolerated: 0,
    test: "two_by_two_e_process",
    alpha: 0.01,
  } as const;
  return rolloutEvidence({
    change: { id: CHANGE, lever: "content", edits, basedOn: 1 },
    metric: MEETING,
    cells,
    guardrails: [{ rule: guard, metric: MEETING, cells }],
    history,
    precision,
    redChecks: [],
  });
}

const liftOn = (cells: readonly OutcomeCell[]): Effect | NoEffect =>
  programmeLift({ metric: MEETING, cells, holdoutShare: HOLDOUT, precision, redChecks: [] }).effect;

const storyOn = (cells: readonly OutcomeCell[]): Effect | NoEffect =>
  compareActions({ lever, metric: MEETING, cells, history, precision }, STORY, PLAIN);

const redOn = (cells: readonly OutcomeCell[]): readonly string[] =>
  checkHealth({ lever: "content", cells, history, holdoutShare: HOLDOUT, cycle: CHANCES, censored: 0 })
    .filter(({ state }) => state === "red")
    .map(({ check }) => check);

/** 40 weeks of 2,000 units. */
const WEEKS = Array.from({ length: 40 }, (_, i) => week(mersenneRng(i + 1), 2000));

/**
 * Mean over the weeks, and its standard error from how the weeks differ: so it holds also where a unit's decisions hang together, which the
 * estimates' own standard errors do not know.
 */
function overWeeks(effectOn: (cells: readonly OutcomeCell[]) => Effect | NoEffect): {
  readonly mean: number;
  readonly standardError: number;
} {
  const found = WEEKS.map((cells) => {
    const effect = effectOn(cells);
    if (effect.kind === "refused") throw new Error(effect.message);
    return effect.estimate;
  });
  const mean = found.reduce((sum, x) => sum + x, 0) / found.length;
  const squares = found.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (found.length - 1) / found.length) };
}

/** The rule before: what was limited is in no cell. */
const leftOut =
  (effectOn: (cells: readonly OutcomeCell[]) => Effect | NoEffect) =>
  (cells: readonly OutcomeCell[]): Effect | NoEffect =>
    effectOn(unlimitedCells(cells));

describe("a candidate that sends more than people bear", () => {
  const truth = trueValue("candidate") - trueValue("control");

  it("costs meetings, and its evidence says how many: intention-to-treat", () => {
    expect(truth).toBeLessThan(-0.01);
    const found = overWeeks((cells) => evidenceOn(cells).effect);
    expect(Math.abs(found.mean - truth)).toBeLessThan(4 * found.standardError);
  });

  it("looks like a gain among those whom no rule limited (the rule before)", () => {
    const found = overWeeks(leftOut((cells) => evidenceOn(cells).effect));
    expect(found.mean).toBeGreaterThan(4 * found.standardError);
    expect(found.mean - truth).toBeGreaterThan(4 * found.standardError);
  });

  it("breaches the guardrail that watches for it, where the rule before sees less harm", () => {
    const states = (rule: (cells: readonly OutcomeCell[]) => readonly OutcomeCell[]): number =>
      WEEKS.filter((cells) => evidenceOn(rule(cells)).guardrails[0]?.state === "breached").length;
    expect(states((cells) => cells)).toBeGreaterThan(states(unlimitedCells));
  });
});

describe("the programme's lift where sending does harm", () => {
  // Half of the units under adaptation get the candidate.
  const truth = SHARE * trueValue("candidate") + (1 - SHARE) * trueValue("control") - trueValue("holdout");

  it("counts those whom it lost", () => {
    const found = overWeeks(liftOn);
    expect(Math.abs(found.mean - truth)).toBeLessThan(4 * found.standardError);
  });

  it("came out better than it is without them (the rule before)", () => {
    const found = overWeeks(leftOut(liftOn));
    expect(found.mean - truth).toBeGreaterThan(4 * found.standardError);
  });
});

describe("actions, compared among those whom no rule limited", () => {
  // Who is left differs between the cohorts, but not between the actions that one cohort's playbook draws.
  const truth = rateOf(STORY, false) - rateOf(PLAIN, false);

  it("differ by what the action itself does", () => {
    const found = overWeeks(storyOn);
    expect(Math.abs(found.mean - truth)).toBeLessThan(4 * found.standardError);
  });

  it("did not where both cohorts were taken for one, mixed by the share (the rule before)", () => {
    const found = overWeeks(leftOut(storyOn));
    expect(Math.abs(found.mean - truth)).toBeGreaterThan(4 * found.standardError);
  });
});

describe("the checks of the draw", () => {
  // Each unit once: the checks take decisions for independent, and a unit's cohort is one draw.
  const weeks = Array.from({ length: 20 }, (_, i) => week(mersenneRng(i + 1), 8000, "once"));

  it("are green over all decisions of sound weeks", () => {
    // 20 weeks of two checks at 0.001 each: none is expected to be red.
    expect(weeks.flatMap(redOn)).toEqual([]);
  });

  it("took it for a fault of the draw that one cohort was limited more (the rule before)", () => {
    expect(weeks.filter((cells) => redOn(unlimitedCells(cells)).includes("cohort-ratio"))).toHaveLength(weeks.length);
  });
});
