import * as fc from "fast-check";
import { expect, it } from "vitest";
import { probability } from "@ratchet/stats";
import type { Decision } from "../decisions/decision.ts";
import type { DataProfile, DataProfileQuery } from "../health/data-profile.ts";
import { accountRef, decisionId, personRef, unitId } from "../ids.ts";
import { microsOf } from "../money.ts";
import type { Context } from "../context.ts";
import type { Signal } from "../signals/signal.ts";
import { DAY_MS, instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import { decisionItem, exampleDecision, exampleSignal, signalItem } from "./example-facts.contract.ts";
import { memoryDataProfile } from "./memory-data-profile.ts";

const HOUR = 3_600_000;
/** A Monday far from the other contracts' facts: profiles are over all sources, so each test has weeks of its own. */
const START = Date.UTC(2031, 0, 6);
const at = (ms: number) => instant(START + ms);

const FIELDS = ["account", "channel", "persona"];
function over(from: number, to: number, told: Partial<DataProfileQuery> = {}): DataProfileQuery {
  return {
    from: at(from),
    to: at(to),
    fields: FIELDS,
    outcomeTypes: ["reply"],
    categories: ["channel", "to"],
    cohortsFrom: at(from),
    ...told,
  };
}

interface Heard extends Partial<Signal> {
  readonly receivedAt: Signal["receivedAt"];
}

function heard(source: string, id: string, { receivedAt, ...told }: Heard): Signal {
  return { ...exampleSignal(source, id, { occurredAt: receivedAt, ...told }), receivedAt };
}

function detail(properties: Context, told: Partial<NonNullable<Signal["detail"]>> = {}): Pick<Signal, "detail"> {
  return {
    detail: { person: null, account: null, currency: null, humanProbability: null, ...told, properties },
  };
}

/** What every facts store counts for data health. */
export function specifyDataProfile(subject: Subject): void {
  const profileOf = async (
    signals: readonly Signal[],
    query: DataProfileQuery,
    decisions: readonly Decision[] = [],
  ) => {
    await subject.load([...decisions.map(decisionItem), ...signals.map(signalItem)]);
    return subject.store.dataProfile(query);
  };

  it("profiles nothing as nothing", async () => {
    expect(await subject.store.dataProfile(over(-10 * DAY_MS, -9 * DAY_MS))).toEqual({
      sources: [],
      arrivals: [],
      signals: [],
      fields: [],
      categories: [],
      faults: [],
      cohorts: [],
    });
  });

  it("counts by source, hour and day of receipt, from the first instant and up to but without the last", async () => {
    const profile = await profileOf(
      [
        heard("tide", "a", { receivedAt: at(0) }),
        heard("tide", "b", { receivedAt: at(HOUR - 1), unitId: unitId("other") }),
        heard("tide", "c", { receivedAt: at(HOUR), occurredAt: at(-DAY_MS), ...detail({}) }),
        heard("tide", "d", { receivedAt: at(DAY_MS), occurredAt: at(DAY_MS + 121_000) }),
        heard("tide", "e", { receivedAt: at(2 * DAY_MS) }),
      ],
      over(0, 2 * DAY_MS),
    );
    expect(profile.sources).toEqual([{ source: "tide", n: 4, lastReceivedAt: at(DAY_MS) }]);
    expect(profile.arrivals).toEqual([
      { source: "tide", hour: at(0), n: 2 },
      { source: "tide", hour: at(HOUR), n: 1 },
      { source: "tide", hour: at(DAY_MS), n: 1 },
    ]);
    const none = { source: "tide", type: "visit", judged: 0, machine: 0 };
    expect(profile.signals).toEqual([
      { ...none, day: at(0), n: 3, late: 1, ahead: 0 },
      { ...none, day: at(DAY_MS), n: 1, late: 0, ahead: 1 },
    ]);
  });

  it("counts what was not told: absent, null or empty; an account also by its reference", async () => {
    const from = 7 * DAY_MS;
    const opened = { receivedAt: at(from), type: "opened" };
    const profile = await profileOf(
      [
        heard("fields", "a", {
          ...opened,
          ...detail({ channel: "email", persona: "CFO" }, { account: accountRef("a_1") }),
        }),
        heard("fields", "b", {
          ...opened,
          unitId: unitId("b"),
          ...detail({ channel: "", persona: null }, { humanProbability: probability(0.2) }),
        }),
        heard("fields", "c", {
          ...opened,
          unitId: unitId("c"),
          ...detail({ persona: 7 }, { humanProbability: probability(0.5) }),
        }),
        heard("fields", "d", { ...opened, unitId: unitId("d") }),
      ],
      over(from, from + DAY_MS),
      [
        exampleDecision("fields", "fields-d", { decidedAt: at(from), context: { account: "x", channel: null } }),
        exampleDecision("fields", "fields-e", {
          decidedAt: at(from + 1),
          context: { channel: "call", persona: "CTO" },
        }),
      ],
    );
    const missing = (of: "decisions" | "signals") =>
      profile.fields
        .filter((count) => count.of === of)
        .map((count) => [count.kind, count.field, count.n, count.missing]);
    expect(missing("decisions")).toEqual([
      ["email", "account", 2, 1],
      ["email", "channel", 2, 1],
      ["email", "persona", 2, 1],
    ]);
    expect(missing("signals")).toEqual([
      ["opened", "account", 4, 3],
      ["opened", "channel", 4, 3],
      ["opened", "persona", 4, 2],
    ]);
    expect(profile.signals).toMatchObject([{ n: 4, judged: 2, machine: 1 }]);
    expect(profile.categories).toEqual([
      { source: "fields", type: "opened", property: "channel", value: "email", day: at(from), n: 1 },
    ]);
  });

  it("leaves out properties that are no categories", async () => {
    const from = 14 * DAY_MS;
    const many = Array.from({ length: 51 }, (_, i) =>
      heard("wordy", `m-${i}`, {
        receivedAt: at(from + i),
        ...detail({ channel: i % 2 === 0 ? "call" : "email", to: `stage ${i}` }),
      }),
    );
    const { categories } = await profileOf(many, over(from, from + DAY_MS));
    expect(categories.map(({ property, value, n }) => [property, value, n])).toEqual([
      ["channel", "call", 26],
      ["channel", "email", 25],
    ]);
  });

  it("finds what cannot be and what leads nowhere, with at most three examples", async () => {
    const from = 21 * DAY_MS;
    const receivedAt = at(from + 10);
    const named = { receivedAt, decisionId: decisionId("faults-d") };
    const unit = (id: string) => ({ unitId: unitId(`faults ${id}`) });
    const { faults } = await profileOf(
      [
        ...["w", "z", "y", "x"].map((id) => heard("faults", id, { receivedAt, ...unit(id), value: microsOf(-1) })),
        heard("faults", "future", { receivedAt, ...unit("f"), occurredAt: at(from + 11 + DAY_MS) }),
        heard("faults", "early", { ...named, ...unit("e"), occurredAt: at(from - 300_001) }),
        heard("faults", "in time", { ...named, ...unit("i"), occurredAt: at(from - 300_000) }),
        heard("faults", "orphan", { receivedAt, ...unit("o"), decisionId: decisionId("nowhere") }),
        heard("faults", "on its way", {
          ...unit("w2"),
          receivedAt: at(from + DAY_MS - HOUR),
          decisionId: decisionId("on its way"),
        }),
        heard("faults", "stranger", { receivedAt, ...unit("s"), type: "reply" }),
        heard("faults", "known", { receivedAt, ...unit("d"), type: "reply" }),
      ],
      over(from, from + DAY_MS),
      [exampleDecision("faults", "faults-d", { decidedAt: at(from), ...unit("d") })],
    );
    expect(faults.map(({ kind, type, n, examples }) => [kind, type, n, ...examples])).toEqual([
      ["before_decision", "visit", 1, "early"],
      ["future", "visit", 1, "future"],
      ["negative_value", "visit", 4, "w", "x", "y"],
      ["no_such_decision", "visit", 1, "orphan"],
      ["stranger", "reply", 1, "stranger"],
    ]);
  });

  it("finds the same told twice, within a source and between two, and counts each but the first", async () => {
    const from = 28 * DAY_MS;
    const told = { receivedAt: at(from + 5), occurredAt: at(from) };
    const { faults } = await profileOf(
      [
        heard("copies", "a", told),
        heard("copies", "b", told),
        heard("copies again", "a", told),
        heard("copies", "c", { ...told, value: microsOf(0) }),
        heard("copies", "d", { ...told, unitId: unitId("another") }),
      ],
      over(from, from + DAY_MS),
    );
    expect(faults.map(({ kind, source, n, examples }) => [kind, source, n, ...examples])).toEqual([
      ["duplicate", "copies", 1, "b"],
      ["duplicate", "copies again", 1, "a"],
    ]);
  });

  it("takes one mail to four people of an account, and a mail's links clicked in one second, for what they are", async () => {
    const from = 30 * DAY_MS;
    const told = { receivedAt: at(from + 5), occurredAt: at(from), unitId: unitId("an account") };
    const mail = (person: string, link: string) => detail({ link }, { person: personRef(person) });
    const { faults } = await profileOf(
      [
        heard("campaign", "a", { ...told, ...mail("p_1", "/pricing") }),
        heard("campaign", "b", { ...told, ...mail("p_2", "/pricing") }),
        heard("campaign", "c", { ...told, ...mail("p_1", "/unsubscribe") }),
        heard("campaign", "d", { ...told, ...mail("p_1", "/unsubscribe") }),
      ],
      over(from, from + DAY_MS),
    );
    expect(faults.map(({ kind, source, n, examples }) => [kind, source, n, ...examples])).toEqual([
      ["duplicate", "campaign", 1, "d"],
    ]);
  });

  it("follows each thing through its stages", async () => {
    const from = 35 * DAY_MS;
    const moved = (id: string, ms: number, properties: Context, type = "stage_changed") =>
      heard("stages", id, { receivedAt: at(from + ms), type, ...detail(properties, { person: personRef("p_1") }) });
    const { faults } = await profileOf(
      [
        moved("1", 1, { deal_id: "x", pipeline: "sales", to: "demo" }),
        moved("2", 2, { deal_id: "x", pipeline: "sales", from: "demo", to: "offer" }),
        moved("3", 3, { deal_id: "x", pipeline: "sales", from: "demo", to: "won" }),
        moved("4", 3, { deal_id: "x" }, "opportunity_won"),
        moved("5", 4, { deal_id: "x", pipeline: "sales", from: "won", to: "demo" }),
        moved("6", 5, { deal_id: "y", pipeline: "sales", from: "nowhere", to: "demo" }),
        moved("7", 6, { deal_id: "x", pipeline: "support", from: "anywhere", to: "open" }),
      ],
      over(from, from + DAY_MS),
    );
    expect(faults.map(({ kind, n, examples }) => [kind, n, ...examples])).toEqual([
      ["stage_mismatch", 1, "3"],
      ["won_reopened", 2, "5", "7"],
    ]);
  });

  it("counts units by how they were dealt, from a time on, and how many of them lack a field", async () => {
    const from = 42 * DAY_MS;
    const dealt = (id: string, told: Partial<Decision>) =>
      exampleDecision("engine", `cohort-${id}`, { decidedAt: at(from + 10), ...told });
    const newer: Partial<Decision> = {
      unitId: unitId("cohort e"),
      cohort: "holdout",
      context: { account: "x", channel: "email" },
    };
    const { cohorts } = await profileOf([], over(from, from + 5 * DAY_MS, { cohortsFrom: at(from + 5) }), [
      dealt("a", {
        unitId: unitId("cohort a"),
        cohort: "control",
        context: { account: "x", channel: "", persona: "CFO" },
      }),
      dealt("b", { unitId: unitId("cohort a"), cohort: "control", context: { account: "x", channel: "email" } }),
      dealt("c", { unitId: unitId("cohort c"), cohort: "holdout", context: { account: "x", channel: "email" } }),
      dealt("d", { unitId: unitId("cohort d"), cohort: "holdout", decidedAt: at(from) }),
      dealt("e", { ...newer, decidedAt: at(from + 4 * DAY_MS) }),
      dealt("f", { ...newer, decidedAt: at(from + 3 * DAY_MS) }),
    ]);
    // 2031-01-02 was a Thursday, as 1970-01-01 was.
    const week = at(38 * DAY_MS);
    const dealtSo = { point: "email", changeId: null, rolloutShare: 0.25, week };
    expect(cohorts).toEqual([
      { ...dealtSo, cohort: "control", units: 1, missing: [0, 1, 1] },
      { ...dealtSo, cohort: "holdout", week, units: 1, missing: [0, 0, 1] },
      { ...dealtSo, cohort: "holdout", week: at(45 * DAY_MS), units: 1, missing: [0, 0, 1] },
    ]);
  });

  it("agrees with the definition on random facts", async () => {
    let week = 50;
    await fc.assert(
      fc.asyncProperty(randomHistory, async (history) => {
        week += 1;
        const source = `random ${week}`;
        const from = week * 7 * DAY_MS;
        const { decisions, signals } = historyOf(history, source, from);
        const query = over(from, from + 3 * DAY_MS);
        const found: DataProfile = await profileOf(signals, query, decisions);
        // Facts of other tests decide nothing here but whether a unit is a stranger, and units are named by their source.
        expect(found).toEqual(memoryDataProfile(decisions, signals, query));
      }),
      { numRuns: 12 },
    );
  });
}

const word = fc.constantFrom("", "a", "b", "\uffed", "😀");
const randomHistory = fc.record({
  decisions: fc.array(fc.record({ unit: word, at: fc.nat(5), channel: word }), { maxLength: 8, minLength: 1 }),
  signals: fc.array(
    fc.record({
      unit: word,
      hour: fc.nat(60),
      delay: fc.constantFrom(0, 1, 30 * HOUR, -3 * HOUR, -30 * HOUR),
      type: fc.constantFrom("visit", "reply", "stage_changed", "opportunity_won"),
      value: fc.constantFrom(null, 0, -1, 5),
      names: fc.constantFrom(null, null, 0, 1, 99),
      human: fc.constantFrom(null, 0, 0.4999, 0.5, 1),
      deal: word,
      from: word,
      to: word,
    }),
    { maxLength: 60, size: "max" },
  ),
});

function historyOf(
  history: typeof randomHistory extends fc.Arbitrary<infer T> ? T : never,
  source: string,
  from: number,
): { readonly decisions: readonly Decision[]; readonly signals: readonly Signal[] } {
  return {
    decisions: history.decisions.map((d, i) =>
      exampleDecision(i % 2 === 0 ? "engine" : source, `${source} d${i}`, {
        unitId: unitId(`${source} ${d.unit}`),
        decidedAt: at(from + d.at * HOUR),
        cohort: d.at % 2 === 0 ? "control" : "holdout",
        context: d.channel === "b" ? {} : { channel: d.channel, account: null },
      }),
    ),
    signals: history.signals.map((s, i) =>
      heard(i % 3 === 0 ? `${source} too` : source, `m-${i % 2 === 0 ? "😀" : "\uffed"}-${i}`, {
        receivedAt: at(from + s.hour * HOUR),
        occurredAt: at(from + s.hour * HOUR - s.delay),
        type: s.type,
        unitId: unitId(`${source} ${s.unit}`),
        decisionId: s.names === null ? null : decisionId(`${source} d${s.names}`),
        value: s.value === null ? null : microsOf(s.value),
        ...(s.deal === "b"
          ? {}
          : detail(
              { deal_id: s.deal, from: s.from, to: s.to, ...(s.unit === "a" ? { pipeline: "sales" } : {}) },
              {
                person: s.unit === "" ? null : personRef(`p_${s.unit}`),
                humanProbability: s.human === null ? null : probability(s.human),
              },
            )),
      }),
    ),
  };
}
