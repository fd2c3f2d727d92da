// `npm run soak:kill`: kills the stores, the server and imports many times over, and counts what is left. Minutes; further arguments go
// to vitest. Another number of rounds: RATCHET_KILL_ROUNDS=200 npm run soak:kill
import { spawnSync } from "node:child_process";
import { ensureCompiled } from "./build.mjs";

ensureCompiled();
const tests = ["packages/storage/src/crash.test.ts", "packages/cli/src/crash.test.ts"];
const { status } = spawnSync(
  process.execPath,
  // One after the other: each wants to meet its kills at work, not in a queue for the processor.
  ["node_modules/vitest/vitest.mjs", "run", "--no-file-parallelism", ...tests, ...process.argv.slice(2)],
  { stdio: ["ignore", "inherit", "inherit"], env: { RATCHET_KILL_ROUNDS: "50", ...process.env } },
);
process.exit(status ?? 1);
