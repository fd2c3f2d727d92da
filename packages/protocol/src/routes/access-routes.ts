import { ACCESS } from "../access.ts";
import {
  createKeyRequestSchema,
  keyListViewSchema,
  keyViewSchema,
  rotateKeyRequestSchema,
  shownKeyViewSchema,
} from "../keys.ts";
import {
  createdUserViewSchema,
  createUserRequestSchema,
  sessionViewSchema,
  setPasswordRequestSchema,
  setRolesRequestSchema,
  signInRequestSchema,
  userListViewSchema,
  userViewSchema,
} from "../users.ts";
import { none, type RouteShape } from "./route-shape.ts";

/** Who may come in. */
export const ACCESS_ROUTES = {
  keys: {
    method: "GET",
    path: "/v1/keys",
    access: ACCESS.readAccess,
    summary: "Keys of programs, without their secrets",
    ...none,
    response: keyListViewSchema,
  },
  createKey: {
    method: "POST",
    path: "/v1/keys",
    access: ACCESS.administer,
    summary: "Make a key for a program",
    query: null,
    request: createKeyRequestSchema,
    response: shownKeyViewSchema,
  },
  rotateKey: {
    method: "POST",
    path: "/v1/keys/{key_id}/rotate",
    access: ACCESS.administer,
    summary: "Give a key a new secret; the old one works a while longer",
    query: null,
    request: rotateKeyRequestSchema,
    response: shownKeyViewSchema,
  },
  revokeKey: {
    method: "DELETE",
    path: "/v1/keys/{key_id}",
    access: ACCESS.administer,
    summary: "End a key, now and for good",
    ...none,
    response: keyViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;

/** Who signs in, and who may. */
export const USER_ROUTES = {
  session: {
    method: "GET",
    path: "/v1/session",
    access: ACCESS.open,
    summary: "Who is signed in here",
    ...none,
    response: sessionViewSchema,
  },
  signIn: {
    method: "POST",
    path: "/v1/session",
    access: ACCESS.open,
    summary: "Sign in with an address and a password",
    query: null,
    request: signInRequestSchema,
    response: sessionViewSchema,
  },
  signOut: {
    method: "DELETE",
    path: "/v1/session",
    access: ACCESS.open,
    summary: "Sign out",
    ...none,
    response: sessionViewSchema,
  },
  users: {
    method: "GET",
    path: "/v1/users",
    access: ACCESS.people,
    summary: "Who may sign in, and as what",
    ...none,
    response: userListViewSchema,
  },
  createUser: {
    method: "POST",
    path: "/v1/users",
    access: ACCESS.people,
    summary: "Let somebody sign in",
    query: null,
    request: createUserRequestSchema,
    response: createdUserViewSchema,
  },
  setRoles: {
    method: "POST",
    path: "/v1/users/{user_id}/roles",
    access: ACCESS.people,
    summary: "Say what somebody may",
    query: null,
    request: setRolesRequestSchema,
    response: userViewSchema,
  },
  setPassword: {
    method: "POST",
    path: "/v1/users/{user_id}/password",
    access: ACCESS.people,
    summary: "Give somebody a new password",
    query: null,
    request: setPasswordRequestSchema,
    response: createdUserViewSchema,
  },
  removeUser: {
    method: "DELETE",
    path: "/v1/users/{user_id}",
    access: ACCESS.people,
    summary: "Let somebody in no longer",
    ...none,
    response: userViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
