import { createHash, randomBytes } from "node:crypto";
import { instant, type Clock, type Instant, type Source, type StateStore } from "@ratchet/engine";

/** What a key begins with; people and log scanners know by it what they found. */
const PREFIX = "rk_live_";
const KEY_BYTES = 32;

/** Whoever sends from this machine without a key. Its name is reserved, and it is in no store. */
export const NO_KEY_SOURCE: Source = {
  id: "api",
  kind: "api",
  vendor: null,
  mapping: null,
  keyDigest: "",
  secret: null,
  carriesOutcomes: true,
  createdAt: instant(0),
  disabledAt: null,
};

/** A new key: 256 random bits. Shown once; the store keeps its digest alone. */
export function makeKey(): string {
  return `${PREFIX}${randomBytes(KEY_BYTES).toString("base64url")}`;
}

/** SHA-256, hex. A key has 256 bits of its own, so that no slow hash is needed to keep it from being guessed. */
function keyDigest(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** What people see of a key or a secret: enough to tell two apart. */
const END_CHARACTERS = 4;
/** Four characters of a short secret would be too much of it. */
const SECRET_SHOWN_FROM = 16;

/** What a source keeps of a key that is its own from now on. */
export function keptOfKey(key: string): { readonly keyDigest: string; readonly keyEnd: string } {
  return { keyDigest: keyDigest(key), keyEnd: key.slice(-END_CHARACTERS) };
}

/** The end of a secret; null where it is too short to show any of it. */
export function endOfSecret(secret: string): string | null {
  const written = secret.trim();
  return written.length < SECRET_SHOWN_FROM ? null : written.slice(-END_CHARACTERS);
}

/** From when to when both hold. */
export interface Overlap {
  readonly now: Instant;
  /** Not later than `now`: the old one ends at once. */
  readonly until: Instant;
}

/** The source with another key. The one before holds until then; one that was replaced even earlier ends now. */
export function withKey(source: Source, key: string, { now, until }: Overlap): Source {
  const { formerKey: _, ...rest } = source;
  const end = source.keyEnd === undefined ? {} : { end: source.keyEnd };
  const former = until > now ? { formerKey: { digest: source.keyDigest, ...end, until } } : {};
  return { ...rest, ...keptOfKey(key), ...former };
}

/** The source with another secret; the one before as in `withKey`. */
export function withSecret(source: Source, secret: string, { now, until }: Overlap): Source {
  const { formerSecret: _, ...rest } = source;
  const former = until > now && source.secret !== null ? { formerSecret: { secret: source.secret, until } } : {};
  return { ...rest, secret, ...former };
}

/** The secrets that a call of its vendor may be signed with now: one, or two while they are being changed, the newer first. */
export function secretsOf({ secret, formerSecret }: Source, now: Instant): readonly [string, ...string[]] {
  const former = formerSecret !== undefined && formerSecret.until > now ? [formerSecret.secret] : [];
  return [secret ?? "", ...former];
}

/** Without what no longer holds: a secret is kept no longer than it is good for something. */
function withoutLapsed({ formerKey, formerSecret, ...source }: Source, now: Instant): Source {
  return {
    ...source,
    ...(formerKey === undefined || formerKey.until <= now ? {} : { formerKey }),
    ...(formerSecret === undefined || formerSecret.until <= now ? {} : { formerSecret }),
  };
}

/** Who may send, looked up for every request. */
export interface SourceRegistry {
  readonly all: () => readonly Source[];
  readonly byId: (id: string) => Source | null;
  /** null for an unknown key, and for one of a source that was disabled. Compared by digest, so the time taken tells nothing of a key. */
  readonly byKey: (key: string) => Source | null;
  /** The same for a disabled one, too: whoever has its key may hear that it is disabled. */
  readonly byAnyKey: (key: string) => Source | null;
  readonly put: (source: Source) => Promise<void>;
  readonly disable: (source: Source) => Promise<Source>;
  readonly enable: (source: Source) => Promise<Source>;
}

/** Reads the sources once and keeps them in memory; every change goes to the store first. */
export async function openSourceRegistry(state: StateStore, clock: Clock): Promise<SourceRegistry> {
  let sources = new Map((await state.sources()).map((source) => [source.id, source]));
  let byDigest = digests(sources);
  const put = async (source: Source): Promise<void> => {
    const kept = withoutLapsed(source, clock());
    await state.putSource(kept);
    sources = new Map([...sources, [kept.id, kept]]);
    byDigest = digests(sources);
  };
  const holderOf = (key: string): Source | null => {
    const held = byDigest.get(keyDigest(key));
    return held === undefined || (held.until !== null && held.until <= clock()) ? null : held.source;
  };
  return {
    all: () => [...sources.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    byId: (id) => sources.get(id) ?? null,
    byKey: (key) => inUse(holderOf(key)),
    byAnyKey: holderOf,
    put,
    disable: async (source) => {
      const disabled = { ...source, disabledAt: clock() };
      await put(disabled);
      return disabled;
    },
    enable: async (source) => {
      const enabled = { ...source, disabledAt: null };
      await put(enabled);
      return enabled;
    },
  };
}

/** Whose key it is, and until when; null for as long as it is not replaced. */
interface KeyHolder {
  readonly source: Source;
  readonly until: Instant | null;
}

function digests(sources: ReadonlyMap<string, Source>): ReadonlyMap<string, KeyHolder> {
  const holders = [...sources.values()].flatMap((source): readonly (readonly [string, KeyHolder])[] => {
    const { keyDigest: digest, formerKey } = source;
    const former = formerKey === undefined ? [] : [[formerKey.digest, { source, until: formerKey.until }] as const];
    return [...former, [digest, { source, until: null }]];
  });
  return new Map(holders);
}

function inUse(source: Source | null): Source | null {
  return source?.disabledAt === null ? source : null;
}
