import { queryOptions } from "@tanstack/react-query";
import { ratchet } from "./client.ts";

/** How often a screen that is looked at asks again, in milliseconds. */
const TODAY_MS = 15_000;
const PROGRESS_MS = 700;
const DECISIONS_SHOWN = 100;
const LEDGER_SHOWN = 1000;

/** Who is signed in. Asked again when an answer says that nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => ratchet.access.session({ signal }),
  staleTime: Infinity,
});

export const todayQuery = queryOptions({
  queryKey: ["today"],
  queryFn: ({ signal }) => ratchet.today({ signal }),
  refetchInterval: TODAY_MS,
});

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => ratchet.status({ signal }),
  refetchInterval: TODAY_MS,
});

export const changesQuery = queryOptions({
  queryKey: ["changes"],
  queryFn: ({ signal }) => ratchet.changes({ signal }),
  refetchInterval: TODAY_MS,
});

export const changeQuery = (id: string) =>
  queryOptions({ queryKey: ["change", id], queryFn: ({ signal }) => ratchet.change(id, { signal }) });

export const resultsQuery = (source?: string) =>
  queryOptions({
    queryKey: ["results", source ?? ""],
    queryFn: ({ signal }) => ratchet.results(source === undefined ? {} : { source }, { signal }),
  });

export const decisionsQuery = (unitId?: string) =>
  queryOptions({
    queryKey: ["decisions", unitId ?? ""],
    queryFn: ({ signal }) =>
      ratchet.decisions(
        unitId === undefined ? { limit: DECISIONS_SHOWN } : { limit: DECISIONS_SHOWN, unit_id: unitId },
        { signal },
      ),
  });

export const traceQuery = (id: string) =>
  queryOptions({ queryKey: ["trace", id], queryFn: ({ signal }) => ratchet.trace(id, { signal }) });

/** The newest entries: the server lists from the oldest on, so a long ledger is asked for again from further on. */
export const ledgerQuery = queryOptions({
  queryKey: ["ledger"],
  queryFn: async ({ signal }) => {
    const first = await ratchet.ledger({ limit: LEDGER_SHOWN }, { signal });
    const { seq } = first.verification;
    return seq <= LEDGER_SHOWN
      ? first
      : ratchet.ledger({ after_seq: seq - LEDGER_SHOWN, limit: LEDGER_SHOWN }, { signal });
  },
});

export const importsQuery = queryOptions({
  queryKey: ["imports"],
  queryFn: ({ signal }) => ratchet.imports.list({ signal }),
});

export const playbookQuery = (version?: number) =>
  queryOptions({
    queryKey: ["playbook", version ?? "in force"],
    queryFn: ({ signal }) => ratchet.playbook(version === undefined ? {} : { version }, { signal }),
  });

export const evidenceQuery = (digest: string) =>
  queryOptions({ queryKey: ["evidence", digest], queryFn: ({ signal }) => ratchet.evidence(digest, { signal }) });

/** Asks until the job has ended. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["job", id],
    queryFn: ({ signal }) => ratchet.job(id, { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? PROGRESS_MS : false),
  });

/** Asks until the import has ended. */
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ["import", id],
    queryFn: ({ signal }) => ratchet.imports.progress(id, { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? PROGRESS_MS : false),
  });
