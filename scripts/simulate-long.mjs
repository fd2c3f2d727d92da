// `npm run simulate:long`: the simulations that take minutes, each with a short version among the ordinary tests.
import { spawnSync } from "node:child_process";

const LONG_FORMS = [
  "packages/engine/src/decisions/eligibility/quiet-hours.test.ts",
  "packages/engine/src/decisions/serving.test.ts",
  "packages/engine/src/health/check-data.test.ts",
  "packages/engine/src/workspace/standing.test.ts",
  "packages/simulator/src/replay/false-promotions.test.ts",
  "packages/stats/src/simulations",
];

const vitest = ["node_modules/vitest/vitest.mjs", "run", ...(process.argv[2] ? process.argv.slice(2) : LONG_FORMS)];
const { status } = spawnSync(process.execPath, vitest, {
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, RATCHET_LONG_TESTS: "1" },
});
process.exit(status ?? 1);
