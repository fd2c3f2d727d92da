import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Context } from "../../context.ts";
import { accountRef, actionId, personRef, unitId } from "../../ids.ts";
import type { ConsentRecord } from "../../signals/consent.ts";
import { DAY_MS, instant } from "../../time.ts";
import type { Eligibility, EligibilityQuestion } from "../funnel.ts";
import { eligibilityCheck } from "./eligible.ts";
import { NOW, STARTING_RULES, type StatedEffect, type EligibilityRules } from "./rules.ts";
import { FIRST_DAY, NOTHING_KNOWN, type Standing } from "./standing.ts";

const at = (iso: string) => instant(Date.parse(iso));
/** A Wednesday, 11:00 in Berlin. */
const MORNING = at("2026-07-01T09:00:00Z");
const email: StatedEffect = { kind: "contact", channel: "email", when: NOW };
const call: StatedEffect = { kind: "contact", channel: "phone", when: NOW };
const nothing: StatedEffect = { kind: "nothing" };
const HOURS = { fromMinute: 540, toMinute: 1020, weekdays: [1, 2, 3, 4, 5] };

const rules = (told: Partial<EligibilityRules> = {}): EligibilityRules => ({
  ...STARTING_RULES,
  effects: { content: { none: nothing, short: email, call } },
  ...told,
});
const question = (told: Partial<EligibilityQuestion> = {}, context: Context = {}): EligibilityQuestion => ({
  lever: "content",
  point: "first-touch",
  unitId: unitId("acme"),
  context: { time_zone: "Europe/Berlin", ...context },
  candidates: ["none", "short", "call"].map(actionId),
  now: MORNING,
  ...told,
});
const word = (told: Partial<ConsentRecord>): ConsentRecord => ({
  ref: personRef("acme"),
  kind: "suppressed",
  basis: "unsubscribed",
  channel: "email",
  source: "mail",
  messageId: "m",
  at: at("2026-06-01T00:00:00Z"),
  expiresAt: null,
  ...told,
});
const knowing = (...consents: readonly ConsentRecord[]): Standing => ({ ...FIRST_DAY, consents: () => consents });
const removed = ({ funnel }: Eligibility): readonly string[] =>
  funnel.stages.flatMap((stage) => stage.removed.map(({ action, why }) => `${stage.rule}: ${action}: ${why}`));
const ask = (told: Partial<EligibilityRules>, standing = FIRST_DAY, asked = question()): Eligibility =>
  eligibilityCheck(rules(told), standing).rule(asked);

describe("the funnel", () => {
  it("is empty where nothing is taken out", () => {
    expect(ask({})).toEqual({
      funnel: { stages: [] },
      remaining: ["none", "short", "call"],
      sendAt: { short: MORNING, call: MORNING },
    });
  });
  it("says how many came, how many went on, and why the others did not", () => {
    expect(ask({}, knowing(word({})))).toMatchObject({
      funnel: {
        stages: [
          {
            rule: "suppression",
            before: 3,
            after: 2,
            removed: [{ action: "short", why: "suppression.unsubscribed on email" }],
          },
        ],
      },
      remaining: ["none", "call"],
    });
  });
  it("leaves an action out of which nobody has said what it does", () => {
    const asked = question({ candidates: ["none", "poem"].map(actionId) });
    expect(removed(ask({}, FIRST_DAY, asked))).toEqual([
      "stated-effects: poem: the rules do not say what this action does",
    ]);
  });
});

