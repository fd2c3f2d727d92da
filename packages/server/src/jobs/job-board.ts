import { randomUUID } from "node:crypto";
import type { JobView } from "@ratchet/protocol";
import { ProblemError } from "../http/problem-error.ts";
import type { Log } from "../log.ts";

/** What a job may do while it runs. */
export interface JobControl {
  readonly report: (progress: number, sentence: string) => void;
  /** Raised when the server stops. */
  readonly signal: AbortSignal;
}

/** A piece of work: says in a sentence what came of it. */
type Job = (control: JobControl) => Promise<string>;

/** Long pieces of work, one at a time. */
export interface JobBoard {
  /** @throws ProblemError `workspace.busy` while another one runs. */
  readonly start: (kind: string, job: Job) => JobView;
  readonly job: (id: string) => JobView | null;
  readonly running: () => JobView | null;
  /** Tells the running job to stop and waits for it. */
  readonly stop: () => Promise<void>;
}

const KEPT_MAX = 100;

export function openJobBoard(log: Log): JobBoard {
  const jobs = new Map<string, JobView>();
  const abort = new AbortController();
  let current: { readonly id: string; readonly done: Promise<void> } | null = null;
  const update = (id: string, part: Partial<JobView>): void => {
    const before = jobs.get(id);
    if (before !== undefined) jobs.set(id, { ...before, ...part });
  };
  const carryOut = async (id: string, job: Job): Promise<void> => {
    try {
      const report = (progress: number, sentence: string): void =>
        update(id, { progress: Math.min(1, Math.max(0, progress)), sentence });
      const sentence = await job({ report, signal: abort.signal });
      update(id, { state: "done", progress: 1, sentence });
    } catch (error) {
      if (!abort.signal.aborted) log.error({ err: error, job: id }, "a job failed");
      update(id, { state: "failed", sentence: error instanceof Error ? error.message : String(error) });
    } finally {
      current = null;
    }
  };
  return {
    start: (kind, job) => {
      if (current !== null) {
        const now = jobs.get(current.id)?.sentence ?? "";
        throw new ProblemError(
          "workspace.busy",
          `another piece of work is running (${now}); wait for it and try again`,
        );
      }
      const id = `job_${kind}_${randomUUID().slice(0, 8)}`;
      const view: JobView = { job_id: id, state: "running", sentence: "starting", progress: 0 };
      jobs.set(id, view);
      for (const old of [...jobs.keys()].slice(0, -KEPT_MAX)) jobs.delete(old);
      current = { id, done: Promise.resolve() };
      current = { id, done: carryOut(id, job) };
      return view;
    },
    job: (id) => jobs.get(id) ?? null,
    running: () => (current === null ? null : (jobs.get(current.id) ?? null)),
    stop: async () => {
      abort.abort(new Error("the server is stopping"));
      await current?.done;
    },
  };
}
