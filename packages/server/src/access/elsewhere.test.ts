import { ROUTES } from "@ratchet/protocol";
import { memoryFactsStore } from "@ratchet/engine";
import { z } from "zod";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, context, open, problem, send, setUp } from "../memory-app.fixture.ts";
import type { ElsewhereSettings } from "./elsewhere-settings.ts";
import { discover } from "./issuer.ts";
import {
  begin,
  CLIENT,
  cookiesOf,
  goTo,
  impostor,
  openBrowser,
  openIssuer,
  signIn,
  signInThere,
} from "./issuer.fixture.ts";
import type { Browser, TestIssuer } from "./issuer.fixture.ts";

const ANN = { email: "ann@example.com", email_verified: true, groups: ["admins", "approvers"] };
const BO = { email: "bo@example.com", email_verified: true, groups: ["sales-ops"] };
const PASSWORD = "correct horse battery";

let issuer: TestIssuer;

async function start(settings: Partial<ElsewhereSettings> = {}): Promise<void> {
  await open(memoryFactsStore(), { publicUrl: "http://localhost:4600", elsewhere: { ...settingsOf(), ...settings } });
  await setUp();
}

function settingsOf(): ElsewhereSettings {
  return {
    name: "Example",
    issuer: issuer.url,
    ...CLIENT,
    scopes: [],
    groupsClaim: "groups",
    roles: [
      { group: "admins", role: "admin" },
      { group: "approvers", role: "approver" },
      { group: "sales-ops", role: "operator" },
      { group: "officers", role: "compliance" },
    ],
    joinByEmail: false,
    trustedHosts: ["127.0.0.1"],
  };
}

const session = async (browser: Browser) =>
  ROUTES.session.response.parse(await (await send("GET", "/v1/session", undefined, cookiesOf(browser))).json());
const today = async (browser: Browser) => (await send("GET", "/v1/today", undefined, cookiesOf(browser))).status;

beforeEach(async () => {
  // The provider warns that it is not set up for production.
  for (const stream of ["warn", "info"] as const) vi.spyOn(console, stream).mockReturnValue();
  issuer = await openIssuer();
  issuer.people.set("ann", ANN);
  issuer.people.set("bo", BO);
  await start();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await context.access.stop();
  await issuer.close();
});

describe("signing in elsewhere", () => {
  it("is offered to whoever is out, and nobody is let in without it", async () => {
    expect(await ask(ROUTES.session)).toEqual({
      state: "out",
      user: null,
      elsewhere: { name: "Example", url: "/v1/session/elsewhere" },
    });
    expect(await today(openBrowser())).toBe(401);
  });

  it("sends the browser to the issuer with a challenge, a state and a nonce, and keeps no secret in the address", async () => {
    const url = new URL(await begin(openBrowser()));
    expect(url.origin).toBe(issuer.url);
    const asked = Object.fromEntries(url.searchParams);
    expect(asked).toMatchObject({
      response_type: "code",
      client_id: CLIENT.clientId,
      code_challenge_method: "S256",
      redirect_uri: "http://localhost:4600/v1/session/elsewhere/callback",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]).toMatch(/^[\w-]{32,}$/u);
    expect(url.href).not.toContain(CLIENT.clientSecret);
  });

  it("gives whoever comes back the roles of their groups; the first is whom the default policy names", async () => {
    const ann = openBrowser();
    expect(await signIn(ann, "ann")).toBe("/");
    expect(await session(ann)).toMatchObject({
      state: "in",
      user: { email: ANN.email, speaks_as: "person:owner", roles: ["approver", "admin"] },
    });
    const bo = openBrowser();
    await signIn(bo, "bo");
    expect(await session(bo)).toMatchObject({ user: { speaks_as: "person:bo", roles: ["operator"] } });
    expect(await today(bo)).toBe(200);
    const ledger = await (await send("GET", "/v1/ledger", undefined, cookiesOf(ann))).text();
    expect(ledger).toContain("person:bo");
    expect(ledger).not.toContain(BO.email);
  });

  it("asks the issuer about a person whose token does not say who they are", async () => {
    await context.access.stop();
    await issuer.close();
    issuer = await openIssuer("userinfo");
    issuer.people.set("ann", ANN);
    await start();
    const ann = openBrowser();
    expect(await signIn(ann, "ann")).toBe("/");
    expect(await session(ann)).toMatchObject({ user: { email: ANN.email, roles: ["approver", "admin"] } });
  });
});

