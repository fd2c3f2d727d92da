import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../documents/load-yaml.ts";
import { declarativeVendor } from "./declarative-mapping.ts";
import { allAt, parsePath } from "./json-path.ts";
import { call, PAYLOADS, signalOf, signalsOf, wordOf } from "./vendor-request.fixture.ts";
import { webhookMappingSchema } from "./webhook-mapping.ts";
import { exampleMappings, exampleVendor } from "./webhook-mappings.fixture.ts";

/** A small tool that nobody knows: the whole of what has to be written for it. */
const DIALLER = `
version: 1
name: dialler
events: calls
needs: [call_id]
type:
  from: [outcome, detail]
  values: { spoke: call_connected, "spoke/demo": { type: meeting_booked, properties: { channel: call }, text: words } }
  ignore: { ringing: "it has not ended" }
id: [call_id]
time: { from: [ended], format: [MM/DD/YYYY HH:mm, epoch_s] }
person: { user_id: [lead.id, lead.ref], phone: lead.phone, email: lead.mail }
account: { domain: lead.site }
decision_id: [custom.decision_id]
amount: { from: quote.cents, per_unit: 100, currency: { from: quote.cur, values: { "€": EUR }, default: USD } }
properties:
  direction: { from: dir, values: { in: inbound, out: outbound }, default: unknown }
  source: { value: dialler }
  labels: labels
`;

const read = (document: string, body: unknown) => {
  const parsed = parseYaml(document, { file: "map.yaml", schema: webhookMappingSchema });
  if (parsed.kind === "err") throw new Error(parsed.error[0]?.message);
  return declarativeVendor(parsed.value).read(call(body));
};

