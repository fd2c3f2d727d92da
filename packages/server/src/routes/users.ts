import { randomBytes } from "node:crypto";
import type { AccessEvent } from "@ratchet/engine";
import { ROUTES, WAYS_IN, type SessionView, type UserView } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import { actor } from "../access/speaker.ts";
import type { User } from "../access/user.ts";
import type { Onward } from "../access/elsewhere.ts";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";

/** 120 random bits, in letters and digits that can be read out. */
const PASSWORD_BYTES = 15;

/** Whether somebody who is not signed in has to be. */
export type IsSolo = (c: Context) => boolean;

/** Who signs in, and who may. Every change is in the ledger before it has any effect. */
export function userRoutes(app: Hono<ServerEnvironment>, context: AppContext, isSolo: IsSolo): void {
  const { users, elsewhere } = context.access;
  const session = (c: Context, user: User | null): SessionView => ({
    state: user !== null ? "in" : isSolo(c) ? "solo" : "out",
    user: user === null ? null : userView(user),
    elsewhere: elsewhere === null ? null : { name: elsewhere.name, url: WAYS_IN.signInElsewhere.path },
  });
  on(app, "session", async (c) => session(c, await users.bySession(c)));
  on(app, "signIn", async (c) => {
    const login = await readBody(c, ROUTES.signIn.request);
    const user = await context.access.guard.login(c, login.email, () => users.signIn(c, login));
    if (user === null) throw new ProblemError("auth.wrong_login", "no user has this address and this password");
    return session(c, user);
  });
  if (elsewhere !== null) {
    app.get(WAYS_IN.signInElsewhere.path, async (c) => onward(c, context, await elsewhere.begin(c)));
    app.get(WAYS_IN.backFromElsewhere.path, async (c) => onward(c, context, await elsewhere.finish(c)));
  }
  on(app, "signOut", async (c) => {
    await users.signOut(c);
    return session(c, null);
  });
  on(app, "users", async () => ({ users: users.all().map(userView) }));
  on(app, "createUser", async (c) => {
    const { password, ...wish } = await readBody(c, ROUTES.createUser.request);
    const made = password ?? makePassword();
    const user = await users.create({ ...wish, password: made }, record(c));
    return { user: userView(user), password: password === undefined ? made : null };
  });
  on(app, "setRoles", async (c) => {
    const { roles } = await readBody(c, ROUTES.setRoles.request);
    return userView(await users.setRoles(asked(c), roles, record(c)));
  });
  on(app, "setPassword", async (c) => {
    const { password } = await readBody(c, ROUTES.setPassword.request);
    const made = password ?? makePassword();
    const user = asked(c);
    await users.setPassword(user, made, record(c));
    return { user: userView(user), password: password === undefined ? made : null };
  });
  on(app, "removeUser", async (c) => {
    const user = asked(c);
    await users.remove(user, record(c));
    return userView(user);
  });

  const asked = (c: Context): User => {
    const user = users.byId(parameter(c, "user_id"));
    if (user === null)
      throw new ProblemError(
        "user.not_found",
        "there is no user with this id; ratchet users list names those there are",
      );
    return user;
  };
  const record =
    (c: Context<ServerEnvironment>) =>
    (body: AccessEvent): Promise<void> =>
      context.workspace.current().append([{ at: context.stores.clock(), actor: actor(c), body }], []);
}

/** Where a browser goes next. What failed is counted against whoever tries, and said on the sign-in page. */
async function onward(c: Context, { access: { guard } }: AppContext, next: Onward): Promise<Response> {
  c.header("cache-control", "no-store");
  if (next.kind === "go") return c.redirect(next.url);
  await guard.stranger(c);
  return c.redirect(`/?sign_in=${next.why}`);
}

function makePassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}

function userView({ id, email, actor: speaksAs, roles }: User): UserView {
  return { user_id: id, email, speaks_as: speaksAs, roles };
}