describe("a group", () => {
  it("that has no role lets nobody in, and makes no user", async () => {
    await signIn(openBrowser(), "ann");
    issuer.people.set("eve", { email: "eve@example.com", email_verified: true, groups: ["everybody"] });
    issuer.people.set("mal", { email: "mal@example.com", email_verified: true });
    for (const subject of ["eve", "mal"]) {
      const browser = openBrowser();
      expect(await signIn(browser, subject)).toBe("/?sign_in=no_role");
      expect(await session(browser)).toMatchObject({ state: "out" });
    }
    expect(context.access.users.count()).toBe(1);
  });

  it("that is lost ends its role, and every session, the next time that the person comes", async () => {
    await signIn(openBrowser(), "ann");
    issuer.people.set("bo", { ...BO, groups: ["sales-ops", "approvers"] });
    const [first, second] = [openBrowser(), openBrowser()];
    await signIn(first, "bo");
    issuer.people.set("bo", { ...BO, groups: ["approvers"] });
    await signIn(second, "bo");
    expect(await today(first)).toBe(401);
    expect(await session(second)).toMatchObject({ user: { roles: ["approver"] } });
    issuer.people.set("bo", { ...BO, groups: [] });
    expect(await signIn(openBrowser(), "bo")).toBe("/?sign_in=no_role");
    expect(await today(second)).toBe(401);
  });

  it("that would give one person two duties gives none", async () => {
    issuer.people.set("ann", { ...ANN, groups: ["admins", "officers"] });
    expect(await signIn(openBrowser(), "ann")).toBe("/?sign_in=bad_roles");
  });

  it("that gives no admin makes no first user", async () => {
    expect(await signIn(openBrowser(), "bo")).toBe("/?sign_in=first_admin");
    expect(context.access.users.count()).toBe(0);
  });
});

describe("an address", () => {
  const withPassword = () =>
    context.access.users.create(
      { email: ANN.email, name: "ann", roles: ["admin"], password: PASSWORD },
      async () => {},
    );

  it("that a user has is no way to become that user, unless the operator says so", async () => {
    await withPassword();
    expect(await signIn(openBrowser(), "ann")).toBe("/?sign_in=address_taken");
  });

  it("joins where the operator says so and the issuer verified it, and once only", async () => {
    await context.access.stop();
    await start({ joinByEmail: true });
    await withPassword();
    issuer.people.set("ann", { ...ANN, email_verified: false });
    expect(await signIn(openBrowser(), "ann")).toBe("/?sign_in=address_taken");
    issuer.people.set("ann", ANN);
    const ann = openBrowser();
    expect(await signIn(ann, "ann")).toBe("/");
    expect(await session(ann)).toMatchObject({ user: { speaks_as: "person:ann", roles: ["approver", "admin"] } });
    // The address was given to somebody else, who is another subject.
    issuer.people.set("ann-2", ANN);
    expect(await signIn(openBrowser(), "ann-2")).toBe("/?sign_in=address_taken");
  });

  it("that nobody verified gives no name that a policy could know", async () => {
    await signIn(openBrowser(), "ann");
    issuer.people.set("eve", { email: "cfo@example.com", groups: ["sales-ops"] });
    issuer.people.set("own", { email: "owner@example.com", email_verified: true, groups: ["sales-ops"] });
    const [eve, own] = [openBrowser(), openBrowser()];
    await signIn(eve, "eve");
    await signIn(own, "own");
    expect((await session(eve)).user?.speaks_as).toMatch(/^person:user-[0-9a-f]{12}$/u);
    expect((await session(own)).user?.speaks_as).toBe("person:owner-2");
  });
});

