import { ROUTES } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { ANSWERS } from "./answers.ts";

describe("the fixtures", () => {
  const schemas = new Map(Object.values(ROUTES).map((route) => [`${route.method} ${route.path}`, route.response]));
  it.each(ANSWERS.map(({ route, path, body }) => [route, path, body]))(
    "%s %s is what the protocol says",
    (route, _, body) => {
      const schema = schemas.get(String(route));
      expect(schema?.safeParse(body).error).toBeUndefined();
      expect(schema).toBeDefined();
    },
  );
});
