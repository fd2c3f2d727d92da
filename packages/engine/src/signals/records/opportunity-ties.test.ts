import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { personRef } from "../../ids.ts";
import { instant } from "../../time.ts";
import { accountOfOpportunity, tieFields, type OpportunityTie } from "./opportunity-ties.ts";
import { recordState, type RecordVersion } from "./record-version.ts";

const version = (hour: number, tie: OpportunityTie): RecordVersion => ({
  kind: "opportunity",
  source: "crm",
  object: "o-1",
  updatedAt: instant(Date.UTC(2026, 2, 1, hour)),
  digest: `d${hour}`,
  fields: tieFields(tie),
  roles: null,
  reported: [],
});
const account = (name: string, isPrimary = false, isRemoved = false): OpportunityTie => ({
  kind: "account",
  account: name,
  isPrimary,
  isRemoved,
});
const role = (part: string, told: Partial<Extract<OpportunityTie, { kind: "role" }>>): OpportunityTie => ({
  kind: "role",
  part,
  person: null,
  role: null,
  isRemoved: false,
  ...told,
});
const ownerBy = (...ties: readonly OpportunityTie[]) => accountOfOpportunity(ties.map((tie, i) => version(i, tie)));

describe("the account of an opportunity", () => {
  it("is its primary one, else the only one that it is tied to, and never one of several", () => {
    expect(ownerBy(account("a"))).toBe("a");
    expect(ownerBy(account("a"), account("b"))).toBeNull();
    expect(ownerBy(account("a"), account("b", true))).toBe("b");
    expect(ownerBy(account("a", true), account("b", true))).toBe("b");
    expect(ownerBy(account("a", true), account("b"), account("a", false, true))).toBe("b");
    expect(ownerBy(account("a"), account("a", false, true))).toBeNull();
  });
  it("stays where a row emptied it since", () => {
    const emptied = { ...version(2, account("x")), fields: { account_id: null } };
    expect(accountOfOpportunity([emptied, { ...version(1, account("x")), fields: { account_id: "a" } }])).toBe("a");
    expect(accountOfOpportunity([emptied])).toBeNull();
  });
});

describe("the parts in an opportunity", () => {
  const [ann, bob] = [personRef("p_ann"), personRef("p_bob")];
  it("are what their events add up to: of a part that is over nothing is left until it is made again", () => {
    const told = [
      role("1", { person: ann, role: "User" }),
      role("2", { person: bob }),
      role("1", { role: "Champion" }),
      role("2", { isRemoved: true }),
    ];
    const partsBy = (...ties: readonly OpportunityTie[]) => recordState(ties.map((tie, i) => version(i, tie))).roles;
    expect(partsBy(...told)).toEqual([{ person: ann, role: "Champion" }]);
    expect(partsBy(...told, role("2", { person: bob }))).toContainEqual({ person: bob, role: "contact" });
  });
  it("and its account do not depend on the order in which the events came", () => {
    const tie = fc.oneof(
      fc.record({
        kind: fc.constant("account" as const),
        account: fc.constantFrom("a", "b", "c"),
        isPrimary: fc.boolean(),
        isRemoved: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("role" as const),
        part: fc.constantFrom("1", "2"),
        person: fc.constantFrom(ann, bob, null),
        role: fc.constantFrom("x", "y", null),
        isRemoved: fc.boolean(),
      }),
    );
    const versions = fc.array(tie, { minLength: 1, maxLength: 8 }).map((ties) => ties.map((one, i) => version(i, one)));
    const shuffled = versions.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([inOrder, arriving]) => {
        expect(accountOfOpportunity(arriving)).toBe(accountOfOpportunity(inOrder));
        expect(recordState(arriving)).toEqual(recordState(inOrder));
      }),
    );
  });
});
