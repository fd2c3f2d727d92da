import { generateKeyPairSync, sign } from "node:crypto";
import type { HookCall } from "./signed-hooks.fixture.ts";

/** The topic of a fuzzed source, and where its messages say that their certificate is. */
export const SNS_TOPIC = "arn:aws:sns:us-west-2:123456789012:fuzzed";
const CERTIFICATE_URL = `https://sns.us-west-2.amazonaws.com/SimpleNotificationService-${"0".repeat(32)}.pem`;

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** A certificate of SNS's name over a key that was made here: Amazon's own key nobody has. */
export const SNS_CERTIFICATE = certificate();

/** A notification of SNS with a valid signature, whatever it carries. */
export function snsCall(message: string, nowMs: number): HookCall {
  const signed = {
    Message: message,
    MessageId: "26858270-545e-5848-82a2-e05566af3dcf",
    Timestamp: new Date(nowMs).toISOString(),
    TopicArn: SNS_TOPIC,
    Type: "Notification",
  };
  const text = Object.entries(signed)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join("");
  const Signature = sign("sha256", Buffer.from(text), keys.privateKey).toString("base64");
  const body = JSON.stringify({ ...signed, SignatureVersion: "2", Signature, SigningCertURL: CERTIFICATE_URL });
  return { body, headers: { "content-type": "text/plain; charset=UTF-8" }, kept: `${message}\n${body}` };
}

/** X.509 version 1 in DER (RFC 5280, section 4.1): all that a reader of it asks for is its name, its days and its key. */
function certificate(): string {
  const algorithm = der(0x30, Buffer.from("06082a8648ce3d040302", "hex")); // ecdsa-with-SHA256
  const commonName = der(0x30, Buffer.from("0603550403", "hex"), der(0x0c, Buffer.from("sns.amazonaws.com")));
  const name = der(0x30, der(0x31, commonName));
  const days = der(0x30, ...["250101000000Z", "350101000000Z"].map((day) => der(0x17, Buffer.from(day))));
  const publicKey = keys.publicKey.export({ format: "der", type: "spki" });
  const body = der(0x30, der(0x02, Buffer.from([1])), algorithm, name, days, name, publicKey);
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, keys.privateKey));
  const whole = der(0x30, body, algorithm, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${whole.replaceAll(/.{64}/gu, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

/** A tag, the length of what follows, and that. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
