/** For tests: a real OpenID provider in this process, and a browser that signs in there. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { send } from "../memory-app.fixture.ts";

/** Who somebody is, as the provider's claims say it. */
type Claims = Readonly<Record<string, unknown>>;

export interface TestIssuer {
  readonly url: string;
  /** People by their subject; a test may change them while it runs. */
  readonly people: Map<string, Claims>;
  /** Is called whenever a token has been sent. */
  onToken: () => void;
  readonly close: () => Promise<void>;
}

export const CLIENT = { clientId: "ratchet", clientSecret: "not-a-secret-of-anybody" };
const HOST = "http://localhost:4600";

/** @param claimsIn - whether what is known of people is in the token, or has to be asked for. */
export async function openIssuer(claimsIn: "token" | "userinfo" = "token"): Promise<TestIssuer> {
  const people = new Map<string, Claims>();
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${HOST}/v1/session/elsewhere/callback`],
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
    conformIdTokenClaims: claimsIn === "userinfo",
    cookies: { keys: ["keys of a test"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
  });
  const handle = provider.callback();
  server.on("request", (request, response) => {
    if (request.url === "/token") response.on("finish", () => issuer.onToken());
    void handle(request, response);
  });
  const issuer: TestIssuer = {
    url,
    people,
    onToken: () => {},
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return issuer;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server listens on a port");
  return address.port;
}

/** Serves a discovery document that is not its own, or one that it makes of its own address. */
export async function impostor(
  document: object | ((url: string) => object),
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((_, response) => {
    response.end(JSON.stringify(typeof document === "function" ? document(url) : document));
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  return { url, close: () => new Promise((done) => server.close(() => done())) };
}

/** A browser: what it was told to keep, by host. */
export interface Browser {
  readonly cookies: Map<string, string>;
}

export function openBrowser(): Browser {
  return { cookies: new Map() };
}

export function cookiesOf({ cookies }: Browser): { readonly cookie: string } {
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}

function keep({ cookies }: Browser, response: Response): void {
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/u.exec(cookie) ?? [];
    if (/max-age=0|expires=thu, 01 jan 1970/iu.test(cookie)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** Presses the button: the address of the issuer that the browser is sent to. */
export async function begin(browser: Browser): Promise<string> {
  return goTo(browser, "/v1/session/elsewhere");
}

/** Goes to a path of the server: the address that it is sent to next. */
export async function goTo(browser: Browser, path: string): Promise<string> {
  const response = await send("GET", path, undefined, { ...cookiesOf(browser) });
  keep(browser, response);
  return response.headers.get("location") ?? `answered with ${response.status}`;
}

const STEPS_MAX = 12;

/** Signs in at the issuer, and agrees: the path of the server that the issuer sends the browser back to. */
export async function signInThere(address: string, subject: string): Promise<string> {
  const browser = openBrowser();
  let url = address;
  let form: string | null = null;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const response: Response = await fetch(url, {
      redirect: "manual",
      headers: { ...cookiesOf(browser), "content-type": "application/x-www-form-urlencoded" },
      ...(form === null ? {} : { method: "POST", body: form }),
    });
    keep(browser, response);
    const location = response.headers.get("location");
    const page = await response.text();
    if (location === null) {
      const prompt = /name="prompt" value="(\w+)"/u.exec(page)?.[1];
      if (prompt === undefined) throw new Error(`the issuer answered with ${response.status}: ${page.slice(0, 300)}`);
      form = new URLSearchParams({ prompt, login: subject, password: "any" }).toString();
    } else {
      if (location.startsWith(HOST)) return location.slice(HOST.length);
      url = new URL(location, url).href;
      form = null;
    }
  }
  throw new Error("the issuer sends the browser round in circles");
}

/** The whole way: where it ends. */
export async function signIn(browser: Browser, subject: string): Promise<string> {
  return goTo(browser, await signInThere(await begin(browser), subject));
}
