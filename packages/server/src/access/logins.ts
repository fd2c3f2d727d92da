import type { Accounts } from "@ratchet/storage";
import type { Context } from "hono";
import { z } from "zod";

/** Sessions of people who signed in; everything about passwords and cookies is the library's. */
export interface Logins {
  /** The id of the user whose session a request carries; null where it carries none that holds. A session in use gets a new cookie. */
  readonly userOf: (c: Context) => Promise<string | null>;
  /** The id of the user, with the cookie set in the answer; null where the address or the password is wrong. */
  readonly signIn: (c: Context, login: { readonly email: string; readonly password: string }) => Promise<string | null>;
  readonly signOut: (c: Context) => Promise<void>;
  readonly hash: (password: string) => Promise<string>;
}

export interface LoginOptions {
  readonly accounts: Accounts;
  /** What cookies are signed with: 256 random bits. */
  readonly secret: string;
  /** How browsers reach the server; with https the cookie is bound to this host and never sent in the clear. */
  readonly publicUrl: string | null;
  /** Wall clock, epoch ms: the library's sessions run on it. */
  readonly wallClock: () => number;
}

/** A session ends after this long without a request, and in any case after twelve hours (ASVS 5.0, V7.3). */
const IDLE_S = 30 * 60;
const RENEWED_AFTER_S = 5 * 60;
const ABSOLUTE_MS = 12 * 3_600_000;

const signedInSchema = z.object({ user: z.object({ id: z.string() }) });

/** Name of the cookie: the prefix makes browsers refuse it from any other host, and over http. */
export function cookieName(publicUrl: string | null): string {
  return publicUrl?.startsWith("https:") === true ? "__Host-ratchet_session" : "ratchet_session";
}

/** Loads the library, which takes its time: not before somebody signs in. */
export async function openLogins({ accounts, secret, publicUrl, wallClock }: LoginOptions): Promise<Logins> {
  const [{ betterAuth }, { hashPassword }] = await Promise.all([import("better-auth"), import("better-auth/crypto")]);
  const auth = betterAuth({
    ...libraryOptions({ secret, publicUrl }),
    database: accounts.database,
    emailAndPassword: { enabled: true, disableSignUp: true },
  });
  return {
    userOf: async (c) => {
      const { headers } = c.req.raw;
      const { response, headers: answered } = await auth.api.getSession({ headers, returnHeaders: true });
      if (response === null) return null;
      const { session } = response;
      if (wallClock() - session.createdAt.getTime() >= ABSOLUTE_MS) {
        await auth.api.signOut({ headers });
        return null;
      }
      carryCookies(c, answered);
      return session.userId;
    },
    signIn: async (c, { email, password }) => {
      const answer = await auth.api.signInEmail({ body: { email, password }, asResponse: true });
      if (answer.status >= 500) throw new Error("the login library failed");
      if (!answer.ok) return null;
      const { user } = signedInSchema.parse(await answer.json());
      carryCookies(c, answer.headers);
      return user.id;
    },
    signOut: async (c) => {
      const answer = await auth.api.signOut({ headers: c.req.raw.headers, asResponse: true });
      carryCookies(c, answer.headers);
    },
    hash: hashPassword,
  };
}

/** What the library is told wherever it is used: a session that one instance makes, all know. */
export function libraryOptions({ secret, publicUrl }: Pick<LoginOptions, "secret" | "publicUrl">) {
  const isSecure = publicUrl?.startsWith("https:") === true;
  const attributes = { secure: isSecure, sameSite: "lax" } as const;
  return {
    baseURL: publicUrl ?? "http://localhost",
    basePath: "/v1/auth",
    secret,
    telemetry: { enabled: false },
    logger: { disabled: true },
    // Of the routes that it offers none is mounted: what counts attempts is the server's own.
    rateLimit: { enabled: false },
    session: { expiresIn: IDLE_S, updateAge: RENEWED_AFTER_S },
    account: {
      // A stranger's try writes nothing here: the browser keeps its state itself, encrypted.
      storeStateStrategy: "cookie",
      // What an issuer's tokens open is none of ours, and not kept.
      updateAccountOnSignIn: false,
      accountLinking: { enabled: false },
    },
    advanced: {
      useSecureCookies: false,
      cookies: {
        session_token: { name: cookieName(publicUrl), attributes },
        oauth_state: { name: isSecure ? "__Host-ratchet_elsewhere" : "ratchet_elsewhere", attributes },
      },
      ipAddress: { disableIpTracking: true },
    },
  } as const;
}

export function carryCookies(c: Context, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) c.header("set-cookie", cookie, { append: true });
}
