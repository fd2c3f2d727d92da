import { progress } from "@clack/prompts";

/** Shows how far something is. */
export interface Progress {
  readonly update: (share: number | null, sentence: string) => void;
  readonly done: (sentence: string) => void;
  readonly failed: () => void;
}

const STEPS = 1000;
const PLAIN_EVERY_MS = 5000;

/** A bar on a terminal, a line every few seconds elsewhere; nothing at all where a program reads. All on standard error. */
export function showProgress(title: string, quiet: boolean): Progress {
  if (quiet) return { update: () => {}, done: () => {}, failed: () => {} };
  return process.stderr.isTTY ? bar(title) : lines(title);
}

function bar(title: string): Progress {
  const shown = progress({ max: STEPS, output: process.stderr });
  shown.start(title);
  let at = 0;
  return {
    update: (share, sentence) => {
      const to = Math.floor((share ?? 0) * STEPS);
      if (to > at) shown.advance(to - at, sentence);
      else shown.message(sentence);
      at = Math.max(at, to);
    },
    done: (sentence) => shown.stop(sentence),
    failed: () => shown.error(`${title}: stopped`),
  };
}

function lines(title: string): Progress {
  let last = performance.now();
  return {
    update: (share, sentence) => {
      if (performance.now() - last < PLAIN_EVERY_MS) return;
      last = performance.now();
      process.stderr.write(`${title}: ${share === null ? "" : `${Math.round(100 * share)} %, `}${sentence}\n`);
    },
    done: () => {},
    failed: () => {},
  };
}
