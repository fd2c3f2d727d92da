import { describe, expect, it } from "vitest";
import { amazonSes } from "./amazon-ses.ts";
import type { SigningCertificates } from "./sns-signature.ts";
import { AWS_CERTIFICATE, AWS_MESSAGES, AWS_TOPIC } from "./sns-vectors.fixture.ts";
import { at, call } from "./vendor-request.fixture.ts";

const certificates: SigningCertificates = { fetch: async () => AWS_CERTIFICATE };
const ses = amazonSes(certificates);
const now = at("2026-03-06T20:01:00Z");

const codeOf = async (body: unknown, secret = AWS_TOPIC, vendor = ses, when = now): Promise<string> => {
  const verified = await vendor.verify(call(body), secret, when);
  return verified.kind === "ok" ? "ok" : verified.error.code;
};

describe("real messages of Amazon SNS", () => {
  it.each(Object.entries(AWS_MESSAGES))("%s verifies", async (_, message) => {
    expect(await codeOf(message)).toBe("ok");
  });

  it("are refused once any signed field differs", async () => {
    for (const message of Object.values(AWS_MESSAGES)) {
      expect(await codeOf({ ...message, Message: `${message.Message} ` })).toBe("signature.wrong");
      expect(await codeOf({ ...message, Subject: "another" })).toBe(
        message.Type === "Notification" ? "signature.wrong" : "ok",
      );
      expect(await codeOf({ ...message, Timestamp: "2026-03-06T19:59:59.000Z" })).toBe("signature.wrong");
    }
  });

  it("are refused for another topic: anybody may have one of their own", async () => {
    expect(await codeOf(AWS_MESSAGES.notification, "arn:aws:sns:us-west-2:1:another")).toBe("topic.wrong");
    expect(await codeOf(AWS_MESSAGES.notification, "")).toBe("secret.missing");
  });

  it("are refused a day later, and once the certificate has ended", async () => {
    expect(await codeOf(AWS_MESSAGES.notification, AWS_TOPIC, ses, at("2026-03-08T00:00:00Z"))).toBe(
      "timestamp.outside_window",
    );
    expect(await codeOf(AWS_MESSAGES.notification, AWS_TOPIC, ses, at("2027-01-01T00:00:00Z"))).toBe(
      "certificate.expired",
    );
  });
});

describe("the certificate", () => {
  it.each([
    "http://sns.us-west-2.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
    "https://sns.us-west-2.amazonaws.com.evil.example/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
    "https://evil.example/?https://sns.us-west-2.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
    "https://user@sns.us-west-2.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
    "https://s3.us-west-2.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
    "https://sns.us-west-2.amazonaws.com/../SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
    "https://sns.169.254.169.254/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
  ])("is never fetched from %s", async (url) => {
    const asked: string[] = [];
    const watching = amazonSes({
      fetch: async (address) => {
        asked.push(address);
        return AWS_CERTIFICATE;
      },
    });
    const message = { ...AWS_MESSAGES.notification, SigningCertURL: url };
    expect(await codeOf(message, AWS_TOPIC, watching)).toBe("certificate.untrusted");
    expect(asked).toEqual([]);
  });

  it("that cannot be had, or is none, refuses the call", async () => {
    expect(await codeOf(AWS_MESSAGES.notification, AWS_TOPIC, amazonSes({ fetch: async () => null }))).toBe(
      "certificate.unavailable",
    );
    expect(await codeOf(AWS_MESSAGES.notification, AWS_TOPIC, amazonSes({ fetch: async () => "<html>" }))).toBe(
      "certificate.unavailable",
    );
  });
});

describe("a subscription", () => {
  it("is asked to be confirmed at Amazon's own address", () => {
    expect(ses.read(call(AWS_MESSAGES.confirmation))).toMatchObject([
      { kind: "confirmation", url: AWS_MESSAGES.confirmation.SubscribeURL },
    ]);
  });

  it("is never confirmed anywhere else", () => {
    const items = ses.read(
      call({ ...AWS_MESSAGES.confirmation, SubscribeURL: "https://evil.example/?Action=ConfirmSubscription&x=1" }),
    );
    expect(items).toMatchObject([{ kind: "unread", code: "ses.untrusted_subscribe_url" }]);
  });
});
