import { isoOf, later, type AccessEvent, type ApiKey, type Instant } from "@ratchet/engine";
import { durationMs, ROUTES, type KeyView } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import { endOf, type ShownKey } from "../access/api-keys.ts";
import { actor } from "../access/speaker.ts";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";

const OVERLAP = "24h";
const OVERLAP_MS_MAX = 30 * 86_400_000;
const EXPIRY_MS_MAX = 10 * 365 * 86_400_000;
/** Keys that can be used at once: more are a program that makes them in a loop. */
const KEYS_MAX = 1_000;

/** Keys of programs: made, given new secrets, ended. Each is in the ledger before it has any effect, never its secret. */
export function keyRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  const { keys } = context.access;
  const now = () => context.stores.clock();
  on(app, "keys", async () => ({ keys: keys.all().map((key) => keyView(key, now())) }));
  on(app, "createKey", async (c) => {
    const { name, scopes, mode = "live", agent = false, expires_in } = await readBody(c, ROUTES.createKey.request);
    if (mode === "test" && scopes.some((scope) => scope === "ingest" || scope === "manage"))
      throw new ProblemError(
        "key.test_scope",
        "a test key may decide and read: what is sent, and set, is never a test",
      );
    if (keys.all().filter((key) => endOf(key, key.secrets[0], now()) === null).length >= KEYS_MAX)
      throw new ProblemError("key.too_many", `there are ${KEYS_MAX} keys in use; revoke some`);
    requireOwnScopes(c, scopes);
    const expiresAt = expires_in === undefined ? null : later(now(), lifeMs(expires_in));
    const shown = await keys.create({ name, scopes: [...new Set(scopes)], mode, isAgent: agent, expiresAt }, (key) =>
      record(c, { kind: "key.created", keyId: key.id, mode, scopes: key.scopes, isAgent: agent }),
    );
    return shownView(shown, now());
  });
  on(app, "rotateKey", async (c) => {
    const { overlap = OVERLAP } = await readBody(c, ROUTES.rotateKey.request);
    const overlapMs = durationMs(overlap);
    if (overlapMs > OVERLAP_MS_MAX) throw new ProblemError("key.bad_overlap", "the overlap is at most 30d");
    const key = asked(c);
    const why = endOf(key, key.secrets[0], now());
    if (why !== null) throw new ProblemError("key.ended", `the key ${key.id} is ${why}; make a new one`);
    await record(c, { kind: "key.rotated", keyId: key.id, overlapMs });
    return shownView(await keys.rotate(key, overlapMs), now());
  });
  on(app, "revokeKey", async (c) => {
    const key = asked(c);
    if (key.revokedAt === null) await record(c, { kind: "key.revoked", keyId: key.id });
    return keyView(await keys.revoke(key), now());
  });

  const asked = (c: Context<ServerEnvironment>): ApiKey => {
    const id = parameter(c, "key_id");
    const key = keys.byId(id);
    if (key === null)
      throw new ProblemError("key.not_found", "there is no key with this id; ratchet keys list names those there are");
    requireOwnScopes(c, key.scopes);
    return key;
  };
  const record = (c: Context<ServerEnvironment>, body: AccessEvent): Promise<void> =>
    context.workspace.current().append([{ at: now(), actor: actor(c), body }], []);
}

/** Nobody gets further by making keys: a key gives and takes only what it may itself. */
function requireOwnScopes(c: Context<ServerEnvironment>, scopes: readonly string[]): void {
  const principal = c.get("principal");
  if (principal.kind !== "key") return;
  const own: readonly string[] = principal.key.scopes;
  const beyond = scopes.filter((scope) => !own.includes(scope));
  if (beyond.length > 0)
    throw new ProblemError(
      "auth.forbidden.scope",
      `the key ${principal.key.id} is not for ${beyond.join(", ")} itself, and cannot rule on keys that are`,
    );
}

function lifeMs(duration: string): number {
  const ms = durationMs(duration);
  if (ms > 0 && ms <= EXPIRY_MS_MAX) return ms;
  throw new ProblemError("key.bad_expiry", "a key lives for some time and at most 3650d");
}

function shownView({ key, secret }: ShownKey, now: Instant): { readonly key: KeyView; readonly secret: string } {
  return { key: keyView(key, now), secret };
}

function keyView(key: ApiKey, now: Instant): KeyView {
  const end = endOf(key, key.secrets[0], now);
  return {
    key_id: key.id,
    name: key.name,
    mode: key.mode,
    scopes: key.scopes,
    agent: key.isAgent,
    state: end === null ? "live" : end === "revoked" ? "revoked" : "expired",
    secrets: key.secrets
      .filter((secret) => endOf(key, secret, now) === null)
      .map(({ lastFour, createdAt, endsAt }) => ({
        last_four: lastFour,
        created_at: isoOf(createdAt),
        ends_at: isoOrNull(endsAt),
      })),
    created_at: isoOf(key.createdAt),
    expires_at: isoOrNull(key.expiresAt),
    revoked_at: isoOrNull(key.revokedAt),
    last_used_at: isoOrNull(key.lastUsedAt),
  };
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : isoOf(at);
}
