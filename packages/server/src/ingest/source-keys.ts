import { createHash, randomBytes } from "node:crypto";
import { instant, type Clock, type Source, type StateStore } from "@ratchet/engine";

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
export function keyDigest(key: string): string {
  return createHash("sha256").update(key).digest("hex");
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
    await state.putSource(source);
    sources = new Map([...sources, [source.id, source]]);
    byDigest = digests(sources);
  };
  return {
    all: () => [...sources.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    byId: (id) => sources.get(id) ?? null,
    byKey: (key) => inUse(byDigest.get(keyDigest(key))),
    byAnyKey: (key) => byDigest.get(keyDigest(key)) ?? null,
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

function digests(sources: ReadonlyMap<string, Source>): ReadonlyMap<string, Source> {
  return new Map([...sources.values()].map((source) => [source.keyDigest, source]));
}

function inUse(source: Source | undefined): Source | null {
  return source === undefined || source.disabledAt !== null ? null : source;
}
