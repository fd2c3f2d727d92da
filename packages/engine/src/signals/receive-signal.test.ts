import { describe, expect, it } from "vitest";
import { microsOf } from "../money.ts";
import { instant } from "../time.ts";
import type { ReceivedSignal } from "./received-signal.ts";
import { receiveSignal } from "./receive-signal.ts";
import { surrogatesOf } from "./surrogate.ts";

const surrogates = surrogatesOf("a key of this workspace, thirty-two bytes");
const arrival = { source: "website", receivedAt: instant(Date.UTC(2026, 2, 1, 10)), surrogates };
const told: ReceivedSignal = {
  messageId: "m-1",
  type: "meeting_booked",
  occurredAt: instant(Date.UTC(2026, 2, 1, 9)),
  person: { userId: "u1", email: "ann@example.com" },
  account: null,
  decisionId: null,
  value: microsOf(1_000_000),
  currency: "EUR",
  properties: { channel: "email" },
  machine: null,
  text: null,
};

function received(change: Partial<ReceivedSignal> = {}) {
  const answer = receiveSignal({ ...told, ...change }, arrival);
  if (answer.kind === "err") throw new Error(answer.error.message);
  return answer.value;
}

describe("a message as a fact", () => {
  it("is refused, and throws not, where its sender's id can be no unit's (issue 4: one bad item never fails its batch)", () => {
    for (const userId of ["a\u0007b", "x".repeat(201)])
      expect(receiveSignal({ ...told, person: { userId } }, arrival)).toMatchObject({ kind: "err" });
    expect(receiveSignal({ ...told, account: { accountId: "a\u0000" } }, arrival)).toMatchObject({ kind: "err" });
    expect(received({ person: null, decisionId: "d".repeat(200) }).signal.decisionId).toBe("d".repeat(200));
  });
  it("keeps when, what and how much; the person becomes a surrogate", () => {
    const { signal, undated } = received();
    expect(undated).toBe(false);
    expect(signal).toMatchObject({
      source: "website",
      messageId: "m-1",
      type: "meeting_booked",
      unitId: "u1",
      value: 1_000_000,
    });
    expect(signal.detail).toMatchObject({
      person: surrogates.person({ userId: "u1" }),
      account: null,
      currency: "EUR",
    });
    expect(JSON.stringify(signal)).not.toContain("ann@example.com");
  });
  it("belongs to the account where one is named, else to the person", () => {
    expect(received({ account: { accountId: "acme" } }).signal.unitId).toBe("acme");
    expect(received({ account: { domain: "acme.com" } }).signal.unitId).toBe(
      surrogates.account({ domain: "acme.com" }),
    );
    expect(received({ person: { email: "ann@example.com" } }).signal.unitId).toBe(
      surrogates.person({ email: "ann@example.com" }),
    );
  });
  it("happened when it was heard where the message does not say, and remembers that", () => {
    const { signal, undated } = received({ occurredAt: null });
    expect([signal.occurredAt, undated]).toEqual([arrival.receivedAt, true]);
  });
  it("has the probability that a person did it where it is an open or a click, and only there", () => {
    expect(
      received({ type: "opened", machine: { vendorSaysMachine: true } }).signal.detail?.humanProbability,
    ).toBeLessThan(0.1);
    expect(received({ type: "replied" }).signal.detail?.humanProbability).toBeNull();
    const clicked = (url: string) =>
      received({ type: "clicked", machine: { url } }).signal.detail?.humanProbability ?? Number.NaN;
    expect(clicked("https://example.com/pricing")).toBeGreaterThan(0.8);
    expect(clicked("https://example.com/?x=Ratchet-Honeypot")).toBeLessThan(0.05);
  });
  it("may name a decision instead of anybody, but not nothing", () => {
    expect(received({ person: null, decisionId: "d-1" }).signal.decisionId).toBe("d-1");
    expect(receiveSignal({ ...told, person: {}, account: {} }, arrival)).toMatchObject({
      kind: "err",
      error: { code: "signal.about_nobody" },
    });
  });
  it("tells who it is about beside the fact, and joins a converted lead with its contact", () => {
    const converted = { type: "lead_converted", properties: { contact_id: "c-1", account_id: "acme" } };
    const { about, signal } = received({ ...converted, person: { userId: "lead-1" } });
    const [lead, contact] = [surrogates.person({ userId: "lead-1" }), surrogates.person({ userId: "c-1" })];
    const told = about?.rows.map(({ ref, relation, value }) => [ref, relation, value]);
    expect(told).toContainEqual([lead, "same_as", contact]);
    expect(told).toContainEqual([lead, "account", surrogates.account({ accountId: "acme" })]);
    // The unit of the fact is the lead's still: conversion changes no assignment.
    expect(signal.unitId).toBe("lead-1");
    expect(received({ person: null, decisionId: "d-1" }).about).toBeNull();
  });
  it("keeps a person's address out of its key too", () => {
    const { signal } = received({ messageId: "open:Ann@example.com:17" });
    expect(signal.messageId).toMatch(/^m_[0-9a-f]{33}$/u);
    expect(received({ messageId: "open:Ann@example.com:17" }).signal.messageId).toBe(signal.messageId);
  });
  it("keeps an address out of its key where another message says whose it is", () => {
    expect(received({ messageId: "m-bob@example.com", person: { userId: "u2" } }).signal.messageId).toMatch(/^m_/u);
    expect(received({ messageId: "m-bob@example.com", person: null, unitId: "u" }).signal.messageId).toMatch(/^m_/u);
    expect(received({ messageId: "team@2" }).signal.messageId).toBe("team@2");
  });
  it("keeps an address out of the decision that it names too, whoever it is about", () => {
    const { signal } = received({ decisionId: "Ann@Example.com" });
    expect(signal.decisionId).toBe(surrogates.person({ email: "ann@example.com" }));
    expect(received({ decisionId: "mail to ann@example.com" }).signal.decisionId).toMatch(/^m_/u);
    expect(received({ person: null, decisionId: "+49 170 1234567" }).signal.decisionId).toMatch(/^p_/u);
    expect(received({ decisionId: "dec_0123456789abcdef" }).signal.decisionId).toBe("dec_0123456789abcdef");
  });
  it("lets no clock that is ahead put an opt-out off", () => {
    const ahead = received({ type: "unsubscribed", occurredAt: instant(arrival.receivedAt + 86_400_000) });
    expect(ahead.about?.consents.map(({ at }) => at)).toEqual([arrival.receivedAt, arrival.receivedAt]);
  });
  it("refuses a type that is not a word, naming it", () => {
    expect(receiveSignal({ ...told, type: "Meeting Booked" }, arrival)).toMatchObject({
      kind: "err",
      error: { code: "signal.bad_type", message: expect.stringContaining("Meeting Booked") },
    });
  });
});
