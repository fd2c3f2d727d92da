import type { RequestOf, UserView } from "@ratchet/protocol";
import { InvalidArgumentError, type Command } from "commander";
import { onWorkspace, openWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { print, printJson, table } from "../print.ts";

type Role = RequestOf<"createUser">["roles"][number];
const ROLES: readonly Role[] = ["viewer", "operator", "approver", "compliance", "admin", "auditor"];

interface CreateOptions extends WorkspaceOptions {
  readonly role: readonly Role[];
  readonly name?: string;
}

interface RoleOptions extends WorkspaceOptions {
  readonly role: readonly Role[];
}

const ABOUT_ROLES = `
Roles: viewer reads · operator keeps data and sources, and stops changes · approver and compliance accept or refuse changes ·
admin sets up, gives keys and roles · auditor reads and verifies, and has no other role. The first user is an admin.
A password comes from RATCHET_NEW_PASSWORD; without it one is made and shown once.

Examples:
  ratchet users create ann@example.com --role admin,approver
  ratchet users create bo@example.com --role approver --name bo
With --url, sign in as an admin: RATCHET_USER and RATCHET_PASSWORD.`;

/** People who may sign in. */
export function addUsers(program: Command): void {
  const users = program.command("users").description("people who may sign in, and as what");
  withWorkspace(users.command("list", { isDefault: true }))
    .description("everybody who may sign in")
    .action(listUsers);
  withWorkspace(users.command("create"))
    .description("let somebody sign in")
    .argument("<email>", "the address that they sign in with")
    .requiredOption("--role <roles>", `what they may, with commas: ${ROLES.join(", ")}`, rolesOf)
    .option("--name <name>", "what changes and the ledger call them: ann speaks as person:ann")
    .addHelpText("after", ABOUT_ROLES)
    .action(createUser);
  withWorkspace(users.command("role"))
    .description("say what somebody may; whoever loses a role is signed out")
    .argument("<user>", "their address, or what they are called")
    .requiredOption("--role <roles>", "all of their roles from now on", rolesOf)
    .action(setRoles);
  withWorkspace(users.command("password"))
    .description("give somebody a new password; they are signed out")
    .argument("<user>")
    .action(setPassword);
  withWorkspace(users.command("remove"))
    .description("let somebody in no longer, now; what they did stays in the ledger")
    .argument("<user>")
    .action(removeUser);
}

function rolesOf(text: string): readonly Role[] {
  return text.split(",").map((word) => {
    const role = ROLES.find((known) => known === word.trim());
    if (role === undefined) throw new InvalidArgumentError(`"${word}" is none of ${ROLES.join(", ")}.`);
    return role;
  });
}

async function listUsers(options: WorkspaceOptions): Promise<void> {
  const list = await onWorkspace(options, (ratchet) => ratchet.access.users());
  if (options.json === true) return printJson(list);
  if (list.users.length === 0)
    return print(
      "No users: solo mode, nobody signs in on this machine. Add one: ratchet users create you@example.com --role admin,approver",
    );
  print(
    table(
      ["user", "speaks as", "roles"],
      list.users.map(({ email, speaks_as, roles }) => [email, speaks_as, roles.join(", ")]),
    ),
  );
}

/** The first user may be made before there is anything else. */
async function createUser(email: string, options: CreateOptions): Promise<void> {
  const run = options.url === undefined ? openWorkspace : onWorkspace;
  const wish = {
    email,
    roles: [...options.role],
    ...(options.name === undefined ? {} : { name: options.name }),
    ...givenPassword(),
  };
  const made = await run(options, (ratchet) => ratchet.access.createUser(wish));
  if (options.json === true) return printJson(made);
  print(`${made.user.email} may sign in, speaks as ${made.user.speaks_as} and is ${made.user.roles.join(", ")}.`);
  showPassword(made.password);
}

async function setRoles(named: string, options: RoleOptions): Promise<void> {
  const user = await onWorkspace(options, async (ratchet) => {
    const { user_id } = find((await ratchet.access.users()).users, named);
    return ratchet.access.setRoles(user_id, [...options.role]);
  });
  if (options.json === true) return printJson(user);
  print(`${user.email} is ${user.roles.join(", ")}.`);
}

async function setPassword(named: string, options: WorkspaceOptions): Promise<void> {
  const made = await onWorkspace(options, async (ratchet) => {
    const { user_id } = find((await ratchet.access.users()).users, named);
    return ratchet.access.setPassword(user_id, givenPassword().password);
  });
  if (options.json === true) return printJson(made);
  print(`${made.user.email} has a new password and is signed out.`);
  showPassword(made.password);
}

async function removeUser(named: string, options: WorkspaceOptions): Promise<void> {
  const user = await onWorkspace(options, async (ratchet) => {
    const { user_id } = find((await ratchet.access.users()).users, named);
    return ratchet.access.removeUser(user_id);
  });
  if (options.json === true) return printJson(user);
  print(`${user.email} may sign in no longer.`);
}

/** Never an option: those are seen by everybody on the machine. */
function givenPassword(): { readonly password?: string } {
  const password = process.env["RATCHET_NEW_PASSWORD"];
  return password === undefined ? {} : { password };
}

function showPassword(password: string | null): void {
  if (password !== null) print(`Password, shown this once:\n${password}`);
}

function find(users: readonly UserView[], named: string): UserView {
  const user = users.find(
    ({ email, speaks_as }) => email === named.toLowerCase() || speaks_as === named || speaks_as === `person:${named}`,
  );
  if (user === undefined) throw new CommandError(`there is no user ${named}; ratchet users list names everybody`);
  return user;
}
