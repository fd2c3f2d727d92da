import { later, projectInbox, Workspace, type ChangeStatus, type Instant } from "@ratchet/engine";
import type { JobView, SampleRequest } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { JobControl } from "../jobs/job-board.ts";
import { recordingStores, type Recording } from "./recording-stores.ts";
import type { SampleRunner } from "./sample-runner.ts";
import { putWorkspaceSource, SAMPLE_SOURCE } from "./workspace-source.ts";

const SEED = 1;
/** Companies that are tried until one has everything to look at; chance, and the hour, decide what a company lives through. */
const ATTEMPTS_MAX = 4;
const WANTED: readonly ChangeStatus[] = ["promoted", "rolled_back", "pending"];
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
      const endsAt = later(stores.clock(), -ENDS_BEFORE_NOW_MS);
      const lived = await live(sample, control, { endsAt, seed: seed ?? null, cycles: cycles ?? null });
      await writeDown(context, lived.recording, control);
      await putWorkspaceSource(stores.state, SAMPLE_SOURCE);
      log.info("the sample company is ready");
      return lived.sentence;
    } finally {
      await workspace.reload();
    }
  });
}

interface Wish {
  readonly endsAt: Instant;
  /** null: whichever has most to look at. */
  readonly seed: number | null;
  readonly cycles: number | null;
}

interface Lived {
  readonly recording: Recording;
  readonly sentence: string;
  /** How many of the wanted kinds of change it has. */
  readonly richness: number;
}

async function live(sample: SampleRunner, control: JobControl, { endsAt, seed, cycles }: Wish): Promise<Lived> {
  let best: Lived | null = null;
  const attempts = seed === null ? ATTEMPTS_MAX : 1;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const recording = recordingStores();
    const onProgress = (done: number, sentence: string): void =>
      control.report((SIMULATING * (attempt + done)) / attempts, sentence);
    const task = { endsAt, cycles, onProgress, signal: control.signal, seed: (seed ?? SEED) + attempt };
    const sentence = await sample({ stores: recording.stores, ...task });
    const { view } = await Workspace.open({ ...recording.stores, clock: () => endsAt });
    const statuses = [...view.changes.values()].map(({ status }) => status);
    const richness = WANTED.filter((status) => statuses.includes(status)).length;
    if (best === null || richness > best.richness) best = { recording, sentence, richness };
    if (richness === WANTED.length) break;
  }
  if (best === null) throw new Error("no company was simulated");
  return best;
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
