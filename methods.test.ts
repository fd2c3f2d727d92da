/** The docstrings of @ratchet/stats: they say what the list of methods needs, their examples run, and the list is up to date. */
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import * as stats from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import { docstringFaults, exampleSteps, readMethods, readMethodsPage, renderMethods } from "./scripts/methods.mjs";

const methods = readMethods();

/** Runs an example with every export in scope and says where it does not come to what it states. */
function exampleFaults(example: string): readonly string[] {
  const faults: string[] = [];
  const check = (got: unknown, expected: unknown, text: string): void => {
    if (!agrees(got, expected)) faults.push(`${text}: got ${JSON.stringify(got)}`);
  };
  const lines = exampleSteps(example).map(({ code, expected }) =>
    expected === undefined
      ? `${code};`
      : `check((${code}), (${expected}), ${JSON.stringify(`${code} // => ${expected}`)});`,
  );
  const run: unknown = runInThisContext(`({ check, ${Object.keys(stats).join(", ")} }) => {\n${lines.join("\n")}\n}`);
  if (typeof run !== "function") throw new TypeError("an example compiles to a function");
  run({ ...stats, check });
  return faults;
}

/** Numbers agree to the digits that were written; of objects only the keys that were written. */
function agrees(got: unknown, expected: unknown): boolean {
  if (typeof expected === "number")
    return typeof got === "number" && (Object.is(got, expected) || Math.abs(got - expected) <= halfLastDigit(expected));
  if (Array.isArray(expected)) {
    const values = ArrayBuffer.isView(got) ? Object.values(got) : got;
    return Array.isArray(values) && values.length === expected.length && expected.every((x, i) => agrees(values[i], x));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof got !== "object" || got === null) return false;
    const found = new Map<string, unknown>(Object.entries(got));
    return Object.entries(expected).every(([key, value]) => found.has(key) && agrees(found.get(key), value));
  }
  return got === expected;
}

function halfLastDigit(written: number): number {
  if (Number.isInteger(written)) return 1e-9 * Math.max(1, Math.abs(written));
  const [mantissa = "", exponent = "0"] = written.toExponential().split("e");
  return 0.500001 * 10 ** (Number(exponent) - mantissa.replace(/^-?\d\.?/, "").length);
}

describe("the docstrings of @ratchet/stats", () => {
  it("say what each method estimates, its formula, its assumptions, its paper and an example", () => {
    expect(methods.length).toBeGreaterThan(200);
    expect(methods.flatMap((method) => docstringFaults(method, methods))).toEqual([]);
  });

  it.each(methods.filter(({ example }) => example !== "").map(({ name, example }) => [name, example] as const))(
    "show an example of %s that comes to what it says",
    (_, example) => {
      expect(exampleSteps(example).some(({ expected }) => expected !== undefined)).toBe(true);
      expect(exampleFaults(example)).toEqual([]);
    },
  );

  it("are what packages/stats/METHODS.md lists (node scripts/write-methods.mjs)", () => {
    expect(readMethodsPage()).toBe(renderMethods(methods));
  });
});

describe("the page of the package", () => {
  const readme = readFileSync("packages/stats/README.md", "utf8");
  const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, example = ""]) => example);

  it.each(examples.map((example) => [example.split("\n")[0], example] as const))(
    "shows what is so: %s",
    (_, example) => {
      expect(exampleFaults(example)).toEqual([]);
    },
  );
});

describe("the check of examples", () => {
  it("reads a number to the digits written", () => {
    expect(exampleFaults("normalQuantile(0.975) // => 1.96")).toEqual([]);
    expect(exampleFaults("normalQuantile(0.975) // => 1.97")).toHaveLength(1);
    expect(exampleFaults("momentsOf([1, 2, 3]).n // => 4")).toHaveLength(1);
  });
  it("reads only the keys written, at any depth", () => {
    expect(
      exampleFaults('welchDifference(momentsOf([]), momentsOf([]), { confidence: 0.9 }) // => { kind: "refused" }'),
    ).toEqual([]);
    expect(exampleFaults("momentsOf([1, 2]) // => { n: 2, mean: 3 }")).toHaveLength(1);
  });
  it("refuses an example that does not parse", () => {
    expect(() => exampleFaults("welchDifference(")).toThrow(SyntaxError);
  });
});
