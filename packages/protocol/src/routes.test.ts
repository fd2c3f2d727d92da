import { describe, expect, it } from "vitest";
import { pathOf, ROUTES } from "./routes.ts";

describe("the table of routes", () => {
  it("has every method and path once", () => {
    const keys = Object.values(ROUTES).map((route) => `${route.method} ${route.path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("gives no GET a body", () => {
    expect(Object.values(ROUTES).filter((route) => route.method === "GET" && route.request !== null)).toEqual([]);
  });
});

describe("pathOf", () => {
  it("fills parameters in and encodes them, so that an id cannot leave its place", () => {
    expect(pathOf("trace", { decision_id: "dec/../1 x" })).toBe("/v1/decisions/dec%2F..%2F1%20x/trace");
    expect(pathOf("today", {})).toBe("/v1/today");
  });
});
