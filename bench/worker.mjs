// One side of a row in a process of its own: ours, Python's or R's. All speak the same lines over stdin and stdout, tab between fields:
//   → prepare FILE ROW FOLDER   ← answer NOTE x1 x2 …     reads the data, runs once, gives numbers to compare
//   → time K                    ← ms MILLISECONDS         runs K times by its own clock; nothing but the work is inside
//   → spend K                   ← ms MILLISECONDS         the same by the process's own processor time
//   → scale ESTIMATOR N         ← answer                  ours only: makes N units in place of reading data
// Anything else that comes back is `failed MESSAGE` or `missing PACKAGE`.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BENCH = dirname(fileURLToPath(import.meta.url));

/** Peers calculate on one thread, as ours do. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** What the peers need, from the distribution's own packages. */
export const INSTALL =
  "apt-get install --no-install-recommends python3-numpy python3-scipy python3-sklearn python3-statsmodels r-base-core r-cran-survival r-cran-metafor";

const PROGRAMS = {
  ours: () => [process.execPath, join(BENCH, "ours/serve.mjs"), "ours"],
  node: () => [process.execPath, join(BENCH, "ours/serve.mjs"), "peers"],
  python: () => [python(), join(BENCH, "peers/serve.py")],
  r: () => [process.env["RATCHET_RSCRIPT"] ?? "Rscript", "--vanilla", join(BENCH, "peers/serve.R")],
};

/** The system's Python, for which the distribution's packages are; another may come first in the path without them. */
function python() {
  const named = process.env["RATCHET_PYTHON"];
  if (named !== undefined) return named;
  const hasNumpy = (program) => spawnSync(program, ["-c", "import numpy"], { stdio: "ignore" }).status === 0;
  return (
    ["/usr/bin/python3", "python3"].find(
      (program) => (existsSync(program) || !program.includes("/")) && hasNumpy(program),
    ) ?? "python3"
  );
}

/** Starts a worker; `ask` sends a line and resolves to the fields of the answer, `stop` ends the process. */
export async function startWorker(language) {
  const [program, ...args] = PROGRAMS[language]();
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...ONE_THREAD } });
  const complaints = [];
  child.stderr.on("data", (text) => complaints.push(String(text)));
  child.stdin.on("error", () => {}); // the process has ended: the next answer says so
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(["missing", error.message]));
    child.on("close", () => resolve(["failed", complaints.join("").trim().split("\n").at(-1) ?? "ended"]));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = () => Promise.race([lines.next().then(({ value, done }) => (done ? ended : value.split("\t"))), ended]);
  const ready = await read();
  return {
    ready,
    ask: (...fields) => {
      child.stdin.write(`${fields.join("\t")}\n`);
      return read();
    },
    stop: () => child.kill(),
  };
}
