import { decisionInHeaders, oneSignal, personOf } from "./draft-signal.ts";
import { isObject, textAt, valueAt } from "./json.ts";
import type { Reading } from "./read-body.ts";
import type { SaidTime } from "./vendor-time.ts";

/** A mail that a vendor received for us. */
export interface InboundMail {
  readonly messageId: string;
  /** The vendor's word, else the `Date` header: its sender's program wrote that one, and a reply is not kept waiting for it. */
  readonly occurredAt: SaidTime;
  /** The `From` field or the bare address. */
  readonly from: string | null;
  readonly subject: string | null;
  /** What was written, without the quoted mail where the vendor can tell. */
  readonly text: string | null;
  /** As `{name, value}`, in any capitals. */
  readonly headers: readonly unknown[];
  /** Found elsewhere than in the headers. */
  readonly decisionId: string | null;
}

/** A reply, or what a machine answered in somebody's absence (RFC 3834 and the older headers that mean the same). */
export function inboundReading(mail: InboundMail): readonly Reading[] {
  return oneSignal({
    messageId: mail.messageId,
    type: isAutomatic(mail) ? "auto_replied" : "replied",
    occurredAt: mail.occurredAt,
    person: personOf({ email: addressIn(mail.from) }),
    decisionId: mail.decisionId ?? decisionInHeaders(mail.headers),
    properties: { channel: "email" },
    text: mail.text,
  });
}

/** The bare address of `"Name" <address>`. */
export function addressIn(from: string | null): string | null {
  if (from === null || from.length > 1_000) return null;
  const open = from.lastIndexOf("<");
  const address = open === -1 ? from : from.slice(open + 1, Math.max(from.indexOf(">", open), open + 1));
  return address.includes("@") && !/\s/u.test(address.trim()) ? address.trim() : null;
}

/** Headers given as an object of name to text or texts, as `{name, value}` each. */
export function headerList(headers: unknown): readonly { readonly name: string; readonly value: string }[] {
  if (!isObject(headers)) return [];
  return Object.entries(headers).flatMap(([name, value]) => {
    const text = textAt(value) ?? textAt(value, 0);
    return text === null ? [] : [{ name, value: text }];
  });
}

const AUTOMATIC_SUBJECT = /^(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office)\b/iu;

function isAutomatic({ headers, subject }: InboundMail): boolean {
  const said = (wanted: string): string | null => {
    const found = headers.find((header) => {
      const name = valueAt(header, "name") ?? valueAt(header, "Name");
      return typeof name === "string" && name.toLowerCase() === wanted;
    });
    return (textAt(found, "value") ?? textAt(found, "Value"))?.toLowerCase() ?? null;
  };
  const submitted = said("auto-submitted");
  if (submitted !== null && submitted !== "no") return true;
  if (said("x-autoreply") !== null || said("x-autorespond") !== null) return true;
  return said("precedence") === "auto_reply" || AUTOMATIC_SUBJECT.test(subject ?? "");
}
