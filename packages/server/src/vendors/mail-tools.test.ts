import { describe, expect, it } from "vitest";
import { amazonSes } from "./amazon-ses.ts";
import { mailgun } from "./mailgun.ts";
import { mailjet } from "./mailjet.ts";
import { mandrill } from "./mandrill.ts";
import { postmark } from "./postmark.ts";
import { SAMPLES } from "./sample-calls.fixture.ts";
import { sendgrid } from "./sendgrid.ts";
import { call, signalOf, signalsOf, wordOf } from "./vendor-request.fixture.ts";
import type { Vendor } from "./vendor.ts";

const ses = amazonSes({ fetch: async () => null });
const form = (events: unknown): string => new URLSearchParams({ mandrill_events: JSON.stringify(events) }).toString();

describe("every mail provider", () => {
  it.each<[string, Vendor, unknown]>([
    ["SendGrid's custom argument", sendgrid, SAMPLES.sendgrid],
    ["Postmark's metadata", postmark, SAMPLES.postmark],
    ["Mailgun's variable", mailgun, SAMPLES.mailgun],
    ["Mailjet's payload", mailjet, SAMPLES.mailjet],
    ["Mandrill's metadata", mandrill, form(SAMPLES.mandrill)],
    ["SES's tag", ses, SAMPLES["amazon-ses"]],
  ])("brings our decision back in %s, the person, the second, and no address among the facts", (_, vendor, body) => {
    const signal = signalOf(vendor.read(call(body)));
    expect(signal).toMatchObject({ decisionId: "dec_1", person: { email: "jane@example.com" } });
    expect(Math.floor((signal.occurredAt ?? 0) / 1000)).toBe(1_770_920_772);
    expect(JSON.stringify(signal.properties)).not.toContain("@");
  });
});

describe("the events of one mail", () => {
  it("are known as its own, so that links followed at once and upon delivery show (issue 4: Mailgun's did not)", () => {
    const event = (parts: object) => ({ "event-data": { ...SAMPLES.mailgun["event-data"], ...parts } });
    const ids = [
      event({ event: "delivered" }),
      event({ event: "clicked", url: "https://example.com/a" }),
      event({ event: "clicked", url: "https://example.com/b" }),
      event({ event: "clicked", message: { headers: { "message-id": "other@example.com" } } }),
    ].map((body) => signalOf(mailgun.read(call(body))).properties["vendor_message_id"]);
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/u);
    expect([ids[1], ids[2]]).toEqual([ids[0], ids[0]]);
    expect(ids[3]).not.toBe(ids[0]);
  });
});

describe("a time that a provider does not write", () => {
  it.each<[string, Vendor, unknown]>([
    ["Postmark", postmark, { RecordType: "Delivery", Recipient: "a@x.com", MessageID: "m", DeliveredAt: "garbage" }],
    ["SendGrid", sendgrid, { event: "delivered", email: "a@x.com", sg_event_id: "e", timestamp: "garbage" }],
    ["Mailjet", mailjet, { event: "open", email: "a@x.com", MessageID: 1, time: "garbage" }],
    ["Mandrill", mandrill, form([{ event: "open", ts: "garbage", msg: { email: "a@x.com", _id: "m" } }])],
  ])("of %s's is not taken for now: the event is quarantined, and the reason quotes nothing", (_, vendor, body) => {
    const [item] = vendor.read(call(body));
    expect(item).toMatchObject({ kind: "unread", code: "time.unreadable" });
    expect(item).not.toMatchObject({ message: expect.stringContaining("garbage") });
  });
  it.each<[string, Vendor, unknown, string]>([
    [
      "Postmark",
      postmark,
      {
        RecordType: "SubscriptionChange",
        SuppressSending: true,
        SuppressionReason: "ManualSuppression",
        Recipient: "a@x.com",
        ChangedAt: "garbage",
      },
      "unsubscribed",
    ],
    [
      "SendGrid",
      sendgrid,
      { event: "spamreport", email: "a@x.com", sg_event_id: "e", timestamp: "soon" },
      "complained",
    ],
    ["Mailjet", mailjet, { event: "unsub", email: "a@x.com", MessageID: 1, time: "garbage" }, "unsubscribed"],
    ["Mandrill", mandrill, form([{ event: "hard_bounce", ts: "soon", msg: { email: "a@x.com" } }]), "bounced_hard"],
  ])(
    "lets no opt-out of %s's wait (issue 4: it was quarantined): it is dated by receipt, and says so",
    (_, vendor, body, type) => {
      const signal = signalOf(vendor.read(call(body)));
      expect(signal).toMatchObject({ type, occurredAt: null, person: { email: "a@x.com" } });
      expect(signal.properties).toMatchObject({ time_unreadable: true });
    },
  );
  it("keeps back what would permit: consent whose time is unknown may be older than the opt-out", () => {
    const body = { RecordType: "SubscriptionChange", SuppressSending: false, Recipient: "a@x.com", ChangedAt: "soon" };
    expect(postmark.read(call(body))).toMatchObject([{ kind: "unread", code: "time.unreadable" }]);
  });
  it("is none where the event says nothing of it: then it counts from when it was heard", () => {
    const silent = { RecordType: "Delivery", Recipient: "a@x.com", MessageID: "m", DeliveredAt: "" };
    expect(signalOf(postmark.read(call(silent))).occurredAt).toBeNull();
  });
});

