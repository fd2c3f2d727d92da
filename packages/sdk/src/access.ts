import type { ParametersOf, RequestOf, ResponseOf, RouteName } from "@ratchet/protocol";
import type { CallOptions } from "./create-ratchet.ts";
import type { RequestBody } from "./transport.ts";

type Answer<Name extends RouteName> = Promise<ResponseOf<Name>>;

/** Who may come in: keys of programs, and people. Secrets are answered once, when they are made. */
export interface Access {
  readonly keys: (options?: CallOptions) => Answer<"keys">;
  readonly createKey: (key: RequestOf<"createKey">) => Answer<"createKey">;
  /** A new secret; the former one works for another 24 hours unless told. */
  readonly rotateKey: (keyId: string, rotation?: RequestOf<"rotateKey">) => Answer<"rotateKey">;
  /** Ends a key, now and for good. */
  readonly revokeKey: (keyId: string) => Answer<"revokeKey">;
  /** Who is signed in. A browser carries the session by itself; a program has a key instead. */
  readonly session: (options?: CallOptions) => Answer<"session">;
  readonly signIn: (login: RequestOf<"signIn">) => Answer<"signIn">;
  readonly signOut: () => Answer<"signOut">;
  readonly users: (options?: CallOptions) => Answer<"users">;
  readonly createUser: (user: RequestOf<"createUser">) => Answer<"createUser">;
  /** Whoever loses a role is signed out. */
  readonly setRoles: (userId: string, roles: RequestOf<"setRoles">["roles"]) => Answer<"setRoles">;
  /** One that is made where none is given. Whoever is signed in as them is so no longer. */
  readonly setPassword: (userId: string, password?: string) => Answer<"setPassword">;
  readonly removeUser: (userId: string) => Answer<"removeUser">;
}

type Caller = <Name extends RouteName>(
  name: Name,
  parameters: ParametersOf<Name>,
  extras?: { readonly body?: RequestBody; readonly options?: CallOptions | undefined },
) => Answer<Name>;

const json = (value: unknown): RequestBody => ({ kind: "json", value });

export function access(call: Caller): Access {
  return {
    keys: (options) => call("keys", {}, { options }),
    createKey: (key) => call("createKey", {}, { body: json(key) }),
    rotateKey: (id, rotation = {}) => call("rotateKey", { key_id: id }, { body: json(rotation) }),
    revokeKey: (id) => call("revokeKey", { key_id: id }),
    session: (options) => call("session", {}, { options }),
    signIn: (login) => call("signIn", {}, { body: json(login) }),
    signOut: () => call("signOut", {}),
    users: (options) => call("users", {}, { options }),
    createUser: (user) => call("createUser", {}, { body: json(user) }),
    setRoles: (id, roles) => call("setRoles", { user_id: id }, { body: json({ roles }) }),
    setPassword: (id, password) =>
      call("setPassword", { user_id: id }, { body: json(password === undefined ? {} : { password }) }),
    removeUser: (id) => call("removeUser", { user_id: id }),
  };
}
