// `npm run check`: everything but the long tests. All steps run, also after one has failed, so that one run shows all faults.
import { spawnSync } from "node:child_process";

const STEPS = [
  { name: "format", program: "prettier/bin/prettier.cjs", args: ["--check", "--log-level", "warn", "."] },
  { name: "types", program: "typescript/bin/tsc", args: ["-b"] },
  { name: "lint", program: "oxlint/bin/oxlint", args: ["--type-aware", "--deny-warnings", "."] },
  { name: "unused code", program: "knip/bin/knip.js", args: [] },
  {
    name: "tidy",
    program: "vitest/vitest.mjs",
    args: ["run", "--reporter=dot", "--dir", ".", "tidy.test.ts", "dependencies.test.ts"],
  },
];

const failed = STEPS.filter(({ name, program, args }) => {
  const startedAt = Date.now();
  const { status } = spawnSync(process.execPath, [`node_modules/${program}`, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return status !== 0;
});
console.log(failed.length === 0 ? "check: all passed" : `check: failed: ${failed.map(({ name }) => name).join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
