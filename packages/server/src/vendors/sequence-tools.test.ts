import { describe, expect, it } from "vitest";
import { outreach } from "./outreach.ts";
import { salesloft } from "./salesloft.ts";
import { SAMPLES } from "./sample-calls.fixture.ts";
import { call, signalOf, signalsOf, wordOf } from "./vendor-request.fixture.ts";

const outreachEvent = (eventName: string, attributes: Readonly<Record<string, unknown>>, type = "mailing") => ({
  data: { ...SAMPLES.outreach.data, type, attributes },
  meta: { ...SAMPLES.outreach.meta, eventName },
});

describe("Outreach", () => {
  it("tells a mail's event at the time that the mail gives, with its sequence and step", () => {
    expect(signalOf(outreach.read(call(SAMPLES.outreach)))).toMatchObject({
      type: "opened",
      occurredAt: Date.parse("2026-02-12T18:26:12Z"),
      person: { userId: "7" },
      properties: { channel: "email", sequence: "3", sequence_step: "31" },
    });
  });

  it("tells one mail from another, and nothing of mails from what is none", () => {
    const mails = ["mailing.delivered", "mailing.clicked"].map((name) =>
      signalOf(outreach.read(call(outreachEvent(name, {})))),
    );
    expect(mails.map(({ properties }) => properties["vendor_message_id"])).toEqual(["42", "42"]);
    const called = signalOf(outreach.read(call(outreachEvent("call.created", { outcome: "No Answer" }, "call"))));
    expect(called.properties).not.toHaveProperty("vendor_message_id");
  });

  it.each([
    [outreachEvent("mailing.replied", { repliedAt: "2026-02-12T18:00:00Z" }), ["replied"]],
    [outreachEvent("mailing.bounced", {}), ["bounced_hard"]],
    [outreachEvent("mailing.created", {}), ["ignored"]],
    [outreachEvent("call.created", { outcome: "No Answer", note: "rang out" }, "call"), ["call_no_answer"]],
    [outreachEvent("prospect.updated", { emailOptedOut: true }, "prospect"), ["unsubscribed"]],
    [outreachEvent("prospect.updated", { stageName: "Replied" }, "prospect"), ["stage_changed"]],
    [outreachEvent("prospect.updated", { title: "CTO" }, "prospect"), ["ignored"]],
    [
      outreachEvent("opportunity.updated", { stageName: "Closed Won", amount: 10 }, "opportunity"),
      ["stage_changed", "opportunity_won", "opportunity_amount_changed"],
    ],
    [outreachEvent("sequenceState.finished", {}, "sequenceState"), ["ignored"]],
    [outreachEvent("weather.changed", {}), ["unread"]],
    [{ data: {} }, ["unread"]],
  ])("reads %j", (body, words) => {
    expect(outreach.read(call(body)).map(wordOf)).toEqual(words);
  });

  it("makes its ids of what is signed, not of the request's own id, which anybody may exchange", () => {
    const read = (id: string) =>
      signalOf(outreach.read(call(SAMPLES.outreach, { headers: { "outreach-webhook-id": id } }))).messageId;
    expect(read("a")).toBe(read("b"));
  });
});

const mail = (event: string, resource: unknown) =>
  salesloft.read(call(resource, { headers: { "x-salesloft-event": event } }));

describe("Salesloft", () => {
  it("tells what a mail's state says has happened, each thing once", () => {
    const first = signalsOf(mail("email_updated", SAMPLES.salesloft));
    expect(first.map(({ type }) => type)).toEqual(["sent", "opened", "replied"]);
    expect(first[0]).toMatchObject({
      occurredAt: Date.parse("2026-02-12T22:01:00Z"),
      person: { userId: "55", email: "jane@example.com" },
      properties: { sequence: "9", sequence_step: "91" },
    });
    const grown = {
      ...SAMPLES.salesloft,
      counts: { clicks: 0, views: 3, replies: 1 },
      updated_at: "2026-02-13T09:00:00Z",
    };
    const known = new Set(first.map(({ messageId }) => messageId));
    const fresh = signalsOf(mail("email_updated", grown)).filter(({ messageId }) => !known.has(messageId));
    expect(fresh.map(({ type }) => type)).toEqual(["opened"]);
  });

  it.each([
    ["call_created", { id: 1, disposition: "Connected", sentiment: "positive" }, ["call_connected"]],
    ["meeting_booked", { id: 1 }, ["meeting_booked"]],
    ["meeting_updated", { id: 1, no_show: true }, ["meeting_no_show"]],
    ["meeting_updated", { id: 1, canceled_at: "2026-02-12T18:00:00Z" }, ["meeting_cancelled"]],
    ["person_updated", { id: 1, do_not_contact: true }, ["unsubscribed"]],
    ["person_updated", { id: 1, person_stage: { id: 4 } }, ["stage_changed"]],
    ["email_updated", { id: 1, status: "scheduled" }, ["ignored"]],
    ["email_updated", { id: 1, status: "bounced", bounced: true }, ["bounced_hard"]],
    ["cadence_updated", { id: 1 }, ["ignored"]],
    ["weather_changed", { id: 1 }, ["unread"]],
    ["", { id: 1 }, ["unread"]],
  ])("reads %s %j", (event, resource, words) => {
    expect(mail(event, resource).map(wordOf)).toEqual(words);
  });
});
