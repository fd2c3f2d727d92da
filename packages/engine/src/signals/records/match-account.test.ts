import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchAccount, type LeadToMatch } from "./match-account.ts";

const lead = (told: Partial<LeadToMatch>): LeadToMatch => ({
  accountId: null,
  accountsOfDomain: [],
  fields: {},
  ...told,
});
const rule = (id: string, when: Readonly<Record<string, string>>, account: string) => ({ id, when, account });
const rules = [
  rule("acme", { company: "acme*" }, "acme"),
  rule("acme-de", { company: "acme*", country: "DE" }, "acme-de"),
  rule("uni", { domain: "*.edu" }, "universities"),
];

describe("the account of a lead", () => {
  it("is the one that it names, else the only one of its domain, else the only one that the rules name", () => {
    const fields = { company: "Acme GmbH", domain: "mit.edu" };
    expect(matchAccount(lead({ accountId: "a", accountsOfDomain: ["b"], fields }), rules)).toMatchObject({
      account: "a",
      by: "account_id",
    });
    expect(matchAccount(lead({ accountsOfDomain: ["b"], fields }), rules)).toMatchObject({
      account: "b",
      by: "domain",
    });
    expect(matchAccount(lead({ fields: { company: "ACME Inc." } }), rules)).toMatchObject({
      account: "acme",
      by: "rule:acme",
    });
    expect(matchAccount(lead({ fields: { company: "Other" } }), rules)).toEqual({ kind: "none" });
  });
  it("is never guessed: of several the lead has none, unless a rule decides between those of its domain", () => {
    expect(matchAccount(lead({ accountsOfDomain: ["b", "a"] }), rules)).toEqual({
      kind: "ambiguous",
      candidates: ["a", "b"],
      by: "domain",
    });
    expect(matchAccount(lead({ accountsOfDomain: ["b", "a"], fields: { domain: "cs.edu" } }), rules)).toMatchObject({
      account: "universities",
    });
    expect(matchAccount(lead({ fields: { company: "Acme", country: "de" } }), rules)).toMatchObject({
      kind: "ambiguous",
      candidates: ["acme", "acme-de"],
    });
  });
  it("fits patterns as a regular expression would", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (parts, company) => {
        const expected = new RegExp(`^${parts.map((part) => part.replaceAll(".", String.raw`\.`)).join(".*")}$`, "u");
        const { kind } = matchAccount(lead({ fields: { company } }), [rule("r", { company: parts.join("*") }, "a")]);
        expect(kind === "matched").toBe(expected.test(company));
      }),
    );
  });
});
