import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ROUTES, WEBHOOK_EVENTS } from "@ratchet/protocol";
import { afterEach, expect, it } from "vitest";
import { openWebhookApp } from "./webhook-app.fixture.ts";

const PAGE = new URL("../../../../docs/reference/webhooks.md", import.meta.url);
const page = readFileSync(PAGE, "utf8");
let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill("SIGKILL");
});

it("explains every event", () => {
  const [, table = ""] = page.split("## Events");
  const short = (event: string): string => `.${event.split(".")[1] ?? ""}`;
  expect(WEBHOOK_EVENTS.filter((event) => !table.includes(event) && !table.includes(`\`${short(event)}\``))).toEqual(
    [],
  );
});

it("shows a receiver that verifies what it is told, and takes nothing else", { timeout: 60_000 }, async () => {
  const [, example = ""] = /```js\n([\s\S]*?)```/u.exec(page) ?? [];
  const app = await openWebhookApp();
  const { endpoint, secret } = await app.listen("https://example.com/", ["change.promoted"]);
  const started = await startExample(example, secret);
  await app.send("PATCH", `/v1/webhook-endpoints/${endpoint.endpoint_id}`, { url: started.url });
  const sent = await app.send("POST", `/v1/webhook-endpoints/${endpoint.endpoint_id}/test`);
  const test = ROUTES.testWebhookEndpoint.response.parse(await sent.json());
  expect(test).toMatchObject({ status: "delivered", last: { status: 204 } });
  const again = await (await app.send("POST", `/v1/webhook-deliveries/${test.delivery_id}/replay`)).json();
  expect(again).toMatchObject({ status: "delivered", last: { status: 204 } });
  // Once: the second call had the same id.
  expect(started.said().split("\n").slice(1)).toEqual([`webhook.test { endpoint_id: '${endpoint.endpoint_id}' }`, ""]);
  // By the clock of the library it is signed in the past: a call that was recorded and is played again.
  app.pass(-6 * 60_000);
  const late = await (await app.send("POST", `/v1/webhook-endpoints/${endpoint.endpoint_id}/test`)).json();
  expect(late).toMatchObject({ status: "waiting", last: { status: 401 } });
  const forged = await fetch(started.url, { method: "POST", body: test.body });
  expect(forged.status).toBe(401);
  await app.context.webhooks.stop();
});

/** The page's example as it stands, on a port of its own. */
async function startExample(
  example: string,
  secret: string,
): Promise<{ readonly url: string; readonly said: () => string }> {
  const listen = 'server.listen(0, "127.0.0.1", () => console.log(server.address().port));';
  const running = spawn(process.execPath, ["--input-type=module", "--eval", `${example}\n${listen}`], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, RATCHET_WEBHOOK_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = running;
  let said = "";
  running.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/^\d+\n/u);
  return { url: `http://127.0.0.1:${said.trim()}/`, said: () => said };
}
