import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { amazonSes } from "./amazon-ses.ts";
import { mailjet } from "./mailjet.ts";
import { mandrill } from "./mandrill.ts";
import { postmark } from "./postmark.ts";
import { sendgrid } from "./sendgrid.ts";
import { call, PAYLOADS, signalOf, wordOf } from "./vendor-request.fixture.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const FOLDER = `${PAYLOADS}/email_esp_webhooks`;

/** Anymail's event types, which the catalogue asserts, and ours. Where ours say more, several of them are one of theirs. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  queued: ["queued"],
  sent: ["sent"],
  // "The ESP is unable to send": refused by its lists, or by its checks.
  rejected: ["suppressed", "failed"],
  failed: ["failed"],
  bounced: ["bounced_hard", "bounced_soft"],
  deferred: ["deferred"],
  delivered: ["delivered"],
  autoresponded: ["auto_replied"],
  opened: ["opened"],
  clicked: ["clicked"],
  complained: ["complained"],
  unsubscribed: ["unsubscribed"],
  subscribed: ["resubscribed"],
  inbound: ["replied", "auto_replied"],
  unknown: ["ignored"],
};

interface Recorded {
  readonly test: string;
  readonly normalized_event_type_asserted_by_test: readonly string[];
  readonly payload: unknown;
}

/** SES's events, as SNS brings them. */
function bySns(event: unknown): VendorRequest {
  const isEnvelope = typeof event === "object" && event !== null && "Type" in event;
  return call(isEnvelope ? event : { Type: "Notification", MessageId: "m-1", Message: JSON.stringify(event) });
}

const byForm = (events: unknown): VendorRequest =>
  call(new URLSearchParams({ mandrill_events: JSON.stringify(events) }).toString());

const ses = amazonSes({ fetch: async () => null });

const FILES: readonly (readonly [string, Vendor, (payload: unknown) => VendorRequest])[] = [
  ["sendgrid_webhooks", sendgrid, call],
  ["postmark_webhooks", postmark, call],
  ["postmark_inbound", postmark, call],
  ["mailjet_webhooks", mailjet, call],
  ["mailjet_inbound", mailjet, call],
  ["mandrill_webhooks", mandrill, byForm],
  ["amazon_ses_webhooks", ses, bySns],
  ["amazon_ses_inbound", ses, bySns],
];

function recordings(file: string): readonly Recorded[] {
  return JSON.parse(readFileSync(`${FOLDER}/${file}.json`, "utf8"));
}

describe.skipIf(!existsSync(FOLDER))("recorded payloads of mail providers (skipped where ../shared is absent)", () => {
  // The body of a skipped description runs all the same.
  for (const [file, vendor, asCall] of existsSync(FOLDER) ? FILES : []) {
    for (const { test, normalized_event_type_asserted_by_test: theirs, payload } of recordings(file)) {
      const asserted = theirs[0];
      if (asserted === undefined) continue;
      it(`${file}: ${test} is ${asserted}`, () => {
        const words = vendor.read(asCall(payload)).map(wordOf);
        expect(words.length).toBeGreaterThan(0);
        expect(words.filter((word) => !OURS[asserted]?.includes(word))).toEqual([]);
      });
    }
  }

  it("asserts a type for 43 of them, and reads each of the others without losing it", () => {
    const all = FILES.flatMap(([file, vendor, asCall]) =>
      recordings(file).map((recorded) => ({ recorded, items: vendor.read(asCall(recorded.payload)) })),
    );
    expect(all.filter(({ recorded }) => recorded.normalized_event_type_asserted_by_test.length > 0)).toHaveLength(43);
    expect(all.filter(({ items }) => items.length === 0)).toEqual([]);
    const unread = all
      .filter(({ items }) => items.some(({ kind }) => kind === "unread"))
      .map(({ recorded }) => recorded.test);
    expect(unread).toEqual([
      // Envelopes made for Anymail's error paths: a tracking event without a recipient, receipts that name no mail.
      "AmazonSESNotificationsTests.test_incorrect_received_event",
      "AmazonSESInboundTests.test_inbound_s3_failure_message",
      "AmazonSESInboundTests.test_incorrect_tracking_event",
    ]);
  });

  it("tells why a mail was not delivered", () => {
    const of = (file: string, vendor: Vendor, name: string): string => {
      const recorded = recordings(file).find(({ test }) => test.endsWith(name));
      return signalOf(vendor.read(call(recorded?.payload))).type;
    };
    expect(of("sendgrid_webhooks", sendgrid, "test_dropped_invalid_event")).toBe("failed");
    expect(of("sendgrid_webhooks", sendgrid, "test_dropped_bounced")).toBe("suppressed");
    expect(of("sendgrid_webhooks", sendgrid, "test_dropped_unsubscribed_event")).toBe("suppressed");
    expect(of("sendgrid_webhooks", sendgrid, "test_bounce_event")).toBe("bounced_hard");
    expect(of("postmark_webhooks", postmark, "test_bounce_event")).toBe("bounced_hard");
  });

  it("reads Postmark's own sample of a reply", () => {
    const sample: unknown = JSON.parse(readFileSync(`${FOLDER}/postmark-inbound-test-payload.json`, "utf8"));
    expect(signalOf(postmark.read(call(sample)))).toMatchObject({
      type: "replied",
      occurredAt: Date.parse("2023-05-05T21:44:33Z"),
      person: { email: "support@postmarkapp.com" },
      text: "This is the reply text",
    });
  });
});

const SOURCES = `${PAYLOADS}/rudderstack_source_webhooks`;

describe.skipIf(!existsSync(SOURCES))("recorded Mailjet calls (skipped where ../shared is absent)", () => {
  it("come out as many and at the times that RudderStack gives them", () => {
    const pairs: readonly {
      readonly input: { readonly request: { readonly body: string } };
      readonly output: { readonly queue: readonly { readonly originalTimestamp: string }[] };
    }[] = JSON.parse(readFileSync(`${SOURCES}/mailjet.json`, "utf8"));
    for (const { input, output } of pairs) {
      const items = mailjet.read(call(input.request.body));
      expect(items.map((item) => item.kind === "signal" && item.signal.occurredAt)).toEqual(
        output.queue.map(({ originalTimestamp }) => Date.parse(originalTimestamp)),
      );
    }
    expect(pairs).toHaveLength(6);
  });
});
