// `node scripts/photograph.mjs`: takes the README's pictures anew, of the sample company on a server of its own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "playwright-core";

const PORT = 4699;
const URL = `http://127.0.0.1:${PORT}`;
const CHROMIUM = process.env["RATCHET_CHROMIUM"] ?? "/usr/bin/chromium";
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

const call = async (path, init) => (await fetch(URL + path, init)).json();

async function until(what, isTrue) {
  for (let i = 0; i < 240; i++) {
    if (await isTrue().catch(() => false)) return;
    await wait(500);
  }
  throw new Error(`waited two minutes for ${what}`);
}

const directory = await mkdtemp(join(tmpdir(), "ratchet-pictures-"));
const launcher = ["packages/cli/bin/ratchet.js", "serve", "--port", String(PORT), "--data", directory];
const server = spawn(process.execPath, launcher, { stdio: "inherit" });
try {
  await until("the server", async () => (await call("/v1/status")).state === "empty");
  const { job_id } = await call("/v1/workspace/sample", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  await until("the sample company", async () => (await call(`/v1/jobs/${job_id}`)).state === "done");
  const { changes } = await call("/v1/changes");
  const waiting = changes.find(({ status }) => status === "pending");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  for (const [name, path] of [
    ["today", "/"],
    ["change", `/changes/${waiting.id}`],
  ]) {
    await page.goto(URL + path, { waitUntil: "networkidle" });
    await wait(500);
    await page.screenshot({ path: `docs/images/${name}.png` });
    console.log(`docs/images/${name}.png`);
  }
  await browser.close();
} finally {
  server.kill("SIGTERM");
  await new Promise((done) => server.once("exit", done));
  await rm(directory, { recursive: true, force: true });
}
