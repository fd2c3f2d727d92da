import { describe, expect, it } from "vitest";
import { mentionsOf, withoutMentions } from "./mentions.ts";

const ANN = [
  { relation: "email", value: "ann.lee@example.com" },
  { relation: "phone", value: "+491705550100" },
  { relation: "name", value: "Ann Lee" },
  { relation: "user_id", value: "u1" },
] as const;
const mentions = mentionsOf(ANN);

describe("a person in a text", () => {
  it("is found in any writing in which a sender may have put her", () => {
    const email = "ann.lee@example.com";
    const json = JSON.stringify({ email });
    expect(
      [
        email,
        "Ann.Lee@EXAMPLE.com wrote",
        json,
        json.replace("@", "\\u0040"),
        JSON.stringify({ raw: json.replace("@", "\\u0040") }),
        encodeURIComponent(email),
        `token ${Buffer.from(json).toString("base64")}`,
        `token ${Buffer.from(`x ${email}`).toString("base64url")}`,
        JSON.stringify(`from:\n${email}`),
        Buffer.from(email).toString("hex").toUpperCase(),
        "+49 (170) 555-0100",
        "0049 170/555 0100 and 491705550100",
        '{"firstName":"Ann","lastName":"Lee"}',
        "LEE, ANN",
        '{"userId":"u1"}',
        '{"subject":"lead/u1"}',
      ].filter((text) => !mentions(text)),
    ).toEqual([]);
  });
  it("is not found where others are, or where a short id is a mere word", () => {
    expect(
      [
        "joann.lee@example.com wrote",
        "ann.lee@example.com.au wrote Annabel Leeds",
        '{"stage":"u1"}',
        "u1 visits",
        "555-0100",
      ].filter(mentions),
    ).toEqual([]);
  });
  it("leaves a document's other values", () => {
    expect(withoutMentions('{"note":"call Ann Lee","region":"EMEA"}', mentions)).toBe(
      '{"note":"(erased)","region":"EMEA"}',
    );
    expect(withoutMentions("for Ann Lee", mentions)).toBe("(erased)");
    expect(withoutMentions("for Bob", mentions)).toBe("for Bob");
  });
});

it("is found, and erased, however deep a sender nested the text", () => {
  const deep = `${'{"a":['.repeat(8_000)}{"user_id":"u1"}${"]}".repeat(8_000)}`;
  expect(mentions(deep)).toBe(true);
  expect(withoutMentions(deep, mentions)).toBe("(erased)");
  expect(mentions(deep.replace("u1", "u2"))).toBe(false);
});
