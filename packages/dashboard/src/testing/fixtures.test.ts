import { ROUTES } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { ANSWERS, SIGNED_IN_ANSWERS, SIGNED_OUT_ANSWERS } from "./answers.ts";

describe("the fixtures", () => {
  const schemas = new Map(Object.values(ROUTES).map((route) => [`${route.method} ${route.path}`, route.response]));
  it.each(
    [...ANSWERS, ...SIGNED_IN_ANSWERS.slice(0, 2), ...SIGNED_OUT_ANSWERS.slice(0, 2)].map(({ route, path, body }) => [
      route,
      path,
      body,
    ]),
  )("%s %s is what the protocol says", (route, _, body) => {
    const schema = schemas.get(String(route));
    expect(schema?.safeParse(body).error).toBeUndefined();
    expect(schema).toBeDefined();
  });
});
