import type { Instant } from "../time.ts";

/** What a key may be for. */
export const KEY_SCOPES = ["ingest", "decide", "read", "manage"] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** One secret of a key. While a key is being rotated it has two. */
export interface KeySecret {
  /** SHA-256 of the secret, hex. It has 256 random bits of its own, so that no slow hash is needed to keep it from being guessed. */
  readonly digest: string;
  /** Its last four characters: enough to tell two of them apart, and no help to a guesser. */
  readonly lastFour: string;
  readonly createdAt: Instant;
  /** From when on it opens nothing; null: as long as its key. */
  readonly endsAt: Instant | null;
}

/** What a program shows to be let in. */
export interface ApiKey {
  /** `key_` and random letters and digits. */
  readonly id: string;
  /** What its owner calls it. */
  readonly name: string;
  /** Decisions made under a test key are marked so, and nothing learns from them. */
  readonly mode: "live" | "test";
  readonly scopes: readonly KeyScope[];
  /** An AI agent's: it may ask and report, whatever its scopes say. */
  readonly isAgent: boolean;
  /** The newest first; at least one. */
  readonly secrets: readonly KeySecret[];
  readonly createdAt: Instant;
  /** null: it does not expire by itself. */
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  /** Kept rarely, so that reading costs no writing: it may be an hour behind. null: never used. */
  readonly lastUsedAt: Instant | null;
}

/** Who may come in. */
export interface AccessStore {
  /** In the order in which they were made, revoked ones too. */
  apiKeys(): Promise<readonly ApiKey[]>;
  /** Adds a key, or puts another in its place. */
  putApiKey(key: ApiKey): Promise<void>;
}