describe("machine hints", () => {
  it("keep the vendor's own verdict, and who asked for what", () => {
    expect(signalOf(sendgrid.read(call(SAMPLES.sendgrid))).machine).toEqual({
      vendorSaysMachine: true,
      userAgent: "Mozilla/5.0",
      ip: "66.102.6.229",
    });
    expect(signalOf(mandrill.read(call(form(SAMPLES.mandrill)))).machine).toMatchObject({ vendorSaysMachine: true });
    const opened = {
      ...SAMPLES.mailgun["event-data"],
      event: "opened",
      "client-info": { bot: "apple", "user-agent": "x" },
    };
    expect(signalOf(mailgun.read(call({ "event-data": opened }))).machine).toEqual({
      vendorSaysMachine: true,
      userAgent: "x",
    });
  });

  it("say nothing where the vendor does not: an absent verdict is not a human", () => {
    expect(signalOf(postmark.read(call(SAMPLES.postmark))).machine).not.toHaveProperty("vendorSaysMachine");
  });

  it("keep the clicked link whole for the judgement, and without its query among the facts", () => {
    const { machine, properties } = signalOf(postmark.read(call(SAMPLES.postmark)));
    expect(machine?.url).toBe("https://example.com/pricing?to=jane@example.com#top");
    expect(properties["link"]).toBe("https://example.com/pricing");
  });
});

const readPostmark = (body: unknown) => postmark.read(call(body)).map(wordOf);
const failed = (parts: object) => ({ "event-data": { ...SAMPLES.mailgun["event-data"], ...parts } });
const bounced = (parts: object) => ({
  ...SAMPLES["amazon-ses"],
  bounce: { ...SAMPLES["amazon-ses"].bounce, ...parts },
});