describe("consent", () => {
  it("is asked for by channel, under every reference of the person", () => {
    const refs = [personRef("p_1"), personRef("p_2")];
    const standing: Standing = {
      ...FIRST_DAY,
      consents: (asked) => (asked === refs ? [word({ channel: "all", basis: "objected" })] : []),
    };
    const asked = question({ recipient: { person: personRef("p_1"), account: null, refs } });
    expect(ask({}, standing, asked).remaining).toEqual(["none"]);
  });
  it("that was withdrawn or has run out forbids", () => {
    const granted = word({ kind: "granted", basis: "consent", expiresAt: at("2026-06-30T00:00:00Z") });
    expect(removed(ask({}, knowing(granted)))).toEqual(["consent: short: consent.expired on email"]);
    expect(removed(ask({}, knowing(word({ kind: "withdrawn", basis: "consent", channel: "all" }))))).toHaveLength(2);
  });
  it("may be required, and is then no matter of silence", () => {
    expect(removed(ask({ consentRequired: ["phone"] }))).toEqual([
      "consent-required: call: no consent to phone is recorded",
    ]);
    const granted = word({ kind: "granted", basis: "legitimate_interest", channel: "phone" });
    expect(ask({ consentRequired: ["phone"] }, knowing(granted)).remaining).toContain("call");
  });
  it("binds also a lever of which nobody has said what its actions do", () => {
    const asked = question({ lever: "unheard-of" });
    expect(ask({}, FIRST_DAY, asked).remaining).toHaveLength(3);
    // Putting leads in order contacts nobody.
    expect(ask({}, knowing(word({})), { ...asked, leverKind: "weights" }).remaining).toHaveLength(3);
    expect(ask({}, knowing(word({})), asked).remaining).toEqual([]);
  });
  it("that will have run out when the message goes out forbids now", () => {
    const later: StatedEffect = { ...email, when: { kind: "delay", ms: 2 * DAY_MS } };
    const granted = word({ kind: "granted", basis: "consent", expiresAt: at("2026-07-02T00:00:00Z") });
    const told = { effects: { content: { none: nothing, short: later, call } } };
    expect(removed(ask(told, knowing(granted)))).toEqual(["consent: short: consent.expired on email"]);
  });
});

