import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type ErrorComponentProps,
} from "@tanstack/react-router";
import { changeQuery, changesQuery, decisionsQuery, todayQuery, traceQuery } from "../api/queries.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { NotFound } from "./not-found.tsx";
import { Shell } from "./shell.tsx";

const rootRoute = createRootRouteWithContext<{ readonly queries: QueryClient }>()({ component: Shell });

/** Data are asked for while the screen's code still loads; the screen itself shows what became of it. */
const todayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  loader: ({ context }) => void context.queries.prefetchQuery(todayQuery),
  component: lazyRouteComponent(() => import("../today/today-page.tsx"), "TodayPage"),
});

const changesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/changes",
  loader: ({ context }) => void context.queries.prefetchQuery(changesQuery),
  component: lazyRouteComponent(() => import("../changes/changes-page.tsx"), "ChangesPage"),
});

const changeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/changes/$changeId",
  loader: ({ context, params }) => void context.queries.prefetchQuery(changeQuery(params.changeId)),
  component: lazyRouteComponent(() => import("../changes/change-page.tsx"), "ChangePage"),
});

const decisionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/decisions",
  validateSearch: (search): { unit?: string } => (typeof search["unit"] === "string" ? { unit: search["unit"] } : {}),
  loader: ({ context }) => void context.queries.prefetchQuery(decisionsQuery()),
  component: lazyRouteComponent(() => import("../decisions/decisions-page.tsx"), "DecisionsPage"),
});

const decisionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/decisions/$decisionId",
  loader: ({ context, params }) => void context.queries.prefetchQuery(traceQuery(params.decisionId)),
  component: lazyRouteComponent(() => import("../decisions/decision-page.tsx"), "DecisionPage"),
});

const resultsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/results",
  validateSearch: (search): { source?: string } =>
    typeof search["source"] === "string" ? { source: search["source"] } : {},
  component: lazyRouteComponent(() => import("../results/results-page.tsx"), "ResultsPage"),
});

const historyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/history",
  validateSearch: (search): { tab?: "ledger" | "playbook"; version?: number } => ({
    ...(search["tab"] === "ledger" || search["tab"] === "playbook" ? { tab: search["tab"] } : {}),
    ...(typeof search["version"] === "number" ? { version: search["version"] } : {}),
  }),
  component: lazyRouteComponent(() => import("../history/history-page.tsx"), "HistoryPage"),
});

const importRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/import",
  component: lazyRouteComponent(() => import("../first-run/import-page.tsx"), "ImportPage"),
});

const routeTree = rootRoute.addChildren([
  todayRoute,
  changesRoute,
  changeRoute,
  decisionsRoute,
  decisionRoute,
  resultsRoute,
  historyRoute,
  importRoute,
]);

function RouteError({ error, reset }: ErrorComponentProps) {
  return <ErrorNotice error={error} retry={reset} />;
}

/** All screens, by path. The server answers the paths of `DASHBOARD_PAGES` with the page. */
export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: "intent",
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    readonly router: ReturnType<typeof createAppRouter>;
  }
}
