import type { Instant, ReceivedSignal } from "@ratchet/engine";
import type { ReadingSettings } from "./reading-settings.ts";
import type { SaidTime } from "./vendor-time.ts";

/** A webhook call as it came in, before anybody has read it. */
export interface VendorRequest {
  /** The body's bytes as sent (after `Content-Encoding`): signatures cover bytes, not what they mean. */
  readonly rawBody: Uint8Array;
  /** Header values under lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** In capitals. */
  readonly method: string;
  /** The public URL that the vendor called, with its query: behind a proxy not the one that the server sees. */
  readonly url: string;
}

/** Why a call or an item was not taken. */
export interface VendorFault {
  /** Stable, `area.reason`. */
  readonly code: string;
  readonly message: string;
}

/** Whether a call is the vendor's own. */
export type Verification = { readonly kind: "ok" } | { readonly kind: "err"; readonly error: VendorFault };

/** What an event says of whose an opportunity is, in the vendor's own ids. */
export interface SaidTie {
  /** Null where the event names the part alone. */
  readonly opportunityId: string | null;
  readonly occurredAt: SaidTime;
  readonly to:
    | { readonly kind: "account"; readonly accountId: string; readonly isPrimary: boolean }
    | {
        /** A person plays a part in it. */
        readonly kind: "part";
        /** The part's own id; null where the person's stands for it. */
        readonly id: string | null;
        readonly contactId: string | null;
        readonly role: string | null;
      };
  /** It is over. */
  readonly isRemoved: boolean;
}

/** What one event of a call came to. Nothing is dropped: what is no signal says why, with what was sent. */
export type VendorItem =
  | {
      readonly kind: "signal";
      readonly signal: ReceivedSignal;
      /** The event's own text: a signal may still be refused, for being about nobody. */
      readonly raw: string;
    }
  /** Whose an opportunity is: no signal, and kept for the opportunity's other events. */
  | { readonly kind: "tie"; readonly tie: SaidTie; readonly raw: string }
  /** Understood, and deliberately not a signal. */
  | { readonly kind: "ignored"; readonly why: string; readonly raw: string }
  /** Not understood: for quarantine. `raw` is the event's text as sent, or the body's where no event could be told apart. */
  | { readonly kind: "unread"; readonly code: string; readonly message: string; readonly raw: string }
  /** The vendor asks whether this endpoint wants its events: call `url` (its own host, checked) to say yes. */
  | { readonly kind: "confirmation"; readonly url: string; readonly raw: string };

/**
 * One vendor's webhooks: whether a call is theirs, and what it says in our words.
 *
 * `verify` comes first. `read` never throws, whatever the body holds, and does not trust it either.
 */
export interface Vendor {
  /** As in the route: lower case, with hyphens. */
  readonly name: string;
  /** What the operator has to enter as this source's secret, in a sentence. */
  readonly secretIs: string;
  /**
   * @param secret - as `secretIs` says; an empty one refuses everything.
   * @param now - where the vendor signs a time, calls further from it than the vendor's window are refused. Replays within the window
   *   are caught by the message ids.
   */
  verify(request: VendorRequest, secret: string, now: Instant): Promise<Verification>;
  /**
   * For a vendor whose signature does not cover its events: what it signs instead, and uses for one event. Keep it as long as the window
   * and refuse the same key with another body, else one overheard call signs any event.
   */
  onceKey?(request: VendorRequest): string | null;
  /** Every event of the call, in its order. */
  read(request: VendorRequest, settings?: ReadingSettings): readonly VendorItem[];
  /** The header that says what the body is about, where the body does not: it is kept with an event that does not fit. */
  readonly kindHeader?: string;
  /** One event as `raw` gave it, where that is not a call of its own. */
  readKept?(raw: string, settings?: ReadingSettings): readonly VendorItem[];
}

/** A call that is the vendor's own. */
export const VERIFIED: Verification = { kind: "ok" };

/** A refused call. */
export function refused(code: string, message: string): Verification {
  return { kind: "err", error: { code, message } };
}
