// `npm run soak:kill`: kills the stores, the server under every way in and imports many times over, and counts what is left; then lets
// every step of the inbox fail once. Minutes; further arguments go to vitest. Another number of rounds: RATCHET_KILL_ROUNDS=200 npm run
// soak:kill. `-- --backlog` does another thing alone: it kills a process that left a million items in the inbox and says how soon a server
// answers on them.
import { spawnSync } from "node:child_process";
import { ensureCompiled } from "./build.mjs";

ensureCompiled();
const isBacklog = process.argv.includes("--backlog");
const more = process.argv.slice(2).filter((argument) => argument !== "--backlog");
const kills = [
  "packages/storage/src/crash.test.ts",
  "packages/storage/src/state/failpoints.test.ts",
  "packages/cli/src/crash.test.ts",
  "packages/cli/src/crash-ways.test.ts",
  "packages/cli/src/webhook-kills.test.ts",
];
const tests = isBacklog ? ["packages/cli/src/backlog.test.ts"] : kills;
const { status } = spawnSync(
  process.execPath,
  // One after the other: each wants to meet its kills at work, not in a queue for the processor.
  ["node_modules/vitest/vitest.mjs", "run", "--no-file-parallelism", ...tests, ...more],
  {
    stdio: ["ignore", "inherit", "inherit"],
    env: { RATCHET_KILL_ROUNDS: "50", ...(isBacklog ? { RATCHET_BACKLOG_ITEMS: "1000000" } : {}), ...process.env },
  },
);
process.exit(status ?? 1);
