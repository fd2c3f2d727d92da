// `npm test`: makes sure of what the tests need from the machine, then runs them all. Further arguments go to vitest.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ensureBundled, ensureCompiled } from "./build.mjs";

const CHROMIUM_PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Path of a Chromium to drive, or undefined after saying how to get one; the tests that need it are then skipped. */
function ensureChromium() {
  const named = process.env["RATCHET_CHROMIUM"];
  if (named !== undefined) return named;
  const installed = () => CHROMIUM_PATHS.find((path) => existsSync(path));
  if (installed() === undefined && canInstall()) {
    console.error("installing chromium for the browser tests …");
    const apt = (...args) => spawnSync("apt-get", args, { stdio: ["ignore", "ignore", 2], env: APT_ENVIRONMENT });
    apt("update", "-q");
    apt("install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-liberation");
  }
  const found = installed();
  if (found === undefined) {
    console.error("no Chromium found: the browser tests are skipped (install it, or set RATCHET_CHROMIUM to its path)");
  }
  return found;
}

const APT_ENVIRONMENT = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };

function canInstall() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");
}

const chromium = ensureChromium();
// Tests that start the `ratchet` command or open the screens find them built, instead of building them at the same time.
ensureCompiled();
ensureBundled();

const report = process.env["RATCHET_TEST_REPORT"];
const reporters = report === undefined ? [] : ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const environment = { ...process.env, ...(chromium === undefined ? {} : { RATCHET_CHROMIUM: chromium }) };
const vitest = ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, vitest, { stdio: ["ignore", "inherit", "inherit"], env: environment });
process.exit(status ?? 1);
