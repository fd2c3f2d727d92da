/**
 * Paths of the dashboard's screens, as routes are written: `{name}` is a parameter. The server answers them with the dashboard's one page,
 * and what is neither a screen nor a route with 404; the dashboard's own router is held to the list by a test.
 */
export const DASHBOARD_PAGES = [
  "/",
  "/changes",
  "/changes/{change_id}",
  "/decisions",
  "/decisions/{decision_id}",
  "/results",
  "/history",
  "/import",
] as const satisfies readonly `/${string}`[];
