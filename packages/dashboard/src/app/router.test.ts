import { DASHBOARD_PAGES } from "@ratchet/protocol";
import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { createAppRouter } from "./router.tsx";

it("has the screens that the server answers with its page, and no other", () => {
  const screens = Object.keys(createAppRouter(new QueryClient()).routesByPath);
  const named = (path: string): string => path.replaceAll(/\$\w+|\{\w+\}/gu, "{}");
  expect(screens.map(named).toSorted()).toEqual(DASHBOARD_PAGES.map(named).toSorted());
});