describe("what comes back wrong", () => {
  const failed = "/?sign_in=failed";

  it("is refused: another browser's state, a changed one, none, and the same a second time", async () => {
    const ann = openBrowser();
    const back = await signInThere(await begin(ann), "ann");
    expect(await goTo(openBrowser(), back)).toBe(failed);
    expect(await goTo(ann, back.replace(/state=[^&]+/u, "state=made-up"))).toBe(failed);
    expect(await goTo(ann, back.replace(/state=[^&]+/u, ""))).toBe(failed);
    const again = openBrowser();
    const path = await signInThere(await begin(again), "ann");
    const kept = new Map(again.cookies);
    expect(await goTo(again, path)).toBe("/");
    expect(await goTo({ cookies: kept }, path)).toBe(failed);
    expect(context.access.users.count()).toBe(1);
  });

  it("is refused: another issuer's answer, and a token made for another try (nonce)", async () => {
    const ann = openBrowser();
    const back = await signInThere(await begin(ann), "ann");
    expect(back).toContain("iss=");
    expect(await goTo(ann, back.replace(/iss=[^&]+/u, "iss=https%3A%2F%2Fevil.example"))).toBe(failed);
    const other = openBrowser();
    const changed = (await begin(other)).replace(/nonce=[^&]+/u, "nonce=of-somebody-elses-try-to-sign-in-here");
    expect(await goTo(other, await signInThere(changed, "ann"))).toBe(failed);
    expect(context.access.users.count()).toBe(0);
  });

  it("is refused: a try that took longer than ten minutes", async () => {
    const ann = openBrowser();
    const back = await signInThere(await begin(ann), "ann");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 601_000 });
    expect(await goTo(ann, back)).toBe(failed);
  });

  it("is refused: a token that has expired", async () => {
    const sent: string[] = [];
    issuer.onToken = () => {
      // It holds for an hour; clocks may differ by half a minute.
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 + 31_000 });
      sent.push("a token");
    };
    expect(await signIn(openBrowser(), "ann")).toBe(failed);
    expect(sent).toEqual(["a token"]);
    expect(context.access.users.count()).toBe(0);
  });
});

describe("an issuer", () => {
  it("is taken at its word only where it is the one that was named, at addresses that may be called", async () => {
    expect(await discover(settingsOf())).toMatchObject({ issuer: issuer.url });
    expect(await discover({ ...settingsOf(), issuer: `${issuer.url}/.well-known/openid-configuration` })).toMatchObject(
      {
        issuer: issuer.url,
      },
    );
    const document = z
      .record(z.string(), z.unknown())
      .parse(await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json());
    const other = await impostor(document);
    await expect(discover({ ...settingsOf(), issuer: other.url })).rejects.toThrow(`is that of ${issuer.url}, not of`);
    await other.close();
    for (const name of ["token_endpoint", "jwks_uri", "userinfo_endpoint", "authorization_endpoint"]) {
      const leading = await impostor((url) => ({ ...document, issuer: url, [name]: "http://169.254.169.254/latest" }));
      await expect(discover({ ...settingsOf(), issuer: leading.url })).rejects.toThrow("names http://169.254.169.254");
      await leading.close();
    }
    await expect(discover({ ...settingsOf(), trustedHosts: [] })).rejects.toThrow("could not be had");
  });

  it("that is away, or where nobody allowed, keeps nobody from signing in with a password", async () => {
    for (const one of [{ issuer: "http://127.0.0.1:1" }, { trustedHosts: [] }]) {
      await context.access.stop();
      await start(one);
      await context.access.users.create({ email: ANN.email, roles: ["admin"], password: PASSWORD }, async () => {});
      expect(await begin(openBrowser())).toBe("/?sign_in=unreachable");
      expect((await send("POST", "/v1/session", { email: ANN.email, password: PASSWORD })).status).toBe(200);
    }
  });

  it("that is not configured has no way in", async () => {
    await context.access.stop();
    await open();
    expect(await problem(await send("GET", "/v1/session/elsewhere"))).toMatchObject({ status: 404 });
  });
});
