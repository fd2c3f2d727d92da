import { Worker } from "node:worker_threads";
import { carryOut, type TrainedDocument, type TrainingOrder } from "./train-order.ts";

/** Memory that a training may take, in MB: five thousand notes take some 200. */
const MEMORY_MB_MAX = 1_024;
/** A training that takes longer is given up. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * Trains in a thread of its own: some seconds of arithmetic, in which this one goes on answering requests. From sources, as in tests, there
 * is no file that a thread could run, and it is done here.
 */
export function trainApart(order: TrainingOrder, signal: AbortSignal): Promise<TrainedDocument> {
  if (import.meta.url.endsWith(".ts")) return Promise.resolve(carryOut(order));
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./train-thread.js", import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
    });
    const giveUp = (why: string): void => {
      reject(new Error(why));
      void thread.terminate();
    };
    const timer = setTimeout(() => giveUp(`the training took longer than ${TIMEOUT_MS / 60_000} minutes`), TIMEOUT_MS);
    const stop = (): void => giveUp("the server is stopping");
    signal.addEventListener("abort", stop, { once: true });
    thread.once("message", (trained: TrainedDocument) => resolve(trained));
    thread.once("error", reject);
    thread.once("exit", (code) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      // After a message this changes nothing.
      reject(new Error(`the training ended without an answer (status ${code})`));
    });
  });
}
