import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { contextSchema } from "./context-values.ts";
import { rankRequestSchema } from "./decisions.ts";
import { faultsOf } from "./errors.ts";

/** The schema in the words of zod alone: what `contextSchema` promises to be, only sooner. */
const plainSchema = z.record(z.string().min(1).max(200), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** All that a caller sees: the values, or every issue with its path, its code and its words. */
function seenOf(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  return parsed.success ? { data: parsed.data } : { issues: parsed.error.issues, faults: faultsOf(parsed.error) };
}

const names = fc.oneof(
  { weight: 6, arbitrary: fc.string() },
  fc.constantFrom("", "__proto__", "constructor", "toString", "7", "x".repeat(200), "x".repeat(201)),
);
const scalars = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const odd = fc.constantFrom(undefined, Number.NaN, Infinity, -Infinity, [], {}, 1n, Symbol("s"), new Date(0), () => 1);
/** Mostly contexts, some with a fault or two. */
const contexts = fc
  .array(fc.tuple(names, fc.oneof({ weight: 9, arbitrary: scalars }, odd)), { maxLength: 8 })
  .map((told) => {
    const context = {};
    for (const [name, value] of told)
      Object.defineProperty(context, name, { value, enumerable: true, configurable: true, writable: true });
    return context;
  });

describe("a context", () => {
  it("is what a record of scalars is, with the same faults in the same words, whatever is sent", () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 3, arbitrary: contexts }, fc.anything({ withNullPrototype: true })), (value) => {
        expect(seenOf(contextSchema, value)).toEqual(seenOf(plainSchema, value));
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads alike from any JSON, a `__proto__` in it too", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), contexts.map(jsonOf)), (text) => {
        expect(seenOf(contextSchema, JSON.parse(text))).toEqual(seenOf(plainSchema, JSON.parse(text)));
      }),
    );
    expect(contextSchema.parse(JSON.parse('{"__proto__": 1, "a": 2}'))).toEqual({ a: 2 });
  });

  it.each([
    ["a name that is a symbol", { a: 1, [Symbol("s")]: 2 }],
    ["an instance of a class", new Map([["a", 1]])],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
    ["a list", ["a"]],
  ])("judges %s as a record does", (_, value) => {
    expect(seenOf(contextSchema, value)).toEqual(seenOf(plainSchema, value));
  });

  it("names its faults at their place in a body", () => {
    const body = { point: "priority", units: [{ unit_id: "u", context: { a: 1, b: { c: 2 }, "": 3 } }] };
    const parsed = rankRequestSchema.safeParse(body);
    expect((parsed.success ? [] : faultsOf(parsed.error)).map(({ path }) => path)).toEqual([
      "/units/0/context/b",
      "/units/0/context/",
    ]);
  });

  it("is described as a record of scalars", () => {
    for (const io of ["input", "output"] as const)
      expect(z.toJSONSchema(contextSchema, { io })).toEqual(z.toJSONSchema(plainSchema, { io }));
  });
});

function jsonOf(context: object): string {
  return JSON.stringify(context, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
