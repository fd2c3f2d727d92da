import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, type ReactNode } from "react";
import { sessionQuery } from "../api/queries.ts";

const SignInPage = lazy(async () => {
  const { SignInPage: page } = await import("./sign-in-page.tsx");
  return { default: page };
});

/** The screens, for whoever may see them: before that nothing is asked of the server but who is signed in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { data, isPending } = useQuery(sessionQuery);
  if (isPending) return null;
  if (data?.state !== "out") return children;
  return (
    <Suspense fallback={null}>
      <SignInPage />
    </Suspense>
  );
}
