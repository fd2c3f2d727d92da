import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { instant } from "@ratchet/engine";
import { sharedSecret } from "./authenticate.ts";
import { calendly } from "./calendly.ts";
import { hubspot } from "./hubspot.ts";
import { mailgun } from "./mailgun.ts";
import { mailjet } from "./mailjet.ts";
import { mandrill } from "./mandrill.ts";
import { outreach } from "./outreach.ts";
import { salesloft } from "./salesloft.ts";
import { sendgrid } from "./sendgrid.ts";
import { at, call } from "./vendor-request.fixture.ts";

const codeOf = (verification: Awaited<ReturnType<typeof hubspot.verify>>): string =>
  verification.kind === "ok" ? "ok" : verification.error.code;

describe("published vectors", () => {
  /** sendgrid-nodejs, packages/eventwebhook/src/eventwebhook.spec.js. */
  const published = {
    key: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==",
    otherKey:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==",
    headers: {
      "x-twilio-email-event-webhook-signature":
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=",
      "x-twilio-email-event-webhook-timestamp": "1588788367",
    },
    body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
    now: instant(1_588_788_367_000),
  };

  it("SendGrid's own verifies, and with another key, body, signature or time does not", async () => {
    const { key, otherKey, headers, body, now } = published;
    expect(codeOf(await sendgrid.verify(call(body, { headers }), key, now))).toBe("ok");
    expect(codeOf(await sendgrid.verify(call(body, { headers }), otherKey, now))).toBe("signature.wrong");
    expect(codeOf(await sendgrid.verify(call("payload", { headers }), key, now))).toBe("signature.wrong");
    const signature =
      "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0=";
    const forged = { ...headers, "x-twilio-email-event-webhook-signature": signature };
    expect(codeOf(await sendgrid.verify(call(body, { headers: forged }), key, now))).toBe("signature.wrong");
    const late = { ...headers, "x-twilio-email-event-webhook-timestamp": "timestamp" };
    expect(codeOf(await sendgrid.verify(call(body, { headers: late }), key, now))).toBe("signature.wrong");
  });

  /** hubspot-api-python, tests/spec/utils/test_signature.py, and hubspot-api-ruby, spec/helpers/signature_spec.rb. */
  it.each([
    ["1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="],
    ["1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="],
  ])("HubSpot's of version 3, signed at %s", async (timestamp, signature) => {
    const request = call("{'example_field':'example_value'}", {
      url: "https://www.example.com/webhook_uri",
      headers: { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp },
    });
    const secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
    expect(codeOf(await hubspot.verify(request, secret, instant(Number(timestamp) + 1_000)))).toBe("ok");
    expect(codeOf(await hubspot.verify({ ...request, method: "GET" }, secret, instant(Number(timestamp))))).toBe(
      "signature.wrong",
    );
    const later = instant(Number(timestamp) + 300_001);
    expect(codeOf(await hubspot.verify(request, secret, later))).toBe("timestamp.outside_window");
  });
});

/*
 * No vector with its key is published by the others (Mailgun's page shows a signature without the key that made it). These were made with
 * `printf … | openssl dgst -sha256 -hmac …`, another implementation than the one under test.
 */
