import { describe, expect, it } from "vitest";
import { isSecret, makeSecret, secretDigest } from "./secrets.ts";

describe("a secret", () => {
  it("says what it is, and has 256 random bits and a checksum", () => {
    const secret = makeSecret("live");
    expect(secret).toMatch(/^rk_live_[\w-]{43}[0-9a-f]{8}$/u);
    expect(makeSecret("test")).toMatch(/^rk_test_/u);
    expect(Buffer.from(secret.slice(8, 51), "base64url")).toHaveLength(32);
    expect(isSecret(secret)).toBe(true);
    expect(secretDigest(secret)).toMatch(/^[0-9a-f]{64}$/u);
  });

  it("is never made twice", () => {
    expect(new Set(Array.from({ length: 1000 }, () => makeSecret("live"))).size).toBe(1000);
  });

  it("is known to be mistyped without looking it up, whichever character is wrong", () => {
    const secret = makeSecret("live");
    for (let i = 0; i < secret.length; i += 1) {
      const other = secret[i] === "1" ? "2" : "1";
      expect(isSecret(`${secret.slice(0, i)}${other}${secret.slice(i + 1)}`), `at ${i}`).toBe(false);
    }
    expect(isSecret("")).toBe(false);
    expect(isSecret(`${secret} `)).toBe(false);
  });
});
