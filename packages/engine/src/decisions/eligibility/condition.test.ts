import { describe, expect, it } from "vitest";
import type { Context } from "../../context.ts";
import { parseCondition } from "./condition.ts";

const ask = (text: string, context: Context = {}, action = "short", channel = "email") => {
  const parsed = parseCondition(text);
  return parsed.kind === "ok" ? parsed.value.ask({ context, action, channel }) : parsed;
};

describe("a team's rule", () => {
  it("speaks of the context, the action and its channel", () => {
    const text = `context.employees >= 50 && (action == "none" || context.region in ["EMEA", "US"])`;
    expect(ask(text, { employees: 50, region: "EMEA" })).toEqual({ kind: "holds" });
    expect(ask(text, { employees: 49.5, region: "EMEA" })).toEqual({ kind: "fails" });
    expect(ask(`channel != "phone" || context.consented == true`, { consented: null }, "call", "phone")).toEqual({
      kind: "fails",
    });
  });
  it("cannot be checked where the context does not say", () => {
    expect(ask("context.employees > 5")).toEqual({ kind: "unchecked", why: "No such key: employees" });
    expect(ask("context.employees > 5", { employees: "many" })).toMatchObject({ kind: "unchecked" });
    expect(ask("context.flag", { flag: 1 })).toEqual({
      kind: "unchecked",
      why: "it is neither true nor false but number",
    });
    expect(ask("has(context.employees) && context.employees > 5")).toEqual({ kind: "fails" });
  });
  it("sees nothing of the runtime", () => {
    for (const key of ["constructor", "__proto__", "toString"])
      expect(ask(`context.${key} != null`)).toEqual({ kind: "unchecked", why: `No such key: ${key}` });
    expect(ask(`process.exit() == 1`)).toMatchObject({ kind: "err" });
  });
  it("never quotes a value of the context in its reason", () => {
    const answer = ask("int(context.phone) > 5", { phone: "+49 170 1234567" });
    expect(answer).toMatchObject({ kind: "unchecked" });
    expect(JSON.stringify(answer)).not.toContain("1234567");
  });
  it("is refused where it does not parse, is of another type, or may run long", () => {
    const refused = [
      "context.employees >",
      `"a" + "b"`,
      "size(action)",
      `context.name.matches("(a+)+$")`,
      "[1, 2].all(x, [1, 2].all(y, x < y))",
      `timestamp("2026-01-01T00:00:00Z").getFullYear() == 2026`,
      `action == "${"x".repeat(2000)}"`,
      `${"(".repeat(30)}true${")".repeat(30)}`,
      Array.from({ length: 120 }, () => "true").join(" && "),
    ];
    expect(refused.filter((text) => parseCondition(text).kind === "ok")).toEqual([]);
  });
  it("says which keys it reads", () => {
    const parsed = parseCondition(`has(context.b) && context.a > 1 || context["c"] == context.a`);
    expect(parsed.kind === "ok" ? parsed.value.reads : []).toEqual(["a", "b"]);
  });
});
