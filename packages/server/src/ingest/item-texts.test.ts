import fc from "fast-check";
import { expect, it } from "vitest";
import { itemTexts, memberTexts } from "./item-texts.ts";

/** Asked for from the last to the first: no order is needed. */
function textsOf(body: string, path: readonly string[], items: readonly unknown[]): readonly string[] {
  const text = itemTexts(body, path);
  return items.map((_, index) => text(items.length - 1 - index)).toReversed();
}

it("gives each item as it was sent: spaces, order, long numbers and doubled keys", () => {
  const items = ['{"a":1}', '{ "b" : 1e400 }', '{"c":12345678901234567890}', '{"d":1,"d":2}', "7", '{"a":1}'];
  const body = `{"sentAt":"x","batch":[${items.join(" , ")}]}`;
  const parsed: { readonly batch: readonly unknown[] } = JSON.parse(body);
  expect(textsOf(body, ["batch"], parsed.batch)).toEqual(items);
});

it("gives what JSON.stringify writes where the client wrote so, also in a list of its own", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 20 }), (values) => {
      const body = JSON.stringify(values);
      const parsed: readonly unknown[] = JSON.parse(body);
      expect(textsOf(body, [], parsed)).toEqual(parsed.map((value) => JSON.stringify(value)));
    }),
  );
});

it("takes each for itself: an item that another writes again, and a list that is named twice", () => {
  // Looking for an item by what JSON.stringify makes of it would take the second for the first.
  const body = '{"before":[{"v":1}],"batch":[0],"batch" :[{"v":1.0},{"v":1}]}';
  const parsed: { readonly batch: readonly unknown[] } = JSON.parse(body);
  expect(textsOf(body, ["batch"], parsed.batch)).toEqual(['{"v":1.0}', '{"v":1}']);
});

it("reads an item that nests deeper than anything recursive could", () => {
  const item = `${"[".repeat(200_000)}"]"${"]".repeat(200_000)}`;
  const body = `[1,${item}, 2]`;
  expect(textsOf(body, [], [0, 1, 2])).toEqual(["1", item, "2"]);
});

it("gives every object and list its text, also where a member is named twice or means something to careless code", () => {
  const body = ' {"a" : [ {"x":1.0} , 2 ], "a": [{"y":"]}"}], "__proto__":{"z": [] }, "n":12345678901234567890 } ';
  const parsed: Readonly<Record<string, unknown>> = JSON.parse(body);
  const text = memberTexts(body, parsed);
  expect(text(parsed)).toBe(body.trim());
  expect(text(parsed["a"])).toBe('[{"y":"]}"}]');
  expect(text(Object.entries(parsed).find(([name]) => name === "__proto__")?.[1])).toBe('{"z": [] }');
  expect(text(parsed["n"])).toBe(null);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const written = JSON.stringify(value);
      const members: unknown[] = [JSON.parse(written)];
      const texts = memberTexts(written, members[0]);
      for (const member of members) {
        if (typeof member !== "object" || member === null) continue;
        expect(texts(member)).toBe(JSON.stringify(member));
        members.push(...Object.values(member));
      }
    }),
  );
});