describe("why a mail did not arrive", () => {
  it.each<[Vendor, unknown, string]>([
    [sendgrid, [{ event: "bounce", status: "4.2.2" }], "bounced_soft"],
    [sendgrid, [{ event: "bounce", type: "blocked" }], "bounced_soft"],
    [sendgrid, [{ event: "bounce", type: "bounce", status: "5.1.1" }], "bounced_hard"],
    [mailgun, failed({ severity: "temporary" }), "deferred"],
    [mailgun, failed({ reason: "suppress-unsubscribe" }), "suppressed"],
    [mailgun, failed({ reason: "bounce" }), "bounced_hard"],
    [ses, bounced({ bounceType: "Transient" }), "bounced_soft"],
    [ses, bounced({ bounceSubType: "OnAccountSuppressionList" }), "suppressed"],
    [mailjet, [{ event: "blocked", error: "preblocked" }], "suppressed"],
    [mailjet, [{ event: "bounce", hard_bounce: false, error: "mailbox full" }], "bounced_soft"],
    [postmark, { RecordType: "Bounce", Type: "Transient" }, "deferred"],
    [postmark, { RecordType: "Bounce", Type: "SoftBounce" }, "bounced_soft"],
  ])("is told apart (%#)", (vendor, body, word) => {
    expect(vendor.read(call(body)).map(wordOf)).toEqual([word]);
  });

  it("is told once, though Postmark tells a hard bounce and the suppression that follows it", () => {
    const bounce = {
      RecordType: "Bounce",
      Type: "HardBounce",
      MessageID: "m",
      Email: "a@example.com",
      BouncedAt: "2026-02-12T18:00:00Z",
    };
    const change = {
      RecordType: "SubscriptionChange",
      SuppressSending: true,
      SuppressionReason: "HardBounce",
      MessageID: "m",
      Recipient: "a@example.com",
    };
    const ids = [bounce, change].map((body) => signalOf(postmark.read(call(body))).messageId);
    expect(ids[0]).toBe(ids[1]);
  });

  it("never makes one of two unsubscriptions that no mail led to", () => {
    const change = {
      RecordType: "SubscriptionChange",
      SuppressSending: true,
      SuppressionReason: "ManualSuppression",
      MessageID: "00000000-0000-0000-0000-000000000000",
      Recipient: "a@example.com",
    };
    const ids = ["2026-02-12T18:00:00Z", "2026-03-12T18:00:00Z"].map(
      (ChangedAt) => signalOf(postmark.read(call({ ...change, ChangedAt }))).messageId,
    );
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe("replies", () => {
  const reply = {
    FromFull: { Email: "jane@example.com" },
    MessageID: "m",
    Subject: "Re: hello",
    TextBody: "Yes",
    Date: "Wed, 11 Oct 2017 18:31:04 -0700",
    MailboxHash: "dec_0123",
  };

  it("are told with their words, and the decision that the address carried", () => {
    expect(signalOf(postmark.read(call(reply)))).toMatchObject({
      type: "replied",
      text: "Yes",
      decisionId: "dec_0123",
      occurredAt: Date.parse("2017-10-12T01:31:04Z"),
    });
  });

  it("of machines are told apart by their headers (RFC 3834) or their subject", () => {
    expect(readPostmark({ ...reply, Headers: [{ Name: "Auto-Submitted", Value: "auto-replied" }] })).toEqual([
      "auto_replied",
    ]);
    expect(readPostmark({ ...reply, Headers: [{ Name: "auto-submitted", Value: "no" }] })).toEqual(["replied"]);
    expect(readPostmark({ ...reply, Subject: "Automatic reply: hello" })).toEqual(["auto_replied"]);
    expect(readPostmark({ RecordType: "Bounce", Type: "AutoResponder" })).toEqual(["auto_replied"]);
  });

  it("reach Mandrill as a form", () => {
    const inbound = {
      event: "inbound",
      ts: 1_770_920_772,
      msg: {
        from_email: "jane@example.com",
        text: "Yes",
        subject: "Re: x",
        headers: { "Message-Id": "<1@x>", Precedence: "auto_reply" },
      },
    };
    expect(signalOf(mandrill.read(call(form([inbound]))))).toMatchObject({
      type: "auto_replied",
      text: "Yes",
      person: { email: "jane@example.com" },
    });
  });
});

describe("Amazon SES", () => {
  it("reads events of any length out of SNS's envelope, under the same guard", () => {
    const headers = Array.from({ length: 200 }, (_, i) => ({ name: `X-${i}`, value: "v".repeat(2_000) }));
    const event = { ...SAMPLES["amazon-ses"], mail: { ...SAMPLES["amazon-ses"].mail, headers } };
    const envelope = (Message: string) => call({ Type: "Notification", MessageId: "1", Message });
    expect(ses.read(envelope(JSON.stringify(event))).map(wordOf)).toEqual(["bounced_hard"]);
    expect(ses.read(envelope('{"__proto__":{}}'))).toMatchObject([{ kind: "unread", code: "event.forbidden_key" }]);
    // Written anew, a doubled key and a long number would be lost to whoever reads the quarantine.
    const odd = '{"eventType":"Teleport", "id":1,"id":12345678901234567890123}';
    expect(ses.read(envelope(odd))).toMatchObject([{ kind: "unread", raw: odd }]);
    expect(ses.read(envelope("Successfully validated SNS topic for Amazon SES")).map(wordOf)).toEqual(["ignored"]);
    expect(ses.read(envelope("hello")).map(wordOf)).toEqual(["unread"]);
  });

  it("makes one signal for each recipient that an event is about", () => {
    const delivery = {
      eventType: "Delivery",
      mail: { messageId: "m", destination: ["a@example.com", "b@example.com"] },
      delivery: { timestamp: "2026-02-12T18:00:00Z", recipients: ["a@example.com", "b@example.com"] },
    };
    const signals = signalsOf(ses.read(call(delivery)));
    expect(signals.map(({ person }) => person?.email)).toEqual(["a@example.com", "b@example.com"]);
    expect(new Set(signals.map(({ messageId }) => messageId)).size).toBe(2);
  });

  it.each([
    [{ eventType: "DeliveryDelay", deliveryDelay: { delayType: "MailboxFull" } }, "deferred"],
    [{ eventType: "Subscription", subscription: { newTopicPreferences: { unsubscribeAll: true } } }, "unsubscribed"],
    [{ eventType: "Complaint", complaint: { complaintFeedbackType: "not-spam" } }, "ignored"],
    [{ eventType: "Teleport" }, "unread"],
  ])("reads %j", (event, word) => {
    expect(ses.read(call({ mail: { messageId: "m", destination: ["a@example.com"] }, ...event })).map(wordOf)).toEqual([
      word,
    ]);
  });
});