describe("quiet hours", () => {
  it("are those of the recipient: 8 to 21 h unless a team says otherwise", () => {
    const evening = at("2026-07-01T19:00:00Z");
    expect(removed(ask({}, FIRST_DAY, question({ now: evening })))).toEqual([
      "quiet-hours: short: quiet: it is 21:00 in Europe/Berlin",
      "quiet-hours: call: quiet: it is 21:00 in Europe/Berlin",
    ]);
    expect(ask({}, FIRST_DAY, question({ now: evening }, { time_zone: "America/New_York" })).remaining).toHaveLength(3);
    expect(
      removed(ask({ contactHours: { phone: [HOURS] } }, FIRST_DAY, question({ now: at("2026-07-04T09:00:00Z") }))),
    ).toEqual(["quiet-hours: call: quiet: it is 11:00 in Europe/Berlin"]);
  });
  it("are over only when they are in every zone of a region", () => {
    const inUs = (iso: string) =>
      ask({}, FIRST_DAY, question({ now: at(iso), context: { country: "US" } })).remaining.length;
    // 8:00 in Honolulu is 14:00 in New York, whose evening ends at 1:00 of the next day in UTC.
    expect([inUs("2026-07-01T16:59:00Z"), inUs("2026-07-01T18:00:00Z"), inUs("2026-07-02T01:00:00Z")]).toEqual([
      1, 3, 1,
    ]);
  });
  it("are always where nobody knows where the recipient is", () => {
    const said: readonly Context[] = [
      {},
      { time_zone: "Europe/Belrin", country: "DE" },
      { country: "Germany" },
      { time_zone: 1 },
    ];
    for (const context of said) {
      const { remaining } = ask({}, FIRST_DAY, question({ context }));
      expect(remaining).toEqual(["none"]);
    }
  });
  it("let a time of day wait for its next chance", () => {
    const at0930: StatedEffect = { ...email, when: { kind: "local", minuteOfDay: 570, weekdays: [1, 2, 3, 4, 5] } };
    const told = { effects: { content: { none: nothing, short: at0930 } } };
    const sendAt = (now: string, zone: string) => {
      const asked = question({ now: at(now), candidates: [actionId("short")], context: { time_zone: zone } });
      const found = ask(told, FIRST_DAY, asked).sendAt?.["short"];
      return found === undefined ? null : new Date(found).toISOString();
    };
    expect(sendAt("2026-07-01T09:00:00Z", "Europe/Berlin")).toBe("2026-07-02T07:30:00.000Z");
    expect(sendAt("2026-07-03T22:00:00Z", "Europe/Berlin")).toBe("2026-07-06T07:30:00.000Z");
    // Over the change of the clocks: the Friday is in winter time, the Monday in summer time.
    expect(sendAt("2026-03-27T10:00:00Z", "Europe/Berlin")).toBe("2026-03-30T07:30:00.000Z");
    expect(sendAt("2026-07-01T09:00:00Z", "Pacific/Kiritimati")).toBe("2026-07-01T19:30:00.000Z");
    expect(
      removed(ask(told, FIRST_DAY, question({ candidates: [actionId("short")], context: { country: "US" } })))[0],
    ).toMatch(/a time of day is none for a recipient who may be in \d+ time zones/u);
  });
  it("let a time of day wait so long first", () => {
    const in3Days: StatedEffect = {
      ...email,
      when: { kind: "local", minuteOfDay: 570, weekdays: [1, 2, 3, 4, 5], afterMs: 3 * DAY_MS },
    };
    // From a Wednesday at 11:00: Saturday at the earliest, so Monday.
    expect(ask({ effects: { content: { none: nothing, short: in3Days, call } } }).sendAt?.["short"]).toBe(
      at("2026-07-06T07:30:00Z"),
    );
  });
  it("and caps are those of another lever where that one times and counts the contact", () => {
    const elsewhere: StatedEffect = { ...email, when: { kind: "elsewhere" } };
    const uncounted: StatedEffect = { ...email, counted: false };
    const caps = [{ id: "c", channel: null, per: "person", max: 1, windowMs: DAY_MS }] as const;
    const told = { caps, effects: { content: { none: nothing, short: elsewhere, call: uncounted } } };
    const night = question({ now: at("2026-07-01T22:00:00Z") });
    expect(ask(told, FIRST_DAY, night)).toMatchObject({ remaining: ["none", "short"] });
    expect(ask(told, FIRST_DAY, night).sendAt).toBeUndefined();
    expect(ask(told, { ...FIRST_DAY, contacts: () => 1 }).remaining).toEqual(["none", "call"]);
    expect(ask(told, knowing(word({})), night).remaining).toEqual(["none"]);
  });
  it("bind what is sent later at the moment at which it goes out", () => {
    const nightly: StatedEffect = { ...email, when: { kind: "delay", ms: 12 * 3_600_000 } };
    expect(removed(ask({ effects: { content: { short: nightly, call, none: nothing } } }))).toEqual([
      "quiet-hours: short: quiet: it is 23:00 in Europe/Berlin",
    ]);
  });
  it("may be narrowed for a lever", () => {
    const told = { sendWindows: { content: [{ fromMinute: 480, toMinute: 600, weekdays: [2, 3, 4] }] } };
    expect(removed(ask(told))[0]).toBe("send-window: short: outside the send window: it is 11:00 in Europe/Berlin");
  });
});

describe("frequency caps", () => {
  const caps = [
    { id: "email-weekly", channel: "email", per: "person", max: 2, windowMs: 7 * DAY_MS },
    { id: "account-daily", channel: null, per: "account", max: 1, windowMs: DAY_MS },
  ] as const;
  const counted = (counts: Readonly<Record<string, number>>): Standing => ({
    ...FIRST_DAY,
    contacts: ({ subject, channel }) => counts[`${subject}/${channel ?? "all"}`] ?? 0,
  });
  it("count by person and by account, each in its own window", () => {
    expect(removed(ask({ caps }, counted({ "person acme/email": 2 })))).toEqual([
      "cap:email-weekly: short: 2 of at most 2 in 7 days",
    ]);
    const recipient = { person: personRef("p"), account: accountRef("a"), refs: [] };
    expect(removed(ask({ caps }, counted({ "account a/all": 1 }), question({ recipient })))).toEqual([
      "cap:account-daily: short: 1 of at most 1 in 24 hours",
      "cap:account-daily: call: 1 of at most 1 in 24 hours",
    ]);
  });
  it("leave nothing where the count is not known", () => {
    expect(removed(ask({ caps }, { ...FIRST_DAY, contacts: () => null }))).toEqual([
      "cap:email-weekly: short: how often the recipient was contacted cannot be told now",
      "cap:account-daily: call: how often the recipient was contacted cannot be told now",
    ]);
  });
});