describe("vectors made with openssl", () => {
  it("Mailgun: timestamp and token", async () => {
    const signed = { timestamp: "1770920772", token: "e0b5477167110d68991efc6b9f89f0a11066af27834600e123" };
    const signature = "cf2732a8a7fd87614e9ac36a578b208c5c302c0e6198f277d4b59110131263f7";
    const request = call({ signature: { ...signed, signature }, "event-data": { event: "opened" } });
    expect(codeOf(await mailgun.verify(request, "key-of-the-docs", at("2026-02-12T18:30:00Z")))).toBe("ok");
    expect(codeOf(await mailgun.verify(request, "another key", at("2026-02-12T18:30:00Z")))).toBe("signature.wrong");
    expect(codeOf(await mailgun.verify(request, "key-of-the-docs", at("2026-02-14T18:30:00Z")))).toBe(
      "timestamp.outside_window",
    );
  });

  it("Mailgun: whose signature signs any event names the token that must not come twice", () => {
    const token = "e0b5477167110d68991efc6b9f89f0a11066af27834600e123";
    expect(mailgun.onceKey?.(call({ signature: { token } }))).toBe(token);
    expect(mailgun.onceKey?.(call("nothing"))).toBeNull();
  });

  it("Calendly: time, dot, body", async () => {
    const signature = "ab23f5565f815929f4bccbcbf8df63145bc295d4e78694bdc302fa2faada7c31";
    const request = call('{"event":"invitee.created"}', {
      headers: { "calendly-webhook-signature": `t=1770920772,v1=${signature}` },
    });
    expect(codeOf(await calendly.verify(request, "calendly-key", instant(1_770_920_772_000)))).toBe("ok");
    expect(codeOf(await calendly.verify(request, "calendly-key", instant(1_770_920_772_000 + 180_001)))).toBe(
      "timestamp.outside_window",
    );
  });

  it("Outreach: the body, in hex", async () => {
    const request = call('{"data":{"type":"mailing"}}', {
      headers: { "outreach-webhook-signature": "20339319e8285de3c8f88281f1c23a30f11b1c19c9591a9d26423083e165b9ab" },
    });
    expect(codeOf(await outreach.verify(request, "outreach-secret", instant(0)))).toBe("ok");
  });

  it("Salesloft: the body with SHA-1, in hex", async () => {
    const request = call('{"id":1}', {
      headers: { "x-salesloft-signature": "40869c58a1f1cedac68ecf001117e458b50c8232" },
    });
    expect(codeOf(await salesloft.verify(request, "salesloft-token", instant(0)))).toBe("ok");
  });

  it("Mandrill: the URL and the form's fields, in base64", async () => {
    const body = new URLSearchParams({ mandrill_events: '[{"event":"send"}]' }).toString();
    const request = call(body, {
      url: "https://ratchet.example.com/hooks/mandrill/m",
      headers: { "x-mandrill-signature": "E571l6RMN31gDzZQSUyX3tu+7Ys=" },
    });
    expect(codeOf(await mandrill.verify(request, "mandrill-key", instant(0)))).toBe("ok");
  });
});

describe("HubSpot's address", () => {
  it("is signed with some of its escapes undone", async () => {
    const now = instant(1_790_000_000_000);
    const signature = createHmac("sha256", "s")
      .update("POSThttps://example.com/hook?to=a:b@c%20d[]1790000000000")
      .digest("base64");
    const headers = { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": "1790000000000" };
    const request = call("[]", { url: "https://example.com/hook?to=a%3Ab%40c%20d", headers });
    expect(codeOf(await hubspot.verify(request, "s", now))).toBe("ok");
  });
});

describe("a shared secret", () => {
  const secret = "hook:pässword";
  it.each([
    [
      "Basic authorization",
      call("{}", { headers: { authorization: `Basic ${Buffer.from(secret).toString("base64")}` } }),
    ],
    ["a header", call("{}", { headers: { "x-ratchet-token": secret } })],
    ["the query", call("{}", { url: `https://example.com/hooks/p/1?token=${encodeURIComponent(secret)}` })],
  ])("is taken from %s", (_, request) => {
    expect(sharedSecret(request, secret).kind).toBe("ok");
    expect(sharedSecret(request, "another")).toMatchObject({ kind: "err", error: { code: "secret.wrong" } });
  });

  it("is needed: a source without one takes nothing, nor does a call without one pass", async () => {
    expect(
      codeOf(await mailjet.verify(call("{}", { headers: { authorization: "Bearer " } }), "", at("2026-01-01"))),
    ).toBe("secret.missing");
    expect(codeOf(await mailjet.verify(call("{}"), secret, at("2026-01-01")))).toBe("secret.not_presented");
  });
});
