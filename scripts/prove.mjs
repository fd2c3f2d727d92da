// `npm run prove`: the promises about what is sent to us, tried as often as they were promised: 10,000 random histories that arrive late,
// several times and in any order, and 100,000 fuzzed payloads over every way in. Each has a short form among the ordinary tests. Fewer, or
// others: RATCHET_HISTORIES=1000 RATCHET_PAYLOADS=5000 RATCHET_LAWS_SEED=7 npm run prove
import { spawnSync } from "node:child_process";

const tests = ["packages/server/src/promises"];
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", ...tests, ...process.argv.slice(2)],
  {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      RATCHET_HISTORIES: "10000",
      RATCHET_EMBEDDED_HISTORIES: "200",
      RATCHET_PAYLOADS: "100000",
      RATCHET_IMPORTED_FILES: "2000",
      ...process.env,
    },
  },
);
process.exit(status ?? 1);
