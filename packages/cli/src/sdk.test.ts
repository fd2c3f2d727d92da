/** The SDK's client through a day on which the server goes down and comes back: selling goes on, and nothing that was reported is lost. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLog, startServer, type RunningServer } from "@ratchet/server";
import { Ratchet, type Report } from "@ratchet/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";

const EXAMPLE = new URL("../../../examples/gtm/", import.meta.url);
const HOUR = 3_600_000;

let directory: string;
let server: RunningServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-sdk-"));
  server = await startServer({ directory, port: 0, log: openLog("silent") });
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

it(
  "falls back while the server is down, and delivers everything once it is back, once",
  { timeout: 120_000 },
  async () => {
    const settings = { url: server.url, timeoutMs: 5000, fallback: { content: "case_study" }, collectMs: HOUR };
    const ratchet = new Ratchet(settings);
    const [playbook, policy] = await Promise.all(
      ["playbook.yaml", "policy.yaml"].map((name) => readFile(new URL(name, EXAMPLE), "utf8")),
    );
    await ratchet.api.setUp({ playbook: playbook ?? "", policy: policy ?? "" });
    const question = { unit: "acme", point: "content", context: { region: "EMEA", open_opportunity: false } };
    const first = await ratchet.decide(question);
    expect(first.kind).toBe("decided");
    expect(await ratchet.decide(question)).toEqual(first);

    await server.close();
    const alone = await ratchet.decide({ ...question, unit: "globex" });
    expect(alone).toMatchObject({ kind: "fallback", action: "case_study", because: { code: "client.unreachable" } });
    ratchet.outcome({ type: "reply", decisionId: first.id, messageId: "m-1" });
    ratchet.outcome({ type: "reply", decisionId: alone.id, unit: "globex", messageId: "m-2" });
    ratchet.execution({ kind: "worked", decisionId: first.id, messageId: "e-1" });
    expect(await ratchet.flush(300)).toMatchObject({ waiting: 3, failing: { code: "client.unreachable" } });
    const unsent: readonly Report[] = JSON.parse(JSON.stringify(await ratchet.close(0)));

    server = await startServer({ directory, port: Number(new URL(server.url).port), log: openLog("silent") });
    const next = new Ratchet({ ...settings, unsent });
    expect(await next.flush(30_000)).toMatchObject({ waiting: 0, accepted: 3, lost: 0 });
    const again = new Ratchet({ ...settings, unsent });
    expect(await again.flush(30_000)).toMatchObject({ waiting: 0, accepted: 0, duplicates: 3 });
    expect(await again.decide(question)).toMatchObject({ kind: "decided", id: first.id, action: first.action });
    expect(await again.api.decision(first.id ?? "")).toMatchObject({ execution_state: "worked" });
  },
);
