import { verify as verifySignature, X509Certificate } from "node:crypto";
import type { Instant } from "@ratchet/engine";
import { missing, NO_SECRET, outsideWindow, sameText } from "./authenticate.ts";
import { valueAt } from "./json.ts";
import { bodyText, parseJson } from "./read-body.ts";
import { refused, VERIFIED, type VendorRequest, type Verification } from "./vendor.ts";
import { isoTime } from "./vendor-time.ts";

/** Where the certificates come from that Amazon SNS signs with. */
export interface SigningCertificates {
  /**
   * The certificate in PEM. Called with checked addresses of Amazon's own only; worth caching by address.
   *
   * @returns null where it cannot be had: the call is then refused, and SNS sends it again.
   */
  fetch(url: string): Promise<string | null>;
}

/** SNS tries for hours, and every try carries the time of the first. */
const WINDOW_MS = 12 * 3_600_000;

/** What is signed, by the kind of message, in this order; absent fields are left out. */
const NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"] as const;
const CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"] as const;
const SIGNED_FIELDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["Notification", NOTIFICATION],
  ["SubscriptionConfirmation", CONFIRMATION],
  ["UnsubscribeConfirmation", CONFIRMATION],
]);

const DIGESTS: ReadonlyMap<string, string> = new Map([
  ["1", "sha1"],
  ["2", "sha256"],
]);

const CERTIFICATE_URL =
  /^https:\/\/sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[0-9a-f]{32}\.pem$/u;
const SUBSCRIBE_URL =
  /^https:\/\/sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?\/\?Action=ConfirmSubscription&[\w&=:.%-]+$/u;

/** Whether an address is SNS's own for saying yes to a subscription: nothing else may be called. */
export function isSubscribeUrl(url: string): boolean {
  return SUBSCRIBE_URL.test(url);
}

/**
 * Whether an SNS message is Amazon's, and of this topic.
 *
 * The signature alone says only that *some* topic of *some* AWS account sent it: anybody has one. So the topic is this source's secret.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export async function verifySnsMessage(
  request: VendorRequest,
  {
    topicArn,
    now,
    certificates,
  }: { readonly topicArn: string; readonly now: Instant; readonly certificates: SigningCertificates },
): Promise<Verification> {
  if (topicArn === "") return NO_SECRET;
  const body = parseJson(bodyText(request));
  if (body.kind === "err") return refused(body.error.code, body.error.message);
  const field = (name: string): string | null => exactText(body.value, name);
  const fields = SIGNED_FIELDS.get(field("Type") ?? "");
  const digest = DIGESTS.get(field("SignatureVersion") ?? "");
  const signature = field("Signature");
  if (fields === undefined || digest === undefined || signature === null)
    return missing("SNS message with a signature of version 1 or 2");
  if (!sameText(topicArn, field("TopicArn") ?? ""))
    return refused("topic.wrong", "the message is not of the topic that this source listens to");
  const url = field("SigningCertURL") ?? "";
  if (!CERTIFICATE_URL.test(url))
    return refused("certificate.untrusted", "the signing certificate is not at Amazon SNS");
  const pem = await certificates.fetch(url);
  const certificate = pem === null ? null : readCertificate(pem);
  if (certificate === null) return refused("certificate.unavailable", "Amazon's signing certificate could not be read");
  if (!isValidAt(certificate, now))
    return refused("certificate.expired", "the certificate is not Amazon SNS's, or not valid now");
  const signed = fields.flatMap((name) => (field(name) === null ? [] : [`${name}\n${field(name)}\n`])).join("");
  const bytes = Buffer.from(signature, "base64");
  const isAmazons =
    bytes.toString("base64") === signature &&
    verifySignature(digest, Buffer.from(signed), certificate.publicKey, bytes);
  if (!isAmazons) return refused("signature.wrong", "the signature does not belong to this message");
  return outsideWindow(isoTime(field("Timestamp")), now, WINDOW_MS) ?? VERIFIED;
}

/** A text exactly as sent: what is signed must not be trimmed. */
function exactText(body: unknown, name: string): string | null {
  const value = valueAt(body, name);
  return typeof value === "string" ? value : null;
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function isValidAt(certificate: X509Certificate, now: Instant): boolean {
  return (
    certificate.checkHost("sns.amazonaws.com") !== undefined &&
    Date.parse(certificate.validFrom) <= now &&
    now <= Date.parse(certificate.validTo)
  );
}
