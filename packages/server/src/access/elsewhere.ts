import { hash } from "node:crypto";
import type { Context } from "hono";
import { discoveryUrl, type ElsewhereSettings } from "./elsewhere-settings.ts";
import { discover, IssuerError, type Identity, type Issuer } from "./issuer.ts";
import { carryCookies, libraryOptions, type LoginOptions } from "./logins.ts";

/** Why somebody who came back did not come in. */
type ElsewhereRefusal = "no_role" | "address_taken" | "bad_roles" | "first_admin";

/** What the users make of who the issuer says that somebody is: their user, with the roles of their groups from now on. */
type Admit = (identity: Identity, provider: string) => Promise<Admitted>;

/** The id of the user; or why there is none. */
export type Admitted =
  | { readonly kind: "user"; readonly id: string; readonly email: string }
  | { readonly kind: "refused"; readonly why: ElsewhereRefusal };

/** How a try to sign in elsewhere went on: where the browser goes next, with the cookies in the answer. */
export type Onward =
  | { readonly kind: "go"; readonly url: string }
  | { readonly kind: "failed"; readonly why: ElsewhereRefusal | "failed" | "unreachable" };

/** Signing in elsewhere. */
export interface Elsewhere {
  /** What the button says. */
  readonly name: string;
  /** To the issuer, with a state that only this browser can bring back. */
  readonly begin: (c: Context) => Promise<Onward>;
  /** Back from the issuer: to the dashboard with a session, where everything was right. */
  readonly finish: (c: Context) => Promise<Onward>;
}

export interface ElsewhereOptions extends Omit<LoginOptions, "publicUrl"> {
  readonly settings: ElsewhereSettings;
  /** How browsers reach the server: the issuer sends them back there. */
  readonly publicUrl: string;
  readonly admit: Admit;
  /** Hears why the issuer could not be asked. */
  readonly onUnreachable: (error: unknown) => void;
}

/** Path under which the issuer sends browsers back: what is registered there is the public address with it. */
const CALLBACK_PATH = "/v1/session/elsewhere/callback";
/** What the issuer says of itself is read again after this long. */
const DISCOVERED_FOR_MS = 3_600_000;

/** Nothing is asked of the issuer before somebody wants to sign in: the server starts, and passwords work, while it is away. */
export function openElsewhere(options: ElsewhereOptions): Elsewhere {
  const { settings, wallClock, onUnreachable } = options;
  let known: { readonly client: Promise<Client>; readonly until: number } | null = null;
  const client = async (): Promise<Client | null> => {
    if (known === null || wallClock() >= known.until)
      known = { client: openClient(options), until: wallClock() + DISCOVERED_FOR_MS };
    const asked = known;
    try {
      return await asked.client;
    } catch (error) {
      if (known === asked) known = null;
      onUnreachable(error);
      return null;
    }
  };
  return {
    name: settings.name,
    begin: async (c) => (await client())?.begin(c) ?? { kind: "failed", why: "unreachable" },
    finish: async (c) => (await client())?.finish(c) ?? { kind: "failed", why: "unreachable" },
  };
}

type Client = Pick<Elsewhere, "begin" | "finish">;

const REFUSALS: readonly ElsewhereRefusal[] = ["no_role", "address_taken", "bad_roles", "first_admin"];

/** The login library with the issuer as its one provider. @throws IssuerError */
async function openClient(options: ElsewhereOptions): Promise<Client> {
  const { settings } = options;
  const [issuer, { betterAuth }, { genericOAuth }, { APIError }] = await Promise.all([
    discover(settings),
    import("better-auth"),
    import("better-auth/plugins/generic-oauth"),
    import("better-auth/api"),
  ]);
  const provider = providerOf(issuer);
  const refuse = (code: string): never => {
    throw new APIError("FORBIDDEN", { code });
  };
  const config = providerConfig(options, { issuer, provider, refuse });
  const auth = betterAuth({
    ...libraryOptions(options),
    database: options.accounts.database,
    plugins: [genericOAuth({ config: [config] })],
  });
  const { socialProviders } = await auth.$context;
  if (!socialProviders.some(({ id, issuer: of }) => id === provider && of === issuer.issuer))
    throw new IssuerError("the issuer could not be set up; its discovery document lacks what checks tokens");
  return {
    begin: async (c) => {
      const body = { provider, callbackURL: "/", errorCallbackURL: "/", disableRedirect: true };
      const { response, headers } = await auth.api.signInSocial({ body, returnHeaders: true });
      carryCookies(c, headers);
      return response.url === undefined ? { kind: "failed", why: "failed" } : { kind: "go", url: response.url };
    },
    finish: async (c) => {
      const answer = await auth.api.callbackOAuth({
        query: c.req.query(),
        params: { id: provider },
        headers: c.req.raw.headers,
        asResponse: true,
      });
      if (answer.status >= 500) throw new Error("the login library failed");
      const isIn = answer.status === 302 && answer.headers.get("location") === "/";
      if (isIn) {
        carryCookies(c, answer.headers);
        return { kind: "go", url: "/" };
      }
      const said = await answer.text();
      return { kind: "failed", why: REFUSALS.find((why) => said.includes(`"${why}"`)) ?? "failed" };
    },
  };
}

/** Another issuer's subjects are other people: what they are called here tells them apart. */
function providerOf({ issuer }: Issuer): string {
  return `oidc-${hash("sha256", issuer).slice(0, 16)}`;
}

interface ProviderParts {
  readonly issuer: Issuer;
  readonly provider: string;
  readonly refuse: (code: string) => never;
}

/**
 * The library makes and checks state, nonce and PKCE, and checks the token by the issuer's keys. Who somebody is here is ours: by the time
 * the library looks for a user there is one with this login, or the attempt has ended. It makes and joins none by itself.
 */
function providerConfig({ settings, publicUrl, admit }: ElsewhereOptions, { issuer, provider, refuse }: ProviderParts) {
  const redirectURI = `${publicUrl.replace(/\/$/u, "")}${CALLBACK_PATH}`;
  const { clientId, clientSecret, scopes } = settings;
  return {
    providerId: provider,
    name: settings.name,
    discoveryUrl: discoveryUrl(settings),
    requireIdTokenVerification: true,
    authorizationUrl: issuer.authorizationUrl,
    tokenUrl: issuer.tokenUrl,
    clientId,
    clientSecret,
    redirectURI,
    scopes: [...new Set(["openid", "email", "profile", ...scopes])],
    pkce: true,
    disableSignUp: true,
    getToken: ({ code, codeVerifier = "" }: { readonly code: string; readonly codeVerifier?: string | undefined }) =>
      issuer.exchange(code, { redirectUrl: redirectURI, codeVerifier }),
    getUserInfo: async (tokens: {
      readonly idToken?: string | undefined;
      readonly accessToken?: string | undefined;
    }) => {
      const { idToken, accessToken } = tokens;
      if (idToken === undefined) return null;
      const identity = await issuer.identify({ idToken, ...(accessToken === undefined ? {} : { accessToken }) });
      if (identity === null) return null;
      const admitted = await admit(identity, provider);
      if (admitted.kind === "refused") return refuse(admitted.why);
      return { sub: identity.subject, email: admitted.email, emailVerified: false };
    },
  };
}
