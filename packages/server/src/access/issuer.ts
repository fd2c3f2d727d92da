import { z } from "zod";
import { addressFault, guardedFetch, type GuardedFetch } from "../outgoing/guarded-fetch.ts";
import { readAtMost } from "../outgoing/read-at-most.ts";
import { discoveryUrl, guardOfIssuer, isIssuer, type ElsewhereSettings } from "./elsewhere-settings.ts";

/** Who the issuer says that somebody is. */
export interface Identity {
  /** What the issuer calls them, once and for all. */
  readonly subject: string;
  readonly email: string;
  readonly isEmailVerified: boolean;
  readonly groups: readonly string[];
}

/** An issuer, as its discovery document describes it. Every call of it is guarded. */
export interface Issuer {
  readonly issuer: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** Exchanges a code for tokens. @throws IssuerError */
  readonly exchange: (code: string, options: ExchangeOptions) => Promise<Tokens>;
  /** Reads who somebody is, from a token whose signature, audience, time and nonce were checked. null where it does not say. */
  readonly identify: (tokens: Partial<Tokens>) => Promise<Identity | null>;
}

interface ExchangeOptions {
  readonly redirectUrl: string;
  readonly codeVerifier: string;
}

/** What comes for a code. */
interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
}

/** The issuer cannot be reached, or does not answer as one. */
export class IssuerError extends Error {
  readonly code = "auth.issuer";
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 256 * 1024;
const GROUPS_MAX = 10_000;

const discoverySchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
});
type Discovery = z.infer<typeof discoverySchema>;

const tokensSchema = z.object({ id_token: z.string(), access_token: z.string() });
const claimsSchema = z.looseObject({
  sub: z.string().min(1).max(255),
  email: z.email().max(200).optional().catch(undefined),
  email_verified: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
    .optional()
    .catch(undefined),
});
type Claims = z.infer<typeof claimsSchema>;

/** Reads what the issuer has. @throws IssuerError where it is another one, or names an address that must not be called. */
export async function discover(settings: ElsewhereSettings): Promise<Issuer> {
  const guard = guardOfIssuer(settings);
  const call = guardedFetch(guard);
  const found = await answerOf(call, discoverySchema, { url: discoveryUrl(settings), what: "discovery document" });
  if (!isIssuer(settings, found.issuer))
    throw new IssuerError(`the discovery document is that of ${found.issuer}, not of ${settings.issuer}`);
  const {
    authorization_endpoint: authorizationUrl,
    token_endpoint: tokenUrl,
    jwks_uri: keys,
    userinfo_endpoint,
  } = found;
  for (const url of [
    authorizationUrl,
    tokenUrl,
    keys,
    ...(userinfo_endpoint === undefined ? [] : [userinfo_endpoint]),
  ]) {
    const fault = addressFault(url, guard);
    if (fault !== null) throw new IssuerError(`the discovery document names ${new URL(url).origin}: ${fault}`);
  }
  return {
    issuer: found.issuer,
    authorizationUrl,
    tokenUrl,
    exchange: (code, options) => exchange(call, found, { ...options, ...settings, code }),
    identify: async (tokens) => {
      const claims = claimsSchema.safeParse(payloadOf(tokens.idToken ?? ""));
      if (!claims.success) return null;
      const all = await withUserInfo(call, claims.data, { found, settings, accessToken: tokens.accessToken });
      return identityOf(all, settings.groupsClaim);
    },
  };
}

/** Issuers may keep a person's address or groups out of the token: then they are asked for, and must be the same person's. */
async function withUserInfo(
  call: GuardedFetch,
  claims: Claims,
  {
    found,
    settings,
    accessToken,
  }: { readonly found: Discovery; readonly settings: ElsewhereSettings; readonly accessToken: string | undefined },
): Promise<Claims> {
  const isWhole = claims.email !== undefined && claims[settings.groupsClaim] !== undefined;
  if (isWhole || found.userinfo_endpoint === undefined || accessToken === undefined) return claims;
  const said = await answerOf(call, claimsSchema, {
    url: found.userinfo_endpoint,
    what: "answer about a person",
    headers: { authorization: `Bearer ${accessToken}` },
  });
  if (said.sub !== claims.sub) throw new IssuerError("the issuer answered about somebody else than its token names");
  // An address goes with what is said of it: one source's "verified" says nothing of the other's address.
  const address = claims.email === undefined ? said : claims;
  return { ...said, ...claims, email: address.email, email_verified: address.email_verified };
}

function identityOf({ sub, email, email_verified, ...claims }: Claims, groupsClaim: string): Identity | null {
  if (email === undefined) return null;
  const groups = z
    .union([z.array(z.string()).max(GROUPS_MAX), z.string().transform((one) => [one])])
    .safeParse(claims[groupsClaim]);
  return {
    subject: sub,
    email: email.trim().toLowerCase(),
    isEmailVerified: email_verified === true,
    groups: groups.success ? groups.data : [],
  };
}

async function exchange(
  call: GuardedFetch,
  found: Discovery,
  {
    code,
    redirectUrl,
    codeVerifier,
    clientId,
    clientSecret,
  }: ExchangeOptions & ElsewhereSettings & { readonly code: string },
): Promise<Tokens> {
  // What a server does not declare is Basic (OpenID Connect Discovery 1.0, section 3).
  const isPost = found.token_endpoint_auth_methods_supported?.includes("client_secret_basic") === false;
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUrl,
    code_verifier: codeVerifier,
    ...(isPost ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const basic = Buffer.from(`${encoded(clientId)}:${encoded(clientSecret)}`).toString("base64");
  const said = await answerOf(call, tokensSchema, {
    url: found.token_endpoint,
    what: "answer to a code",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(isPost ? {} : { authorization: `Basic ${basic}` }),
    },
    body: form.toString(),
  });
  return { idToken: said.id_token, accessToken: said.access_token };
}

/** As forms are, before Basic (RFC 6749, section 2.3.1). */
function encoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

interface Question {
  readonly url: string;
  /** For the message where there is none. */
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: a GET. */
  readonly body?: string;
}

/** @throws IssuerError; its message holds no token and nothing of a person. */
async function answerOf<T>(
  call: GuardedFetch,
  schema: z.ZodType<T>,
  { url, what, headers = {}, body }: Question,
): Promise<T> {
  try {
    const answer = await call(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { accept: "application/json", ...headers },
      body: body ?? "",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new IssuerError(`no ${what}: ${new URL(url).origin} answered with ${answer.status}`);
    }
    return schema.parse(JSON.parse(await readAtMost(answer, ANSWER_BYTES_MAX)));
  } catch (error) {
    if (error instanceof IssuerError) throw error;
    const why = error instanceof z.ZodError || error instanceof SyntaxError ? "is not one" : "could not be had";
    throw new IssuerError(`the ${what} of ${new URL(url).origin} ${why}`, {
      cause: error instanceof z.ZodError ? undefined : error,
    });
  }
}

/** What a token says; whether it is true is the login library's to check, and was. */
function payloadOf(token: string): unknown {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
}
