// Builds what is missing or older than its sources: `npm run build`, `npm start` and the `ratchet` launcher all come through here.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LOCK = join(ROOT, "node_modules", ".ratchet-build");
const LOCK_WAIT_MS_MAX = 300_000;

/** Compiler exit status for "there were errors, and everything was emitted all the same". */
const EMITTED_WITH_ERRORS = 2;

const TYPESCRIPT = {
  label: "TypeScript",
  stamp: join(ROOT, "packages/cli/dist/.compiled"),
  inputs: [...readdirSync(join(ROOT, "packages")).flatMap(sourcesOf), "tsconfig.base.json"],
  run: compile,
};

const DASHBOARD = {
  label: "dashboard",
  stamp: join(ROOT, "packages/dashboard/dist/app/.bundled"),
  inputs: [
    ...["dashboard", "sdk", "protocol"].flatMap(sourcesOf),
    "packages/dashboard/index.html",
    "packages/dashboard/vite.config.ts",
  ],
  run: bundle,
};

function sourcesOf(name) {
  return ["src", "package.json", "tsconfig.json"].map((part) => `packages/${name}/${part}`);
}

/** Compiles all packages unless every output is newer than every source. Type errors are shown; they stop nobody from running. */
export function ensureCompiled() {
  ensure(TYPESCRIPT);
}

/** Bundles the dashboard unless its output is newer than its sources. */
export function ensureBundled() {
  ensure(DASHBOARD);
}

function ensure(target) {
  if (isFresh(target)) return;
  const release = lock();
  try {
    if (isFresh(target)) return; // another process built it while this one waited
    const startedAt = Date.now();
    process.stderr.write(`building: ${target.label} … `);
    target.run();
    mkdirSync(dirname(target.stamp), { recursive: true });
    writeFileSync(target.stamp, `${startedAt}\n`); // a source saved during the build is newer than this, so it builds again
    process.stderr.write(`done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
  } finally {
    release();
  }
}

function isFresh({ stamp, inputs }) {
  if (!existsSync(stamp)) return false;
  const builtAt = Number(readFileSync(stamp, "utf8"));
  return inputs.every((input) => newestChange(join(ROOT, input)) < builtAt);
}

/** Latest modification below a path, in ms. Folders count too: a deleted file changes its folder. */
function newestChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0; // an editor's temporary file, gone between listing and looking
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

function compile() {
  const { status } = run(join(ROOT, "node_modules/typescript/bin/tsc"), ["-b", "packages/cli"], ROOT);
  if (status === EMITTED_WITH_ERRORS) process.stderr.write("the types have errors (above); running what was emitted\n");
  else if (status !== 0) throw new Error(`tsc -b packages/cli failed with status ${status}`);
  bundleStdlib();
}

/**
 * Puts the some 300 packages of @stdlib into the one file of @ratchet/stats that imports them: whoever installs that package installs
 * none of them, and it loads in a fifth of the time.
 */
function bundleStdlib() {
  const file = join(ROOT, "packages/stats/dist/numerics/stdlib.js");
  if (!readFileSync(file, "utf8").includes('from "@stdlib/')) return; // bundled before, and not compiled again since
  const bundled = `${file}.bundled`;
  const options = ["--input", file, "--file", bundled, "--format", "esm", "--platform", "node", "--log-level", "warn"];
  const { status } = run(join(ROOT, "node_modules/rolldown/bin/cli.mjs"), options, ROOT);
  if (status !== 0) throw new Error(`rolldown failed with status ${status} on ${file}`);
  renameSync(bundled, file);
}

function bundle() {
  const dashboard = join(ROOT, "packages/dashboard");
  const { status } = run(join(ROOT, "node_modules/vite/bin/vite.js"), ["build", "--logLevel", "warn"], dashboard);
  if (status !== 0) throw new Error(`vite build failed with status ${status}`);
}

/** Runs a program with all its output on our stderr: stdout belongs to the command that asked for the build (`--json`). */
function run(program, args, cwd) {
  return spawnSync(process.execPath, [program, ...args], { cwd, stdio: ["ignore", 2, 2] });
}

/** Waits until no other process builds in this checkout; returns the release. A lock whose owner has died is taken over. */
function lock() {
  const giveUpAt = Date.now() + LOCK_WAIT_MS_MAX;
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      return () => rmSync(LOCK, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isAlive(readOwner())) rmSync(LOCK, { force: true });
    else if (Date.now() > giveUpAt)
      throw new Error(`another build still runs (process ${readOwner()}); remove ${LOCK} if not`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

function readOwner() {
  try {
    return Number(readFileSync(LOCK, "utf8"));
  } catch {
    return 0;
  }
}

function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return processId !== 0;
  } catch (error) {
    return error.code === "EPERM";
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureCompiled();
  ensureBundled();
}
