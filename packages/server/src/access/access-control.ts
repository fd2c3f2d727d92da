import type { Clock, StateStore } from "@ratchet/engine";
import { openAccounts } from "@ratchet/storage";
import { openKeyRegistry, type KeyRegistry } from "./api-keys.ts";
import { openGuard, type Guard } from "./guard.ts";
import { cookieName, openLogins } from "./logins.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";
import { openUsers, type Users } from "./users.ts";

/** Who may come in. */
export interface AccessControl {
  readonly keys: KeyRegistry;
  readonly users: Users;
  readonly guard: Guard;
  readonly stop: () => Promise<void>;
}

export interface AccessOptions {
  readonly state: StateStore;
  readonly clock: Clock;
  /** Where accounts are kept; null forgets them with the process. */
  readonly accountsFile: string | null;
  /** How browsers reach the server. */
  readonly publicUrl: string | null;
  /** Who is believed when they say whom they pass on. */
  readonly trustedProxies: TrustedProxies;
  /** What cookies are signed with. */
  readonly secret: string;
  /** Hears what could not be kept, where nothing depends on it. */
  readonly onLost: (error: unknown) => void;
}

/** Reads who may come in: nothing is asked of a store afterwards but for a session. */
export async function openAccessControl(options: AccessOptions): Promise<AccessControl> {
  const { state, clock, accountsFile, publicUrl, trustedProxies, secret, onLost } = options;
  const keys = await openKeyRegistry(state, clock, onLost);
  const accounts = await openAccounts(accountsFile ?? ":memory:");
  const users = await openUsers(accounts, {
    logins: () => openLogins({ accounts, secret, publicUrl, wallClock: Date.now }),
    cookie: cookieName(publicUrl),
    clock,
  });
  return { keys, users, guard: openGuard(trustedProxies), stop: () => accounts.close() };
}
