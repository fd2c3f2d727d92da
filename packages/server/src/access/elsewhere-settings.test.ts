import { describe, expect, it } from "vitest";
import {
  discoveryUrl,
  elsewhereFault,
  groupRoleFrom,
  isIssuer,
  rolesOfGroups,
  type ElsewhereSettings,
} from "./elsewhere-settings.ts";

const SETTINGS: ElsewhereSettings = {
  name: "Example",
  issuer: "https://login.example.com/tenant",
  clientId: "ratchet",
  clientSecret: "not-a-secret-of-anybody",
  scopes: [],
  groupsClaim: "groups",
  roles: [
    { group: "revops", role: "operator" },
    { group: "managers", role: "approver" },
    { group: "leads", role: "operator" },
  ],
  joinByEmail: false,
  trustedHosts: [],
};
const PUBLIC_URL = "https://ratchet.example.com";
const fault = (settings: Partial<ElsewhereSettings>) => elsewhereFault({ ...SETTINGS, ...settings }, PUBLIC_URL);

describe("an issuer", () => {
  it("is named by its address or by its discovery document, with a slash at the end or without", () => {
    const document = "https://login.example.com/tenant/.well-known/openid-configuration";
    for (const issuer of [SETTINGS.issuer, `${SETTINGS.issuer}/`, document])
      expect(discoveryUrl({ ...SETTINGS, issuer })).toBe(document);
    expect(isIssuer(SETTINGS, `${SETTINGS.issuer}/`)).toBe(true);
    for (const other of [
      "https://login.example.com",
      "https://login.example.com/tenant2",
      "http://login.example.com/tenant",
    ])
      expect(isIssuer(SETTINGS, other)).toBe(false);
  });

  it("is called by https, and on this machine or in a private network only where the operator names the host", () => {
    expect(fault({})).toBeNull();
    for (const issuer of [
      "http://login.example.com",
      "https://10.0.0.7",
      "https://localhost",
      "https://169.254.169.254",
    ])
      expect(fault({ issuer })).not.toBeNull();
    expect(fault({ issuer: "http://10.0.0.7", trustedHosts: ["10.0.0.7"] })).toBeNull();
    expect(fault({ issuer: "http://169.254.169.254", trustedHosts: ["169.254.169.254"] })).not.toBeNull();
  });

  it("needs an address to come back to, a secret, and a group that has a role", () => {
    expect(elsewhereFault(SETTINGS, null)).toContain("--public-url");
    expect(fault({ clientSecret: "" })).toContain("secret");
    expect(fault({ roles: [] })).toContain("nobody could come in");
    expect(fault({ roles: [{ group: "bots", role: "agent" }] })).toContain("an agent has a key");
  });
});

describe("the map of groups", () => {
  it("gives each role once, in the order of the roles, and none for what it does not name", () => {
    expect(rolesOfGroups(["managers", "leads", "revops", "everybody"], SETTINGS.roles)).toEqual([
      "operator",
      "approver",
    ]);
    expect(rolesOfGroups(["everybody", "Managers"], SETTINGS.roles)).toEqual([]);
  });

  it("is written as group=role; a group may hold the sign itself, and nobody is an agent by a group", () => {
    expect(groupRoleFrom("revops=operator")).toEqual({ group: "revops", role: "operator" });
    expect(groupRoleFrom("cn=revops,dc=example=operator")).toEqual({ group: "cn=revops,dc=example", role: "operator" });
    for (const wrong of ["revops", "=operator", "revops=", "revops=king", "bots=agent"])
      expect(groupRoleFrom(wrong)).toBeNull();
  });
});
