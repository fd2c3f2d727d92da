import type { StateStore } from "@ratchet/engine";
import { importListViewSchema, importViewSchema, type ImportView } from "@ratchet/protocol";

/** Every import there was, newest first, as JSON. */
const RUNS = "imports:runs";
const KEPT_MAX = 100;
const STOPPED = "the server stopped while it ran; start it again: what is in already is not counted twice";

/** What is known about imports: the running one's progress in memory, the others durable. */
export interface ImportRuns {
  readonly list: () => readonly ImportView[];
  readonly find: (id: string) => ImportView | null;
  /** Adds or replaces one, in memory. */
  readonly put: (view: ImportView) => void;
  readonly save: () => Promise<void>;
  /** Puts another run in place of each: they quote what a file held. What is no run is left as it was. */
  readonly rewrite: (rewrite: (run: ImportView) => unknown) => void;
}

/** Reads what earlier processes left. One that was running then is not any more. */
export async function openImportRuns(state: StateStore): Promise<ImportRuns> {
  const stored = importListViewSchema.safeParse({ imports: JSON.parse((await state.setting(RUNS)) ?? "[]") });
  let runs: readonly ImportView[] = (stored.success ? stored.data.imports : []).map((run) =>
    run.state === "running" ? { ...run, state: "failed", problem: STOPPED } : run,
  );
  return {
    list: () => runs,
    find: (id) => runs.find((run) => run.import_id === id) ?? null,
    put: (view) => {
      runs = [view, ...runs.filter((run) => run.import_id !== view.import_id)]
        .sort((a, b) => (a.started_at < b.started_at ? 1 : -1))
        .slice(0, KEPT_MAX);
    },
    rewrite: (rewrite) => {
      runs = runs.map((run) => {
        const rewritten = importViewSchema.safeParse(rewrite(run));
        return rewritten.success ? rewritten.data : run;
      });
    },
    save: () => state.putSetting(RUNS, JSON.stringify(runs)),
  };
}
