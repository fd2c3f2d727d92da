import { describe, expect, it } from "vitest";
import type { Access } from "./access.ts";
import { pathOf, ROUTES } from "./routes.ts";
import type { RouteShape } from "./routes/route-shape.ts";
import { WAYS_IN } from "./routes/ways-in.ts";

describe("the table of routes", () => {
  it("has every method and path once", () => {
    const keys = Object.values(ROUTES).map((route) => `${route.method} ${route.path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("gives no GET a body", () => {
    expect(Object.values(ROUTES).filter((route) => route.method === "GET" && route.request !== null)).toEqual([]);
  });

  it("says of every way in who may use it, and has none twice", () => {
    const ways = Object.values(WAYS_IN).flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`));
    const keys = new Set(Object.values(ROUTES).map((route) => `${route.method} ${route.path}`));
    expect(new Set(ways).size).toBe(ways.length);
    expect(ways.filter((way) => keys.has(way))).toEqual([]);
  });
});

describe("who may use a route", () => {
  const routes: readonly (readonly [string, RouteShape])[] = Object.entries(ROUTES);
  const allowing = (fits: (access: Access) => boolean) => routes.filter(([, { access }]) => fits(access));

  it("lets people alone approve and reject: no key, no agent, and nobody who sets the policy up", () => {
    for (const { access } of [ROUTES.approve, ROUTES.reject]) {
      expect(access).toEqual({ kind: "limited", scopes: [], roles: ["approver", "compliance"] });
    }
  });

  it("gives an auditor nothing that writes, and a viewer nothing that an auditor has not", () => {
    const asks = (role: "auditor" | "viewer") =>
      allowing((access) => access.kind === "limited" && access.roles.includes(role));
    expect(asks("auditor").filter(([, { method }]) => method !== "GET")).toEqual([]);
    expect(
      asks("auditor")
        .filter((route) => !asks("viewer").includes(route))
        .map(([name]) => name),
    ).toEqual(["keys"]);
    expect(asks("viewer").filter((route) => !asks("auditor").includes(route))).toEqual([]);
  });

  it("lets a key that sends read nothing (T3), and one that reads write nothing", () => {
    const scoped = (scope: "ingest" | "read") =>
      allowing((access) => access.kind === "limited" && access.scopes.includes(scope));
    expect(scoped("ingest").filter(([, { method }]) => method === "GET")).toEqual([]);
    expect(scoped("read").filter(([, { method }]) => method !== "GET")).toEqual([]);
  });
});

describe("pathOf", () => {
  it("fills parameters in and encodes them, so that an id cannot leave its place", () => {
    expect(pathOf("trace", { decision_id: "dec/../1 x" })).toBe("/v1/decisions/dec%2F..%2F1%20x/trace");
    expect(pathOf("today", {})).toBe("/v1/today");
  });
});
