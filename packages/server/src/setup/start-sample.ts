import { later, projectInbox } from "@ratchet/engine";
import type { JobView, SampleRequest } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { JobControl } from "../jobs/job-board.ts";
import { recordingStores, type Recording } from "./recording-stores.ts";
import { putWorkspaceSource, SAMPLE_SOURCE } from "./workspace-source.ts";

/** Simulated time ends a moment ago, so that nothing of it lies in the future of what follows. */
const ENDS_BEFORE_NOW_MS = 1000;
/** Share of the work that simulating is; the rest is writing it down. */
const SIMULATING = 0.7;
const ITEMS_PER_TRANSACTION = 2000;
const PROJECTION = { maxItems: 20_000, maxSegments: 1 };

/**
 * Fills an empty workspace with the sample company, as a job: the simulator's world through the workspace's own functions, under a clock of
 * its own that ends at now. It is lived in memory, many times faster, and written down at the end.
 */
export function startSample(context: AppContext, { seed, cycles }: SampleRequest): JobView {
  const { stores, workspace, sample, jobs, log } = context;
  if (!workspace.current().isEmpty) {
    throw new ProblemError(
      "workspace.not_empty",
      "this workspace has been set up before; start the server on another directory to look at the sample company",
    );
  }
  if (sample === null) {
    throw new ProblemError("workspace.no_sample", "this installation has no simulator, so there is no sample company");
  }
  return jobs.start("sample", async (control) => {
    try {
      const recording = recordingStores();
      const sentence = await sample({
        stores: recording.stores,
        endsAt: later(stores.clock(), -ENDS_BEFORE_NOW_MS),
        seed: seed ?? null,
        cycles: cycles ?? null,
        onProgress: (done, text) => control.report(SIMULATING * done, text),
        signal: control.signal,
      });
      await writeDown(context, recording, control);
      await putWorkspaceSource(stores.state, SAMPLE_SOURCE);
      log.info("the sample company is ready");
      return sentence;
    } finally {
      await workspace.reload();
    }
  });
}

/** The ledger first, in one transaction: facts without their playbooks could not be read. */
async function writeDown({ stores }: AppContext, recording: Recording, control: JobControl): Promise<void> {
  const { entries, documents, items } = recording.written();
  await stores.state.append(entries, documents);
  for (let i = 0; i < items.length; i += ITEMS_PER_TRANSACTION) {
    control.signal.throwIfAborted();
    await stores.state.acknowledge(items.slice(i, i + ITEMS_PER_TRANSACTION));
    control.report(SIMULATING + (1 - SIMULATING) * (i / items.length), "writing it down");
  }
  while ((await projectInbox(stores, PROJECTION)) > 0) control.signal.throwIfAborted();
}
