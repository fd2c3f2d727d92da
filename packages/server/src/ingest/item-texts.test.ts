import fc from "fast-check";
import { expect, it } from "vitest";
import { itemTexts } from "./item-texts.ts";

function textsOf(body: string, path: readonly string[], items: readonly unknown[]): readonly string[] {
  const text = itemTexts(body, path, items);
  return items.map((_, index) => text(index));
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
