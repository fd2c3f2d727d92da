import type { Instant } from "../time.ts";

/** How a source's messages are read: our own API, Segment's or CloudEvents' protocol, a vendor's webhooks, or a file. */
export type SourceKind = "api" | "segment" | "cloudevents" | "webhook" | "file";

/**
 * A system that tells us what happened.
 *
 * Everything that it sends is kept under its id, so `(source.id, messageId)` is an idempotency key even where two systems number alike.
 */
export interface Source {
  /** Lower-case letters, digits and hyphens: `crm`, `website-prod`. */
  readonly id: string;
  readonly kind: SourceKind;
  /** Which vendor's webhooks; null for the other kinds. */
  readonly vendor: string | null;
  /** How webhooks of a vendor that we do not know by heart are read, as a JSON document; null where no mapping is needed. */
  readonly mapping: string | null;
  /** What its team's words mean, as a JSON document; absent where nothing was said and the vendor's defaults hold. */
  readonly settings?: string;
  /** SHA-256 of its key, hex. The key itself is shown once, when it is made. */
  readonly keyDigest: string;
  /** The last four characters of its key, by which people tell keys apart; absent where it was made before they were kept. */
  readonly keyEnd?: string;
  /** The key before this one, for as long as it holds beside it. */
  readonly formerKey?: FormerKey;
  /** What the vendor signs with; null where nothing is signed. Never leaves the store but for checking a signature. */
  readonly secret: string | null;
  /** The secret before this one, for as long as signatures made with it are good, too. */
  readonly formerSecret?: FormerSecret;
  /** May its signals count as outcomes? What an interested party can forge should not. */
  readonly carriesOutcomes: boolean;
  readonly createdAt: Instant;
  /** From when on its messages are refused; null while it is in use. */
  readonly disabledAt: Instant | null;
}

/** A key that was replaced. */
interface FormerKey {
  readonly digest: string;
  readonly end?: string;
  /** From when on it is refused. */
  readonly until: Instant;
}

/** A vendor's secret that was replaced. */
interface FormerSecret {
  readonly secret: string;
  /** From when on what it signs is refused. */
  readonly until: Instant;
}

const SOURCE_ID = /^[a-z][a-z0-9-]{0,62}$/u;

/** Sources whose names the server gives itself: decisions that it made, signals posted without a key. */
const RESERVED: readonly string[] = ["engine", "api"];

/** Why a text cannot name a source; null where it can. */
export function sourceIdFault(id: string): string | null {
  if (RESERVED.includes(id)) return `"${id}" is the server's own; choose another name, such as crm`;
  if (SOURCE_ID.test(id)) return null;
  return `a source is named by lower-case letters, digits and hyphens, such as crm or website-prod; got "${id}"`;
}
