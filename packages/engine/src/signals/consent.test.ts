import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { personRef } from "../ids.ts";
import { instant } from "../time.ts";
import { consentsIn, contactAllowed, CONSENT_BASES, liftId, SUPPRESSION_BASES, type ConsentRecord } from "./consent.ts";

const day = (n: number) => instant(Date.UTC(2026, 2, n));
const record = (told: Partial<ConsentRecord>): ConsentRecord => ({
  ref: personRef("p_1"),
  kind: "suppressed",
  basis: "unsubscribed",
  channel: "email",
  source: "mailer",
  messageId: "m-1",
  at: day(1),
  expiresAt: null,
  ...told,
});
const granted = (told: Partial<ConsentRecord>) => record({ kind: "granted", basis: "consent", at: day(2), ...told });
const asked = (records: readonly ConsentRecord[], channel = "email", now = day(20)) => {
  const answer = contactAllowed(records, { channel, now });
  return answer.kind === "allowed" ? "allowed" : answer.rule;
};

describe("whether a person may be contacted", () => {
  it("refuses on the channel that was opted out of, and leaves the others", () => {
    expect(asked([record({})])).toBe("suppression.unsubscribed");
    expect(asked([record({})], "phone")).toBe("allowed");
    expect(asked([record({ channel: "all", basis: "objected" })], "phone")).toBe("suppression.objected");
    expect(asked([])).toBe("allowed");
  });
  it("says which record refuses, by whom and since when", () => {
    expect(contactAllowed([record({})], { channel: "email", now: day(2) })).toEqual({
      kind: "refused",
      rule: "suppression.unsubscribed",
      channel: "email",
      source: "mailer",
      since: day(1),
    });
  });
  it("lets a person come back by a later consent, but not after a complaint or an objection", () => {
    expect(asked([record({}), granted({})])).toBe("allowed");
    expect(asked([record({}), granted({ at: day(1) })])).toBe("suppression.unsubscribed");
    expect(asked([record({}), granted({ basis: "legitimate_interest" })])).toBe("suppression.unsubscribed");
    expect(asked([record({ basis: "complained" }), granted({})])).toBe("suppression.complained");
    expect(asked([record({ channel: "all", basis: "objected" }), granted({ channel: "all" })])).toBe(
      "suppression.objected",
    );
    expect(asked([record({ channel: "all" }), granted({ channel: "email" })])).toBe("suppression.unsubscribed");
  });
  it("takes no word of a learner for a consent", () => {
    expect(asked([record({}), granted({ source: "engine" })])).toBe("suppression.unsubscribed");
  });
  it("counts consent that has run out, or was withdrawn, as none", () => {
    const implied = granted({ basis: "implied", expiresAt: day(10) });
    expect([day(9), day(10)].map((now) => asked([implied], "email", now))).toEqual(["allowed", "consent.expired"]);
    const withdrawn = record({ kind: "withdrawn", basis: "consent", at: day(5) });
    expect(asked([implied, withdrawn], "email", day(6))).toBe("consent.withdrawn");
    expect(asked([implied, withdrawn, granted({ at: day(6) })])).toBe("allowed");
  });
});

describe("laws of suppression", () => {
  const records = fc.array(
    fc.record({
      kind: fc.constantFrom("suppressed", "granted", "withdrawn" as const),
      basis: fc.constantFrom(...SUPPRESSION_BASES, ...CONSENT_BASES),
      channel: fc.constantFrom("email", "phone", "all"),
      source: fc.constantFrom("mailer", "engine"),
      at: fc.integer({ min: 1, max: 9 }).map(day),
      expiresAt: fc.option(fc.integer({ min: 1, max: 30 }).map(day)),
    }),
    { maxLength: 6 },
  );
  it("no order of the records changes the answer", () => {
    fc.assert(
      fc.property(records, (told) => {
        const all = told.map((one) => record(one));
        expect(asked(all.toReversed())).toBe(asked(all));
      }),
    );
  });
  it("one more suppression never allows what was refused, and nothing of a learner's does", () => {
    fc.assert(
      fc.property(records, records, (told, more) => {
        const all = told.map((one) => record(one));
        const harmless = more
          .filter(({ kind, source }) => kind === "suppressed" || source === "engine")
          .map((one) => record(one));
        const opened = asked(all) !== "allowed" && asked([...all, ...harmless]) === "allowed";
        expect(opened).toBe(false);
      }),
    );
  });
});

it("a signal that opts out does so for every lasting name it carries, a dead mailbox for that mailbox alone", () => {
  const message = { source: "mailer", messageId: "m-1", type: "unsubscribed", channel: null, at: day(1) };
  const named = [
    { ref: personRef("p_user"), relation: "user_id" },
    { ref: personRef("p_mail"), relation: "email" },
  ] as const;
  expect(consentsIn(message, named).map(({ ref, basis, channel }) => [ref, basis, channel])).toEqual([
    ["p_user", "unsubscribed", "email"],
    ["p_mail", "unsubscribed", "email"],
  ]);
  expect(consentsIn({ ...message, type: "bounced_hard" }, named).map(({ ref }) => ref)).toEqual(["p_mail"]);
  expect(consentsIn({ ...message, type: "opened" }, named)).toEqual([]);
});

const anyRecord = (sources: readonly string[]) =>
  fc.record({
    ref: fc.constantFrom(personRef("p_1"), personRef("p_2")),
    kind: fc.constantFrom("suppressed" as const, "granted" as const, "withdrawn" as const, "lifted" as const),
    basis: fc.constantFrom(...SUPPRESSION_BASES, ...CONSENT_BASES),
    channel: fc.constantFrom("email", "phone", "all"),
    source: fc.constantFrom(...sources),
    messageId: fc.constantFrom("m-1", "m-2", liftId({ source: "mailer", messageId: "m-1" })),
    at: fc.integer({ min: 1, max: 9 }).map(day),
    expiresAt: fc.option(fc.integer({ min: 1, max: 30 }).map(day)),
  });

describe("nothing that learns has a say", () => {
  it("never turns a no into a yes, whatever it records", () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord(["mailer", "person:owner"]), { maxLength: 6 }),
        fc.array(anyRecord(["engine"]), { maxLength: 6 }),
        (told, learned) => {
          fc.pre(asked(told) !== "allowed");
          expect(asked([...told, ...learned])).not.toBe("allowed");
        },
      ),
    );
  });
  it("lifts by name what a person found mistaken, and nothing else", () => {
    const mistaken = record({ basis: "objected", channel: "all" });
    const lift = record({ kind: "lifted", source: "person:owner", messageId: liftId(mistaken), at: day(3) });
    expect(asked([mistaken, lift])).toBe("allowed");
    expect(asked([lift, mistaken])).toBe("allowed");
    expect(asked([mistaken, lift, { ...mistaken, messageId: "m-2" }])).toBe("suppression.objected");
    expect(asked([mistaken, { ...lift, source: "engine" }])).toBe("suppression.objected");
  });
});
