import { z } from "zod";
import { ROLES } from "./access.ts";
import { idSchema, listOf } from "./primitives.ts";

/** What people may be; `agent` is what programs may be. */
const roleSchema = z.enum(ROLES).exclude(["agent"]);
const rolesSchema = z.array(roleSchema).min(1).max(ROLES.length);
const PASSWORD_LENGTH_MAX = 128;
const passwordSchema = z
  .string()
  .min(12, "must have at least 12 characters")
  .max(PASSWORD_LENGTH_MAX, `must have at most ${PASSWORD_LENGTH_MAX} characters`);
const emailSchema = z.email().max(200);

/** Somebody who may sign in. */
export const userViewSchema = z.object({
  user_id: idSchema,
  email: z.string(),
  /** What changes and the ledger call them, such as `person:ann`. A policy names its approvers so. */
  speaks_as: z.string(),
  roles: listOf(z.enum(ROLES)),
});
export type UserView = z.infer<typeof userViewSchema>;

/** `GET /v1/users`, by what they are called. */
export const userListViewSchema = z.object({ users: listOf(userViewSchema) });

/** Body of `POST /v1/users`. */
export const createUserRequestSchema = z.strictObject({
  email: emailSchema,
  /** What they are called: `ann` speaks as `person:ann`. From the address where absent. */
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9._-]{0,62}$/u,
      "must be lower-case letters, digits, dots, hyphens and underscores, such as ann",
    )
    .exactOptional(),
  roles: rolesSchema,
  /** Absent: one is made, and shown once. */
  password: passwordSchema.exactOptional(),
});

/** A user with the password that was made for them: the only time that it is shown; null where they brought one. */
export const createdUserViewSchema = z.object({ user: userViewSchema, password: z.string().nullable() });

/** Body of `POST /v1/users/{user_id}/roles`. */
export const setRolesRequestSchema = z.strictObject({ roles: rolesSchema });

/** Body of `POST /v1/users/{user_id}/password`. Whoever is signed in as them is so no longer. */
export const setPasswordRequestSchema = z.strictObject({ password: passwordSchema.exactOptional() });

/** Body of `POST /v1/session`. */
export const signInRequestSchema = z.strictObject({
  email: z.string().max(200),
  password: z.string().max(PASSWORD_LENGTH_MAX),
});

/** `GET /v1/session`: who asks, and whether they have to sign in. */
export const sessionViewSchema = z.object({
  /** `solo`: nobody has to, on this machine. `out`: somebody has to, and is not. */
  state: z.enum(["solo", "in", "out"]),
  /** Who is signed in; null in the other states. */
  user: userViewSchema.nullable(),
  /** How one can sign in elsewhere, with the address to go to; null where there is no such way. */
  elsewhere: z.object({ name: z.string(), url: z.string() }).nullable(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;
