/** What an API key may be for: sending what happened, asking what to do, reading, setting up. Nothing follows from another one. */
export const SCOPES = ["ingest", "decide", "read", "manage"] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * What a person may be: sees everything that names nobody (`viewer`) · keeps the data and stops changes (`operator`) · accepts or refuses
 * changes (`approver`, `compliance`) · sets up, and gives keys and roles (`admin`) · reads and verifies, and nothing beside (`auditor`).
 * An `agent` is a program that acts for a seller: it has a key, never a login, and may only ask and report.
 */
export const ROLES = ["viewer", "operator", "approver", "compliance", "admin", "auditor", "agent"] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who may use a route: everybody (`open`) · a source, by its own key or its vendor's signature (`source`) · keys with any of these scopes,
 * and people in any of these roles (`limited`). A source's key counts as one with the scope `ingest`; a key of an agent needs the role
 * `agent`, too. Who is not named may not.
 */
export type Access =
  | { readonly kind: "open" }
  | { readonly kind: "source" }
  | { readonly kind: "limited"; readonly scopes: readonly Scope[]; readonly roles: readonly Role[] };

type Limited = Extract<Access, { readonly kind: "limited" }>;

function limited(scopes: readonly Scope[], roles: readonly Role[]): Limited {
  return { kind: "limited", scopes, roles };
}

/** The levels that routes are declared at; a route that fits none declares its own. */
export const ACCESS = {
  /** Says nothing about anybody and changes nothing: health, signing in. */
  open: { kind: "open" },
  /** Known by the key or the signature of the source that sends. */
  source: { kind: "source" },
  /** Reports what happened. */
  ingest: limited(["ingest"], ["operator", "admin", "agent"]),
  /** Asks what to do. */
  decide: limited(["decide"], ["operator", "admin", "agent"]),
  /** Asks whether somebody may be contacted. */
  ask: limited(["decide", "read", "manage"], ROLES),
  /** Reads what names nobody. */
  read: limited(["read", "manage"], ROLES),
  /** Reads what may name people: identifiers, texts, input as it was sent. */
  readPeople: limited(["manage"], ["operator", "compliance", "admin"]),
  /** Says that somebody must not be contacted: whoever hears it may, for it only takes away. */
  suppress: limited(["ingest", "manage"], ["operator", "compliance", "admin", "agent"]),
  /** Says on what ground somebody may be contacted. */
  consent: limited(["ingest", "manage"], ["operator", "compliance", "admin"]),
  /** Keeps data and sources in order. */
  operate: limited(["manage"], ["operator", "admin"]),
  /** Judges what only a person can: what a text says, why data look odd. */
  judge: limited([], ["operator", "approver", "compliance", "admin"]),
  /** Forgets people. */
  erase: limited(["manage"], ["compliance", "admin"]),
  /** Allows again what somebody had forbidden. */
  lift: limited([], ["compliance", "admin"]),
  /** Takes a running change back: less risk needs nobody's permission. */
  stop: limited(["manage"], ["operator", "approver", "compliance", "admin"]),
  /** Asks for a change, which people then rule on. */
  propose: limited(["decide", "manage"], ["operator", "approver", "admin", "agent"]),
  /** Opens the way in for programs that act for people; what each tool needs, the tool says. */
  mcp: limited(["ingest", "decide", "read", "manage"], ROLES),
  /** Accepts or refuses a change: a person who is signed in, never a key. */
  approve: limited([], ["approver", "compliance"]),
  /** Reads who may come in. */
  readAccess: limited(["manage"], ["admin", "auditor"]),
  /** Sets the workspace up; gives keys. */
  administer: limited(["manage"], ["admin"]),
  /** Gives people their roles: nobody gets one from a program. */
  people: limited([], ["admin"]),
} as const satisfies Readonly<Record<string, Access>>;
