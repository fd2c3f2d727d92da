import { describe, expect, it } from "vitest";
import { flatProperties } from "./flat-properties.ts";

describe("what is kept of a message beside the person", () => {
  it("is flat, under dotted names, lists as their text", () => {
    const told = { plan: "pro", seats: 12, campaign: { name: "spring", source: "mail" }, tags: ["a", "b"], none: null };
    expect(flatProperties(told)).toEqual({
      plan: "pro",
      seats: 12,
      "campaign.name": "spring",
      "campaign.source": "mail",
      tags: "a, b",
      none: null,
    });
  });
  it("holds nobody's name, address or number, under whatever name, nor any address in a text", () => {
    const told = {
      name: "Ann Smith",
      firstName: "Ann",
      work_email: "ann@example.com",
      "billing.phone_number": "+4930123456",
      owner: { lastName: "Smith", address: { street: "Main 1" } },
      note: "write to ann@example.com",
      ip: "203.0.113.7",
    };
    expect(flatProperties(told)).toEqual({});
  });
  it("keeps what only sounds like a person's", () => {
    expect(flatProperties({ stage_name: "won", product_name: "Pro", username_taken: false })).toEqual({
      stage_name: "won",
      product_name: "Pro",
      username_taken: false,
    });
  });
  it("stays small, and changes nothing that other objects inherit", () => {
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, i]));
    expect(Object.keys(flatProperties(wide))).toHaveLength(100);
    const deep = JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`);
    expect(flatProperties(deep)).toEqual({});
    expect(flatProperties({ text: "x".repeat(9_000) })).toEqual({ text: "x".repeat(500) });
    flatProperties(JSON.parse('{"__proto__": {"polluted": 1}}'));
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    for (const odd of [null, 7, "text", [1, 2], undefined]) expect(flatProperties(odd)).toEqual({});
  });
});
