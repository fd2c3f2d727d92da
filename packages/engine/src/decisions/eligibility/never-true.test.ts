import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCondition } from "./condition.ts";
import { neverTrue } from "./never-true.ts";

describe("a rule that can never hold", () => {
  it("is found, with the part that rules out the others", () => {
    expect(neverTrue("context.employees > 5 && context.employees < 3")).toBe("context.employees < 3");
    expect(neverTrue("context.employees > 5 && context.employees <= 5")).toBe("context.employees <= 5");
    expect(neverTrue(`context.region == "EMEA" && has(context.x) && context.region in ["US", "APAC"]`)).toBe(
      `context.region in ["US", "APAC"]`,
    );
    expect(neverTrue(`action == "call" && "call" != action`)).toBe(`"call" != action`);
    expect(neverTrue("context.a == 1 && false")).toBe("false");
    expect(neverTrue(`context.a == "x" && context.a > 3`)).toBe("context.a > 3");
  });
  it("is told from one that may hold", () => {
    const fine = [
      "context.employees >= 5 && context.employees <= 5",
      "context.employees > 5 || context.employees < 3",
      `context.region != "EMEA" && context.region in ["EMEA", "US"]`,
      "context.a > 1 && context.b < 1",
      "context.a == context.b",
      "true",
      "not a rule (",
    ];
    expect(fine.map(neverTrue)).toEqual(fine.map(() => null));
  });
  it("never is one that holds for some value", () => {
    const part = fc
      .tuple(fc.constantFrom("<", "<=", ">", ">=", "==", "!="), fc.integer({ min: -3, max: 3 }), fc.boolean())
      .map(([operator, n, swapped]) => (swapped ? `${n} ${operator} context.x` : `context.x ${operator} ${n}`));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const text = parts.join(" && ");
        if (neverTrue(text) === null) return;
        const parsed = parseCondition(text);
        if (parsed.kind === "err") throw new Error(parsed.error);
        for (let x = -4; x <= 4; x += 0.5)
          expect(parsed.value.ask({ context: { x }, action: "", channel: "" })).toEqual({ kind: "fails" });
      }),
    );
  });
});