describe("routing", () => {
  const routing: Partial<EligibilityRules> = {
    effects: {
      routing: { none: nothing, emea: { kind: "assign", queue: "emea" }, us: { kind: "assign", queue: "us" } },
    },
    ownerField: "owner",
    queues: [
      { id: "emea", members: ["ann", "bo"], zone: "Europe/Berlin", hours: [HOURS], capacity: null },
      {
        id: "us",
        members: ["cy"],
        zone: "America/New_York",
        hours: [],
        capacity: { max: 2, windowMs: DAY_MS, counts: "open" },
      },
    ],
  };
  const asked = (context: Context, now = MORNING): EligibilityQuestion =>
    question({ lever: "routing", candidates: ["none", "emea", "us"].map(actionId), context, now });
  it("leaves whoever works now and has room", () => {
    expect(ask(routing, FIRST_DAY, asked({ owner: null })).remaining).toEqual(["none", "emea", "us"]);
    expect(removed(ask(routing, FIRST_DAY, asked({ owner: "" }, at("2026-07-01T15:00:00Z"))))).toEqual([
      "working-hours: emea: nobody works there at this time (Europe/Berlin)",
    ]);
    const busy: Standing = {
      ...FIRST_DAY,
      assignments: ({ queue, counts }) => (queue === "us" && counts === "open" ? 2 : 0),
    };
    expect(removed(ask(routing, busy, asked({ owner: null })))).toEqual([
      "capacity: us: 2 of at most 2 open in 24 hours",
    ]);
    expect(removed(ask(routing, { ...FIRST_DAY, assignments: () => null }, asked({ owner: null })))).toEqual([
      "capacity: us: how much work it has cannot be told now",
    ]);
  });
  it("gives an owned account to its owner, and to nobody where the owner takes no work", () => {
    expect(ask(routing, FIRST_DAY, asked({ owner: "ann" })).remaining).toEqual(["none", "emea"]);
    expect(ask(routing, FIRST_DAY, asked({ owner: "us" })).remaining).toEqual(["none", "us"]);
    expect(ask(routing, FIRST_DAY, asked({ owner: "somebody else" })).remaining).toEqual(["none"]);
    expect(removed(ask(routing, FIRST_DAY, asked({})))[0]).toBe(
      'ownership: emea: who owns the account cannot be told: "owner" is no text',
    );
  });
  it("keeps away where an opportunity is open, or where that is not known", () => {
    const told = { openOpportunity: { field: "open_opportunity", levers: ["content"] } };
    const left = (open?: string | boolean) =>
      ask(told, FIRST_DAY, question({}, open === undefined ? {} : { open_opportunity: open })).remaining.length;
    expect([left(false), left(true), left(), left("no")]).toEqual([3, 1, 1, 1]);
  });
});

