import type { Clock, StateStore } from "@ratchet/engine";
import { openAccounts, type Accounts } from "@ratchet/storage";
import { openKeyRegistry, type KeyRegistry } from "./api-keys.ts";
import { openElsewhere, type Elsewhere } from "./elsewhere.ts";
import { rolesOfGroups, type ElsewhereSettings } from "./elsewhere-settings.ts";
import { openGuard, type Guard } from "./guard.ts";
import { cookieName, openLogins } from "./logins.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";
import type { Record } from "./user.ts";
import { openUsers, type Users } from "./users.ts";

/** Who may come in. */
export interface AccessControl {
  readonly keys: KeyRegistry;
  readonly users: Users;
  readonly guard: Guard;
  /** Signing in with a service that says who people are; null where there is none. */
  readonly elsewhere: Elsewhere | null;
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
  /** A service that says who people are. */
  readonly elsewhere: ElsewhereSettings | null;
  /** Is done with what comes of signing in there before it has any effect. */
  readonly record: Record;
  /** Hears why that service could not be asked. */
  readonly onUnreachable: (error: unknown) => void;
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
  return {
    keys,
    users,
    guard: openGuard(trustedProxies),
    elsewhere: elsewhereOf(options, accounts, users),
    stop: () => accounts.close(),
  };
}

function elsewhereOf(options: AccessOptions, accounts: Accounts, users: Users): Elsewhere | null {
  const { elsewhere: settings, publicUrl, secret, record, onUnreachable } = options;
  if (settings === null || publicUrl === null) return null;
  const { roles: map, joinByEmail } = settings;
  return openElsewhere({
    settings,
    accounts,
    secret,
    publicUrl,
    wallClock: Date.now,
    onUnreachable,
    admit: (identity, provider) =>
      users.admit({ identity, provider, joinByEmail, roles: rolesOfGroups(identity.groups, map) }, record),
  });
}
