import { actorId, type ActorId, type ApiKey, type Source } from "@ratchet/engine";
import type { Access, Role, Scope } from "@ratchet/protocol";

/** A person who may sign in. */
export interface Person {
  readonly id: string;
  /** What changes and the ledger call them: `person:` and their name here. */
  readonly actor: ActorId;
  readonly roles: readonly Role[];
}

/**
 * Who asks: whoever holds the data directory (a command that runs on it) · whoever is on this machine, while nobody has to sign in · a
 * program by its key · a source by its own · a person by their session.
 */
export type Principal =
  | { readonly kind: "holder" }
  | { readonly kind: "solo" }
  | { readonly kind: "key"; readonly key: ApiKey }
  | { readonly kind: "source"; readonly source: Source }
  | { readonly kind: "person"; readonly person: Person };

/** Why somebody may not; null where they may. */
export type Refusal = { readonly code: "auth.forbidden.scope" | "auth.forbidden.role"; readonly message: string };

/** Whether a principal may use what is declared with this access. Routes are checked on their way in; tools of agents ask by themselves. */
export function refusalOf(access: Access, principal: Principal): Refusal | null {
  if (access.kind !== "limited") return null;
  switch (principal.kind) {
    case "holder":
    case "solo":
      return null;
    case "source":
      return access.scopes.includes("ingest")
        ? null
        : scopeRefusal(`the key is that of the source "${principal.source.id}", and may only send`, access.scopes);
    case "key":
      return keyRefusal(access, principal.key);
    case "person":
      return access.roles.some((role) => principal.person.roles.includes(role))
        ? null
        : roleRefusal(`you are ${principal.person.roles.join(" and ")}`, access.roles);
  }
}

function keyRefusal({ scopes, roles }: Extract<Access, { kind: "limited" }>, key: ApiKey): Refusal | null {
  if (!scopes.some((scope) => key.scopes.includes(scope)))
    return scopeRefusal(`the key ${key.id} is for ${key.scopes.join(", ")}`, scopes);
  if (key.isAgent && !roles.includes("agent")) return roleRefusal(`the key ${key.id} is an agent's`, roles);
  return null;
}

function scopeRefusal(is: string, scopes: readonly Scope[]): Refusal {
  const needed = scopes.length === 0 ? "a person who is signed in: no key may" : `a key for ${scopes.join(" or ")}`;
  return { code: "auth.forbidden.scope", message: `${is}; this takes ${needed}` };
}

function roleRefusal(is: string, roles: readonly Role[]): Refusal {
  return { code: "auth.forbidden.role", message: `${is}; this takes ${roles.join(" or ")}` };
}

/** As whom the ledger knows a principal; null where it may say itself who it is. */
export function actorOf(principal: Principal): ActorId | null {
  switch (principal.kind) {
    case "holder":
    case "solo":
      return null;
    case "key":
      return actorId(`${principal.key.isAgent ? "agent" : "key"}:${principal.key.id}`);
    case "source":
      return actorId(`source:${principal.source.id}`);
    case "person":
      return principal.person.actor;
  }
}
