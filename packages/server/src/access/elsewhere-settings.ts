import { ROLES, type Role } from "@ratchet/protocol";
import { addressFault, type GuardOptions } from "../outgoing/guarded-fetch.ts";

/** A service that says who people are and in which groups (OpenID Connect). */
export interface ElsewhereSettings {
  /** What the button on the sign-in page calls it. */
  readonly name: string;
  /** Address of the issuer, or of its discovery document. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Asked for beside `openid`, `email` and `profile`. */
  readonly scopes: readonly string[];
  /** The claim that names somebody's groups: a list of texts, or one text. */
  readonly groupsClaim: string;
  /** Who is in a group has its role; who is in none of them does not come in. */
  readonly roles: readonly GroupRole[];
  /** Whether somebody whose address the issuer verified is the user who has this address here. Only where nobody else may set addresses there. */
  readonly joinByEmail: boolean;
  /** Hosts of the issuer that may be called by http, on this machine or in a private network. */
  readonly trustedHosts: readonly string[];
}

/** One line of the map. */
export interface GroupRole {
  readonly group: string;
  readonly role: Role;
}

const WELL_KNOWN = "/.well-known/openid-configuration";

/** Where the issuer says what it has. */
export function discoveryUrl({ issuer }: ElsewhereSettings): string {
  return issuer.endsWith(WELL_KNOWN) ? issuer : `${issuer.replace(/\/$/u, "")}${WELL_KNOWN}`;
}

/** Whether a discovery document is the issuer's own; a slash at the end is no other issuer. */
export function isIssuer(settings: ElsewhereSettings, issuer: string): boolean {
  return discoveryUrl({ ...settings, issuer }) === discoveryUrl(settings);
}

/** What may be called for an issuer: hosts that the operator named, and public ones by https. */
export function guardOfIssuer({ trustedHosts }: ElsewhereSettings): GuardOptions {
  return { allowPrivate: false, trustedHosts, limitPorts: false };
}

/** Why an issuer cannot be asked; null where it can. */
export function elsewhereFault(settings: ElsewhereSettings, publicUrl: string | null): string | null {
  if (publicUrl === null)
    return "name where browsers reach the server with --public-url: the issuer sends them back there";
  if (settings.clientId === "" || settings.clientSecret === "")
    return "the issuer gave a client id and a secret; both are needed";
  if (settings.roles.length === 0)
    return "no group has a role, so that nobody could come in; map one, such as sales-ops=operator";
  if (settings.roles.some(({ role }) => role === "agent")) return "an agent has a key, never a login";
  return addressFault(discoveryUrl(settings), guardOfIssuer(settings));
}

/** The roles that somebody's groups give, in the order of the roles; none where no group of theirs has one. */
export function rolesOfGroups(groups: readonly string[], map: readonly GroupRole[]): readonly Role[] {
  const given = new Set(map.filter(({ group }) => groups.includes(group)).map(({ role }) => role));
  return ROLES.filter((role) => given.has(role));
}

/** One line of the map as operators write it: `group=role`. null where it is none. The group may hold `=`, the role does not. */
export function groupRoleFrom(text: string): GroupRole | null {
  const at = text.lastIndexOf("=");
  const role = ROLES.find((one) => one === text.slice(at + 1).trim());
  const group = text.slice(0, Math.max(at, 0)).trim();
  return role === undefined || role === "agent" || group === "" ? null : { group, role };
}
