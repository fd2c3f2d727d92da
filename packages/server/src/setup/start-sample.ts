import { later } from "@ratchet/engine";
import type { JobView, SampleRequest } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import { putWorkspaceSource, SAMPLE_SOURCE } from "./workspace-source.ts";

const SEED = 1;
/** Simulated time ends a moment ago, so that nothing of it lies in the future of what follows. */
const ENDS_BEFORE_NOW_MS = 1000;

/**
 * Fills an empty workspace with the sample company, as a job: the simulator's world through the workspace's own functions, under a clock of
 * its own that ends at now.
 */
export function startSample(context: AppContext, { seed, cycles }: SampleRequest): JobView {
  const { stores, workspace, sample, jobs, log } = context;
  if (!workspace.current().isEmpty) {
    throw new ProblemError(
      "workspace.not_empty",
      "this workspace has been set up before; start the server on another directory to look at the sample company",
    );
  }
  if (sample === null)
    throw new ProblemError("workspace.no_sample", "this installation has no simulator, so there is no sample company");
  return jobs.start("sample", async ({ report, signal }) => {
    try {
      const sentence = await sample({
        stores,
        endsAt: later(stores.clock(), -ENDS_BEFORE_NOW_MS),
        seed: seed ?? SEED,
        cycles: cycles ?? null,
        onProgress: report,
        signal,
      });
      await putWorkspaceSource(stores.state, SAMPLE_SOURCE);
      log.info("the sample company is ready");
      return sentence;
    } finally {
      await workspace.reload();
    }
  });
}
