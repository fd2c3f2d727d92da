import { text } from "node:stream/consumers";
import { InvalidArgumentError, type Command } from "commander";
import { elsewhereFault, groupRoleFrom, type ElsewhereSettings } from "@ratchet/server";
import { CommandError } from "./exit-code.ts";

/** What `serve` is told of a service that says who people are. */
export interface ElsewhereOptions {
  readonly publicUrl?: string;
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcSecretStdin?: boolean;
  readonly oidcName: string;
  readonly oidcScope: readonly string[];
  readonly oidcGroups: string;
  readonly oidcRole: ElsewhereSettings["roles"];
  readonly oidcJoinByEmail?: boolean;
  readonly oidcAllowHost: readonly string[];
}

/** Options by which people sign in with OpenID Connect; each also from the environment. */
export function withElsewhere(command: Command): Command {
  return command
    .option(
      "--oidc-issuer <url>",
      "people sign in with this OpenID Connect issuer: its address, or that of its discovery document; its secret comes from RATCHET_OIDC_CLIENT_SECRET",
      env("ISSUER"),
    )
    .option("--oidc-client-id <id>", "as what this server is registered there", env("CLIENT_ID"))
    .option("--oidc-secret-stdin", "read the client secret from standard input instead")
    .option("--oidc-name <name>", "what the button says", env("NAME") ?? "single sign-on")
    .option(
      "--oidc-scope <scope>",
      "scope to ask for beside openid, email, profile (repeatable)",
      collect,
      list("SCOPES"),
    )
    .option("--oidc-groups <claim>", "claim that names somebody's groups", env("GROUPS") ?? "groups")
    .option(
      "--oidc-role <group=role>",
      "who is in this group has this role (repeatable); who is in none does not come in",
      groupRole,
      [],
    )
    .option("--oidc-join-by-email", "whoever has the verified address of a user here is that user")
    .option(
      "--oidc-allow-host <host>",
      "host of the issuer that may be called by http, on this machine or in a private network (repeatable)",
      collect,
      list("ALLOW_HOSTS"),
    );
}

/** null where people do not sign in so. @throws CommandError where something of it is missing or wrong. */
export async function elsewhereFrom(options: ElsewhereOptions): Promise<ElsewhereSettings | null> {
  const { oidcIssuer: issuer, oidcClientId: clientId } = options;
  if (issuer === undefined) return null;
  const isJoining = process.env["RATCHET_OIDC_JOIN_BY_EMAIL"] === "true";
  const settings = {
    name: options.oidcName,
    issuer,
    clientId: clientId ?? "",
    clientSecret: await secretFrom(options),
    scopes: options.oidcScope,
    groupsClaim: options.oidcGroups,
    roles: options.oidcRole.length > 0 ? options.oidcRole : rolesOfEnvironment(),
    joinByEmail: options.oidcJoinByEmail ?? isJoining,
    trustedHosts: options.oidcAllowHost,
  };
  const fault = elsewhereFault(settings, options.publicUrl ?? null);
  if (fault !== null) throw new CommandError(`--oidc-issuer: ${fault}`);
  return settings;
}

function env(name: string): string | undefined {
  return process.env[`RATCHET_OIDC_${name}`];
}

function list(name: string): readonly string[] {
  return (env(name) ?? "").split(",").flatMap((one) => one.trim() || []);
}

/** Read when the server starts alone: other commands do not mind a mistake in it. @throws CommandError */
function rolesOfEnvironment(): ElsewhereSettings["roles"] {
  return list("ROLES").map((written) => {
    const one = groupRoleFrom(written);
    if (one === null) throw new CommandError(`RATCHET_OIDC_ROLES: ${notOne(written)}`);
    return one;
  });
}

function notOne(written: string): string {
  return `"${written}" is not a group and a role, such as sales-ops=operator; roles are viewer, operator, approver, compliance, admin, auditor.`;
}

/** Never an option: those are seen by everybody on the machine. */
async function secretFrom({ oidcSecretStdin }: ElsewhereOptions): Promise<string> {
  if (oidcSecretStdin !== true) return process.env["RATCHET_OIDC_CLIENT_SECRET"] ?? "";
  return (await text(process.stdin)).replace(/\r?\n$/u, "");
}

function groupRole(written: string, before: ElsewhereSettings["roles"]): ElsewhereSettings["roles"] {
  const one = groupRoleFrom(written);
  if (one === null) throw new InvalidArgumentError(notOne(written));
  return [...before, one];
}

function collect(name: string, before: readonly string[]): readonly string[] {
  return [...before, name];
}