describe("a mapping", () => {
  it("says where everything stands, and in whose words", () => {
    const body = {
      calls: [
        {
          call_id: 7,
          outcome: "spoke",
          detail: "demo",
          ended: "02/12/2026 18:26",
          words: "Send me the deck",
          lead: { ref: "L-1", phone: "+1555", mail: "Jane <jane@example.com>", site: "example.com" },
          custom: '{"decision_id":"dec_1"}',
          quote: { cents: 129_900, cur: "€" },
          dir: "out",
          labels: ["hot", "emea"],
        },
      ],
    };
    expect(signalOf(read(DIALLER, body))).toEqual({
      messageId: "7",
      type: "meeting_booked",
      occurredAt: Date.parse("2026-02-12T18:26:00Z"),
      person: { userId: "L-1", email: "jane@example.com", phone: "+1555" },
      account: { domain: "example.com" },
      decisionId: "dec_1",
      value: 1_299_000_000,
      currency: "EUR",
      properties: { direction: "outbound", source: "dialler", labels: "hot,emea", channel: "call" },
      machine: null,
      text: "Send me the deck",
    });
  });

  it("looks up ever fewer of the words, and keeps unread what it has no words for, with what to add", () => {
    const calls = ["spoke", "ringing", "moved"].map((outcome, i) => ({ call_id: i, outcome, detail: "x" }));
    const items = read(DIALLER, { calls: [...calls, { outcome: "spoke" }] });
    expect(items.map(wordOf)).toEqual(["call_connected", "ignored", "unread", "unread"]);
    expect(items[2]).toMatchObject({ code: "mapping.unknown_type", message: expect.stringContaining('"moved/x"') });
    expect(items[3]).toMatchObject({ code: "mapping.needs" });
  });

  it("takes no time that it cannot read for now: the event stays unread", () => {
    const [soon] = read(DIALLER, { calls: [{ call_id: 1, outcome: "spoke", ended: "soon" }] });
    expect(soon).toMatchObject({ kind: "unread", code: "time.unreadable" });
    expect(signalOf(read(DIALLER, { calls: [{ call_id: 1, outcome: "spoke", ended: "1770920772" }] })).occurredAt).toBe(
      1_770_920_772_000,
    );
  });

  it("makes an id of the whole event where the vendor has none", () => {
    const document = "version: 1\nname: x\ntype: { value: page_viewed }";
    const ids = [{ a: 1 }, { a: 1 }, { a: 2 }].map((event) => signalOf(read(document, event)).messageId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it.each([
    ["name: Not A Name", "name", "lower case"],
    ["type: { value: Not A Type }", "type", ""],
    ["time: { from: at, format: whenever }", "time.format", ""],
    ["verify: { kind: hmac, header: X, algorithm: md5, encoding: hex }", "verify.algorithm", "sha1"],
    ["verify: { kind: hmac, header: X, algorithm: sha1, encoding: hex, signed: secret }", "verify.signed", "{body}"],
    ["persona: { email: x }", "persona", ""],
  ])("with a fault is refused where it stands: %s", (line, path, words) => {
    const key = line.split(":")[0] ?? "";
    const base = ["version: 1", "name: x", "type: { value: clicked }"].filter((kept) => !kept.startsWith(`${key}:`));
    const parsed = parseYaml([...base, line].join("\n"), { file: "map.yaml", schema: webhookMappingSchema });
    expect(parsed).toMatchObject({ kind: "err" });
    const [fault] = parsed.kind === "err" ? parsed.error : [];
    expect(`${fault?.path} ${fault?.message}`).toContain(path);
    expect(fault?.message).toContain(words);
  });
});

describe("a path", () => {
  const event = { a: { "b.c": [{ d: 1 }, { d: 2 }] }, "e/f": '{"g":3}' };
  it.each([
    ["a.*.0.d", [1]],
    ["/a/b.c/1/d", [2]],
    ["a.*.*.d", [1, 2]],
    ["/e~1f/g", [3]],
    ["", [event]],
    ["a.toString", []],
    ["a.b.c", []],
    ["__proto__.x", []],
  ])("%j leads to %j", (path, found) => {
    expect(allAt(event, parsePath(path))).toEqual(found);
  });
});

describe("the example mappings", () => {
  it("have their file's name, and types that are words", () => {
    expect(exampleMappings().map(({ name }) => name)).toEqual([
      "auth0",
      "brevo",
      "close",
      "customerio",
      "facebook-lead-ads",
      "iterable",
      "mailersend",
      "mailtrap",
      "postal",
      "resend",
      "sparkpost",
      "unisender-go",
    ]);
  });

  /** The vendors' own words, in the smallest bodies of the shapes that their pages show, and Anymail's reading of them in ours. */
  it.each<[string, unknown, readonly string[]]>([
    ["brevo", { event: "request", email: "a@example.com", ts_epoch: 1_520_363_423_000 }, ["queued"]],
    ["brevo", { event: "invalid_email", email: "a@example.com" }, ["bounced_hard"]],
    ["brevo", { event: "complaint", email: "a@example.com" }, ["complained"]],
    [
      "sparkpost",
      [{ msys: {} }, { msys: { message_event: { type: "injection", timestamp: "1454442600" } } }],
      ["ignored", "queued"],
    ],
    ["sparkpost", [{ msys: { message_event: { type: "bounce", bounce_class: "60" } } }], ["auto_replied"]],
    ["sparkpost", [{ msys: { message_event: { type: "bounce", bounce_class: "10" } } }], ["bounced_hard"]],
    ["sparkpost", [{ msys: { gen_event: { type: "generation_rejection" } } }], ["suppressed"]],
    [
      "sparkpost",
      [{ msys: { track_event: { type: "initial_open" } } }, { msys: { track_event: { type: "amp_click" } } }],
      ["ignored", "clicked"],
    ],
    [
      "resend",
      { type: "email.delivery_delayed", created_at: "2023-02-22T23:41:12.126Z", data: { to: ["A <a@example.com>"] } },
      ["deferred"],
    ],
    ["resend", { type: "email.bounced", data: { bounce: { message: "a hard bounce" } } }, ["bounced_hard"]],
    [
      "mailersend",
      { type: "activity.soft_bounced", data: { id: "1", email: { recipient: { email: "a@example.com" } } } },
      ["bounced_soft"],
    ],
    [
      "mailtrap",
      {
        events: [
          { event: "soft bounce", event_id: "1" },
          { event: "reject", event_id: "2" },
        ],
      },
      ["deferred", "suppressed"],
    ],
    [
      "postal",
      {
        event: "MessageSent",
        uuid: "1",
        payload: { status: "Sent", message: { to: "a@example.com", direction: "outgoing" } },
      },
      ["delivered"],
    ],
    ["postal", { event: "MessageSent", uuid: "1", payload: { message: { direction: "incoming" } } }, ["ignored"]],
    [
      "unisender-go",
      {
        events_by_user: [
          {
            events: [
              {
                event_name: "transactional_email_status",
                event_data: { status: "hard_bounced", email: "a@example.com" },
              },
              { event_name: "transactional_spam_block", event_data: {} },
            ],
          },
        ],
      },
      ["bounced_hard", "ignored"],
    ],
  ])("%s reads %j", (name, body, words) => {
    expect(exampleVendor(name).read(call(body)).map(wordOf)).toEqual(words);
  });

  it("read times, persons and machines of them", () => {
    const opened = {
      event: "unique_proxy_open",
      email: "a@example.com",
      ts_epoch: 1_520_363_423_000,
      "X-Mailin-custom": '{"decision_id":"dec_1"}',
    };
    expect(signalOf(exampleVendor("brevo").read(call(opened)))).toMatchObject({
      occurredAt: Date.parse("2018-03-06T19:10:23Z"),
      person: { email: "a@example.com" },
      decisionId: "dec_1",
      machine: { vendorSaysMachine: true },
    });
    const sparkpost = exampleVendor("sparkpost");
    const times = ["1454442600", "2018-10-11T23:24:45.000+00:00"].map(
      (timestamp) =>
        signalOf(sparkpost.read(call([{ msys: { track_event: { type: "open", timestamp } } }]))).occurredAt,
    );
    expect(times).toEqual([Date.parse("2016-02-02T19:50:00Z"), Date.parse("2018-10-11T23:24:45Z")]);
  });
});

const SOURCES = `${PAYLOADS}/rudderstack_source_webhooks`;

interface Pair {
  readonly input: { readonly request: { readonly body: string } };
  readonly output: {
    readonly queue: readonly {
      readonly event?: string;
      readonly type: string;
      readonly userId?: string;
      readonly messageId: string;
      readonly originalTimestamp?: string;
      readonly timestamp?: string;
    }[];
  };
}

const pairsOf = (file: string): readonly Pair[] => JSON.parse(readFileSync(`${SOURCES}/${file}.json`, "utf8"));

/** RudderStack's names of what they expect, and ours. What goes to one's own team is no signal of ours. */
const CUSTOMERIO: Readonly<Record<string, string>> = {
  "Customer Subscribed": "resubscribed",
  "Customer Unsubscribed": "unsubscribed",
  "Email Subscribed": "resubscribed",
  "Email Drafted": "ignored",
  "Email Sent": "sent",
  "Email Delivered": "delivered",
  "Email Bounced": "bounced_hard",
  "Email Link Clicked": "clicked",
  "Push Sent": "sent",
  "Push Delivered": "delivered",
  "Push Attempted": "deferred",
  "Push Link Clicked": "clicked",
  "SMS Attempted": "deferred",
  "SMS Link Clicked": "clicked",
  "Slack Message Sent": "ignored",
  "Slack Message Link Clicked": "ignored",
  "Slack Message Failed": "ignored",
  "Webhook Message Drafted": "ignored",
  "Webhook Message Attempted": "ignored",
  "Webhook Message Sent": "ignored",
  "Webhook Message Link Clicked": "ignored",
  "Webhook Message Failed": "ignored",
};

const ITERABLE: Readonly<Record<string, string>> = {
  emailSubscribe: "resubscribed",
  emailUnSubscribe: "unsubscribed",
  hostedUnsubscribeClick: "unsubscribe_page_viewed",
  emailSend: "sent",
  emailSendSkip: "skipped",
  emailOpen: "opened",
  emailClick: "clicked",
  emailBounce: "bounced_hard",
  emailComplaint: "complained",
  inAppSend: "sent",
  inAppSendSkip: "skipped",
  inAppOpen: "opened",
  inAppClick: "clicked",
  pushSend: "sent",
  pushSendSkip: "skipped",
  pushOpen: "opened",
  pushBounce: "bounced_hard",
  pushUninstall: "push_uninstalled",
  smsSend: "sent",
  smsSendSkip: "skipped",
  smsBounce: "bounced_hard",
  smsClick: "clicked",
  smsReceived: "replied",
  webPushSend: "sent",
  webPushSendSkip: "skipped",
};

describe.skipIf(!existsSync(SOURCES))("RudderStack's recorded pairs (skipped where ../shared is absent)", () => {
  it.each([
    ["customerio", CUSTOMERIO, 24],
    ["iterable", ITERABLE, 31],
  ] as const)("%s: every pair is read as what RudderStack expects, at its time", (name, words, count) => {
    const pairs = pairsOf(name);
    let undatable = 0;
    expect(pairs).toHaveLength(count);
    for (const { input, output } of pairs) {
      const items = exampleVendor(name).read(call(input.request.body));
      const [expected] = output.queue;
      const isUndatable = items.some((item) => item.kind === "unread" && item.code === "time.unreadable");
      if (isUndatable) undatable += 1;
      const word = expected === undefined || isUndatable ? "unread" : words[expected.event ?? ""];
      expect(items.map(wordOf)).toEqual([word]);
      // RudderStack reads no time that is given in text; we do.
      const said = Date.parse(expected?.originalTimestamp ?? expected?.timestamp ?? "");
      const others = items.filter((item) => item.kind === "signal" && item.signal.occurredAt !== said);
      expect(Number.isNaN(said) ? [] : others).toEqual([]);
    }
    // One pair's time is no time: RudderStack leaves it out, we ask.
    expect(undatable).toBeLessThanOrEqual(1);
  });

  it("auth0: what RudderStack takes for a new user signed up; the rest of the log is about the tenant", () => {
    for (const { input, output } of pairsOf("auth0")) {
      const items = exampleVendor("auth0").read(call(input.request.body));
      const kinds = output.queue.map(({ type }) => (type === "identify" ? "signed_up" : "ignored"));
      expect(items.map(wordOf)).toEqual(kinds);
    }
    expect(pairsOf("auth0")).toHaveLength(8);
  });

  it("close: a group is none of our business, a deleted lead a fact, and a won opportunity has its value", () => {
    const read = pairsOf("close_crm").map(({ input }) => exampleVendor("close").read(call(input.request.body)));
    expect(read.map((items) => items.map(wordOf))).toEqual([["ignored"], ["lead_deleted"], ["opportunity_won"]]);
    expect(signalsOf(read[2] ?? [])).toMatchObject([
      {
        messageId: "ev_123",
        occurredAt: Date.parse("2019-01-15T12:48:23.395Z"),
        account: { accountId: "lead_123" },
        value: 1_000_000_000,
        currency: "USD",
        properties: { stage: "Won", from_stage: "Active" },
      },
    ]);
  });

  it("facebook lead ads: every lead is a form, also without an id; what is none is kept unread", () => {
    for (const { input, output } of pairsOf("facebook_lead_ads")) {
      const items = exampleVendor("facebook-lead-ads").read(call(input.request.body));
      const [expected] = output.queue;
      const isUndatable = items.some((item) => item.kind === "unread" && item.code === "time.unreadable");
      expect(items.map(wordOf)).toEqual([expected === undefined || isUndatable ? "unread" : "form_submitted"]);
      const said = Date.parse(expected?.originalTimestamp ?? "");
      const others = items.filter((item) => item.kind === "signal" && (item.signal.occurredAt ?? Number.NaN) !== said);
      expect(Number.isNaN(said) ? [] : others).toEqual([]);
    }
  });
});
