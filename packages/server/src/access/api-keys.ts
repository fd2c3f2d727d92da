import { randomBytes } from "node:crypto";
import { later, type AccessStore, type ApiKey, type Clock, type Instant, type KeySecret } from "@ratchet/engine";
import { makeSecret, secretDigest } from "./secrets.ts";

/** What a new key is to be. */
type KeyWish = Pick<ApiKey, "name" | "mode" | "scopes" | "isAgent" | "expiresAt">;

/** A key with the secret that nobody sees again. */
export interface ShownKey {
  readonly key: ApiKey;
  readonly secret: string;
}

/** What a secret opens; or why it does no longer, which only who has it hears. */
export type KeyAnswer =
  | { readonly kind: "key"; readonly key: ApiKey }
  | { readonly kind: "ended"; readonly key: ApiKey; readonly why: "revoked" | "expired" | "rotated" };

/** All keys, in memory: looking one up asks no store. */
export interface KeyRegistry {
  /** In the order in which they were made. */
  readonly all: () => readonly ApiKey[];
  readonly byId: (id: string) => ApiKey | null;
  /** null: no key has this secret. */
  readonly bySecret: (secret: string) => KeyAnswer | null;
  /** `before` is done once the key has its id, and before it opens anything. */
  readonly create: (wish: KeyWish, before: (key: ApiKey) => Promise<void>) => Promise<ShownKey>;
  /** The former secrets work for `overlapMs` longer; 0 ends them at once. */
  readonly rotate: (key: ApiKey, overlapMs: number) => Promise<ShownKey>;
  readonly revoke: (key: ApiKey) => Promise<ApiKey>;
  /** Whether any key can still be used. */
  readonly isAnyUsable: () => boolean;
}

/** How far the stored time of a key's last use may be behind. */
const LAST_USE_KEPT_MS = 3_600_000;
const ID_BYTES = 12;

interface Known {
  readonly id: string;
  readonly secret: KeySecret;
}

/**
 * Reads the keys once; every change goes to the store first.
 *
 * @param onLost - hears where the time of a last use could not be kept: nothing else depends on it.
 */
export async function openKeyRegistry(
  state: AccessStore,
  clock: Clock,
  onLost: (error: unknown) => void,
): Promise<KeyRegistry> {
  const keys = new Map((await state.apiKeys()).map((key) => [key.id, key]));
  let byDigest = digests(keys.values());
  const put = async (key: ApiKey): Promise<ApiKey> => {
    await state.putApiKey(key);
    keys.set(key.id, key);
    byDigest = digests(keys.values());
    return key;
  };
  const noteUse = (key: ApiKey, now: Instant): void => {
    if (key.lastUsedAt !== null && now - key.lastUsedAt < LAST_USE_KEPT_MS) return;
    const used = { ...key, lastUsedAt: now };
    keys.set(key.id, used);
    state.putApiKey(used).catch(onLost);
  };
  return {
    all: () => [...keys.values()],
    byId: (id) => keys.get(id) ?? null,
    bySecret: (secret) => {
      const known = byDigest.get(secretDigest(secret));
      const key = known === undefined ? undefined : keys.get(known.id);
      if (known === undefined || key === undefined) return null;
      const now = clock();
      const why = endOf(key, known.secret, now);
      if (why !== null) return { kind: "ended", key, why };
      noteUse(key, now);
      return { kind: "key", key };
    },
    create: async (wish, before) => {
      const secret = makeSecret(wish.mode);
      const createdAt = clock();
      const key: ApiKey = {
        ...wish,
        id: `key_${randomBytes(ID_BYTES).toString("hex")}`,
        secrets: [keptSecret(secret, createdAt)],
        createdAt,
        revokedAt: null,
        lastUsedAt: null,
      };
      await before(key);
      return { key: await put(key), secret };
    },
    rotate: async (key, overlapMs) => {
      const secret = makeSecret(key.mode);
      const now = clock();
      const end = later(now, overlapMs);
      // Those that have ended by now are of no use to anybody, and the one before the last does not outlive the last.
      const former = key.secrets
        .filter(({ endsAt }) => overlapMs > 0 && (endsAt === null || endsAt > now))
        .map((one) => ({ ...one, endsAt: one.endsAt === null || one.endsAt > end ? end : one.endsAt }));
      return { key: await put({ ...key, secrets: [keptSecret(secret, now), ...former] }), secret };
    },
    revoke: (key) => put({ ...key, revokedAt: key.revokedAt ?? clock() }),
    isAnyUsable: () => [...keys.values()].some((key) => endOf(key, key.secrets[0], clock()) === null),
  };
}

function keptSecret(secret: string, createdAt: Instant): KeySecret {
  return { digest: secretDigest(secret), lastFour: secret.slice(-4), createdAt, endsAt: null };
}

/** Why a secret opens nothing now; null where it does. */
export function endOf(
  key: ApiKey,
  secret: KeySecret | undefined,
  now: Instant,
): Extract<KeyAnswer, { kind: "ended" }>["why"] | null {
  if (key.revokedAt !== null) return "revoked";
  if (key.expiresAt !== null && key.expiresAt <= now) return "expired";
  return secret === undefined || (secret.endsAt !== null && secret.endsAt <= now) ? "rotated" : null;
}

function digests(keys: Iterable<ApiKey>): ReadonlyMap<string, Known> {
  return new Map(
    [...keys].flatMap(({ id, secrets }) => secrets.map((secret) => [secret.digest, { id, secret }] as const)),
  );
}
