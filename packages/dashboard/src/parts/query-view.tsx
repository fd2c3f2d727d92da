import { Skeleton, VisuallyHidden } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNotice } from "./error-notice.tsx";

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** Loading, failed, or the data. A failed refresh keeps what was there and says so above it. */
export function QueryView<Data>({ query, children }: QueryViewProps<Data>) {
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    return query.isError ? <ErrorNotice error={query.error} retry={retry} /> : <Loading />;
  }
  return (
    <>
      {query.isError ? <ErrorNotice error={query.error} retry={retry} /> : null}
      {children(query.data)}
    </>
  );
}

function Loading() {
  return (
    <div className="stack" role="status">
      <VisuallyHidden>Loading</VisuallyHidden>
      <Skeleton height={28} width="40%" />
      <Skeleton height={180} />
      <Skeleton height={120} />
    </div>
  );
}
