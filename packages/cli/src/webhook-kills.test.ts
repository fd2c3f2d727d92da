import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRatchet } from "@ratchet/sdk";
import { compileRatchet, killAll, serveRatchet, until } from "./crash-process.fixture.ts";

/** `npm run soak:kill` makes it 50. */
const ROUNDS = Number(process.env["RATCHET_KILL_ROUNDS"] ?? "3");
const LIMIT_MS = 240_000 + ROUNDS * 60_000;

const directory = mkdtempSync(join(tmpdir(), "ratchet-kill-webhooks-"));
/** What the receiver took, by the decision that an override is of: under which ids. */
const taken = new Map<string, Set<string>>();
const types = new Set<unknown>();
/** Ids of calls, and of those that failed. */
const heard = new Set<string>();
const failed = new Set<string>();
let receiver: Server;
let address: string;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const id = String(request.headers["webhook-id"]);
      heard.add(id);
      // The first call of every seventh fails, and has to be made again, by this process or the next; a second failure would take minutes.
      if (heard.size % 7 === 0 && !failed.has(id)) {
        failed.add(id);
        return response.writeHead(500).end();
      }
      const { type, data } = JSON.parse(body);
      types.add(type);
      const ids = taken.get(data.decision_id) ?? new Set();
      taken.set(data.decision_id, ids.add(id));
      return response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const bound = receiver.address();
  if (bound === null || typeof bound === "string") throw new Error("the receiver does not listen");
  address = `http://127.0.0.1:${bound.port}/`;
  compileRatchet();
}, 300_000);
afterAll(() => {
  killAll();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(directory, { recursive: true, force: true });
});

it(
  `tells those outside of everything that was acknowledged, each under one id, over ${ROUNDS} kills`,
  async () => {
    const acknowledged = new Set<string>();
    let sent = 0;
    const moments = fc.sample(fc.integer({ min: 50, max: 1_500 }), { numRuns: ROUNDS, seed: 20_261_123 });
    const start = () => serveRatchet(directory, "--webhook-allow-host", "127.0.0.1");
    for (const [round, afterMs] of moments.entries()) {
      const server = await start();
      const ratchet = createRatchet({ url: server.url });
      if (round === 0) await ratchet.webhooks.create({ url: address, events: ["execution.overridden"] });
      let isOver = false;
      const sending = (async () => {
        while (!isOver) {
          const batch = Array.from({ length: 5 }, () => `dec_${String((sent += 1)).padStart(6, "0")}`);
          const executions = batch.map((decision_id) => {
            const told = { decision_id, message_id: decision_id, source: "crm", by: "rep:1" };
            return { ...told, kind: "overridden", reason: "wrong_time" } as const;
          });
          const answer = await ratchet.executions(executions).catch(() => null);
          if (answer?.accepted === batch.length) for (const id of batch) acknowledged.add(id);
          await sleep(5);
        }
      })();
      await sleep(afterMs);
      server.kill(round % 2 === 0 ? "group" : "leader");
      isOver = true;
      await sending;
      await server.ended;
      await server.leftNobody();
    }
    expect(acknowledged.size).toBeGreaterThan(0);

    const server = await start();
    const missing = () => [...acknowledged].filter((id) => !taken.has(id));
    await until(() => missing().length === 0, "everything acknowledged to arrive");
    const twice = [...taken].filter(([, ids]) => ids.size > 1);
    expect(twice).toEqual([]);
    expect(failed.size).toBeGreaterThan(0);
    expect([...types]).toEqual(["execution.overridden"]);
    server.stop();
    await server.ended;
  },
  LIMIT_MS,
);