describe("a team's own rules", () => {
  const rule = {
    id: "big-only",
    levers: null,
    actions: ["call"],
    condition: "context.employees >= 100",
    because: null,
  };
  it("take out what they are about where they do not hold, cannot be checked, or cannot be read", () => {
    const why = (condition: string, context: Context) =>
      removed(ask({ teamRules: [{ ...rule, condition }] }, FIRST_DAY, question({}, context)));
    expect(why(rule.condition, { employees: 100 })).toEqual([]);
    expect(why(rule.condition, { employees: 99 })).toEqual(["rule:big-only: call: not so: context.employees >= 100"]);
    expect(why(rule.condition, {})).toEqual(["rule:big-only: call: cannot be checked: No such key: employees"]);
    expect(why("context.employees >", {})[0]).toMatch(/^rule:big-only: call: the rule cannot be read: /u);
  });
  it("are of certain levers where they say so, and may say why", () => {
    const told = { ...rule, levers: ["routing"], because: "small teams are not called" };
    expect(removed(ask({ teamRules: [told] }))).toEqual([]);
    expect(
      removed(ask({ teamRules: [{ ...told, levers: ["content"] }] }, FIRST_DAY, question({}, { employees: 1 }))),
    ).toEqual(["rule:big-only: call: small teams are not called"]);
  });
});

describe("an earlier decision that is answered again", () => {
  const caps = [{ id: "once", channel: null, per: "person", max: 1, windowMs: DAY_MS }] as const;
  it("is withheld after an opt-out or in quiet hours, but not for the cap that it used up itself", () => {
    const used: Standing = { ...FIRST_DAY, contacts: () => 1 };
    const short = actionId("short");
    const check = (standing: Standing) => eligibilityCheck(rules({ caps }), standing);
    expect(check(used).withheld(question(), short)).toBeNull();
    expect(check(knowing(word({}))).withheld(question(), short)).toEqual({
      rule: "suppression",
      why: "suppression.unsubscribed on email",
    });
    expect(check(knowing(word({}))).withheld(question(), actionId("none"))).toBeNull();
    expect(check(FIRST_DAY).withheld(question({ now: at("2026-07-01T22:00:00Z") }), short)).toEqual({
      rule: "quiet-hours",
      why: "quiet: it is 00:00 in Europe/Berlin",
    });
  });
});

describe("whatever the rules and the world", () => {
  const contexts = fc.record({
    time_zone: fc.constantFrom("Europe/Berlin", "Asia/Tokyo", "nowhere", null),
    country: fc.constantFrom("US", "DE", "XX", null),
    employees: fc.option(fc.integer({ min: 0, max: 200 })),
    owner: fc.constantFrom(null, "ann", "zed", 3),
  });
  const standings: fc.Arbitrary<Standing> = fc
    .tuple(
      fc.option(fc.nat(3)),
      fc.option(fc.constantFrom<readonly ConsentRecord[]>([], [word({})], [word({ channel: "all" })])),
    )
    .map(([count, consents]) => ({ consents: () => consents, contacts: () => count, assignments: () => count }));
  const some = rules({
    caps: [{ id: "c", channel: "email", per: "person", max: 2, windowMs: DAY_MS }],
    consentRequired: ["phone"],
    teamRules: [{ id: "r", levers: null, actions: null, condition: "context.employees > 50", because: null }],
  });
  it("doing nothing is left, order is kept, and the numbers of the funnel add up", () => {
    fc.assert(
      fc.property(contexts, standings, fc.integer({ min: 0, max: 400 * DAY_MS }), (context, standing, ms) => {
        const asked = question({ context, now: instant(MORNING + ms) });
        const { funnel, remaining } = eligibilityCheck(some, standing).rule(asked);
        expect(remaining).toContain("none");
        expect(asked.candidates.filter((action) => remaining.includes(action))).toEqual(remaining);
        let before = asked.candidates.length;
        for (const stage of funnel.stages) {
          expect([stage.before, stage.after]).toEqual([before, before - stage.removed.length]);
          before = stage.after;
        }
        expect(before).toBe(remaining.length);
      }),
    );
  });
  it("knowing less never makes anything eligible", () => {
    fc.assert(
      fc.property(contexts, standings, (context, standing) => {
        const left = (known: Standing) => eligibilityCheck(some, known).rule(question({ context })).remaining;
        const informed = left(standing);
        expect(left(NOTHING_KNOWN).every((action) => informed.includes(action))).toBe(true);
      }),
    );
  });
});
