import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { surrogatesOf } from "./surrogate.ts";

const ours = surrogatesOf("a key of this workspace, thirty-two bytes");

describe("a person's surrogate", () => {
  it("is one, however the address is written, and whether it is called an address or an id", () => {
    const written = [{ email: "Ann@Example.com" }, { email: " ann@example.com " }, { userId: "ANN@example.com" }];
    expect(new Set(written.map((reference) => ours.person(reference))).size).toBe(1);
    expect(ours.person({ phone: "+49 (30) 123-456" })).toBe(ours.person({ userId: "+4930123456" }));
  });
  it("is made of the strongest identifier alone, so that what else a message says changes nothing", () => {
    expect(ours.person({ userId: "u1", email: "a@x.com" })).toBe(ours.person({ userId: "u1", anonymousId: "z" }));
    expect(ours.person({ email: "a@x.com", anonymousId: "z" })).toBe(ours.person({ email: "a@x.com" }));
  });
  it("says nothing without the key, and is another under another key", () => {
    const ref = ours.person({ email: "ann@example.com" });
    expect(ref).toMatch(/^p_[0-9a-f]{33}$/);
    expect(surrogatesOf("another key").person({ email: "ann@example.com" })).not.toBe(ref);
  });
  it("is none where nothing names anybody", () => {
    expect(ours.person({})).toBeNull();
    expect(ours.person({ email: "  ", userId: "" })).toBeNull();
    expect(ours.account({ name: "" })).toBeNull();
  });
  it("keeps kinds apart: a user called as an anonymous id is another", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((s) => s.trim() !== "" && !s.includes("@") && !s.startsWith("+")),
        (id) => {
          expect(ours.person({ userId: id })).not.toBe(ours.person({ anonymousId: id }));
        },
      ),
    );
  });
});

describe("a unit", () => {
  it("keeps the id that its caller gave, unless that names a person", () => {
    expect(ours.unit("lead-17")).toBe("lead-17");
    expect(ours.unit("12345678")).toBe("12345678");
    expect(ours.unit("Ann@example.com")).toBe(ours.person({ email: "ann@example.com" }));
  });
});

describe("an account", () => {
  it("is kept under no address or number: an account id may be one, and erasing a person looks among people", () => {
    const reference = { accountId: "Ann@acme.example", domain: "ann@acme.example", name: "Ann <ann@acme.example>" };
    const names = ours.accountNames(reference);
    expect(names[0]?.value).toBe(ours.unit("ann@acme.example"));
    expect(JSON.stringify(names)).not.toContain("@");
    expect(ours.accountNames({ accountId: "acme" })[0]?.value).toBe("acme");
  });
  it("is one by its domain, however that is written", () => {
    const written = ["acme.com", "https://www.Acme.com/about?x=1", "WWW.acme.com:443"];
    expect(new Set(written.map((domain) => ours.account({ domain }))).size).toBe(1);
  });
});
