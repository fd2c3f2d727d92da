import "./theme/mantine-styles.ts";
import "./theme/theme.css";
import "./parts/parts.css";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { explainError, isSignedOut } from "./api/explain-error.ts";
import { sessionQuery } from "./api/queries.ts";
import { createAppRouter } from "./app/router.tsx";
import { SessionGate } from "./sign-in/session-gate.tsx";
import { theme, variables } from "./theme/theme.ts";

const FRESH_MS = 5000;
const RETRIES_MAX = 2;

/** Only a server that was not reached is asked again: an answer, even a refusal, is an answer. */
function shouldRetry(failures: number, error: unknown): boolean {
  return failures < RETRIES_MAX && explainError(error).code === "client.unreachable";
}

/** A session that has ended is noticed by the first answer that says so. */
const cache = new QueryCache({
  onError: (error) => {
    if (isSignedOut(error)) void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  },
});
const queries: QueryClient = new QueryClient({
  queryCache: cache,
  defaultOptions: { queries: { staleTime: FRESH_MS, retry: shouldRetry } },
});
const router = createAppRouter(queries);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <SessionGate>
          <RouterProvider router={router} />
        </SessionGate>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
