import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROUTES } from "@ratchet/protocol";
import { DataDirectoryInUseError } from "@ratchet/storage";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openLog } from "./log.ts";
import { startServer, type RunningServer } from "./start-server.ts";

let directory: string;
let server: RunningServer;

const start = () => startServer({ directory, port: 0, log: openLog("silent") });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-server-"));
  server = await start();
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

async function call(path: string, body?: unknown): Promise<unknown> {
  const method = body === undefined ? "GET" : "POST";
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

const MAP = `
api_version: ratchet.map/v1
name: mails
unit: {column: id}
time: {column: at}
action: {column: msg, only: [plain, story]}
baseline: plain
assignment: randomised
propensity: uniform
outcomes: [{id: won, kind: conversion, column: won, minimum_effect: 0.02}]
objective: won
`;

it("serves the loop over HTTP on the embedded stores, and finds it all again after a restart", async () => {
  const rows = Array.from(
    { length: 300 },
    (_, i) => `c${i},2026-01-01T00:00:00Z,${i % 2 === 0 ? "plain" : "story"},${i % 3 === 1 ? 1 : 0}`,
  );
  const { upload_id } = ROUTES.upload.response.parse(
    await call("/v1/uploads?name=m.csv", ["id,at,msg,won", ...rows].join("\n")),
  );
  const { import_id } = ROUTES.startImport.response.parse(await call("/v1/imports", { upload_id, mapping: MAP }));
  const imported = async () => ROUTES.import.response.parse(await call(`/v1/imports/${import_id}`));
  await expect.poll(async () => (await imported()).state, { timeout: 30_000 }).toBe("done");

  const answers = ROUTES.decide.response.parse(
    await call("/v1/decisions", {
      requests: Array.from({ length: 50 }, (_, i) => ({ point: "content", unit_id: `live-${i}` })),
    }),
  );
  const decisions = ("decisions" in answers ? answers.decisions : [answers]).flatMap((one) =>
    "refused" in one ? [] : [one],
  );
  const signals = decisions.map(({ decision_id, unit_id }) => ({
    message_id: `m-${decision_id}`,
    type: "won",
    unit_id,
    decision_id,
  }));
  expect(await call("/v1/signals", { signals })).toMatchObject({ accepted: 50, rejected: [] });
  expect(ROUTES.runCycle.response.parse(await call("/v1/cycles", "")).cycle).toBe(1);
  expect(ROUTES.results.response.parse(await call("/v1/results?source=import:mails"))).toMatchObject({ units: 300 });

  const id = decisions[0]?.decision_id ?? "";
  const before = ROUTES.trace.response.parse(await call(`/v1/decisions/${id}/trace`));
  expect(before.outcomes).toMatchObject([{ signal: "won", decision_id: id }]);

  await server.close();
  server = await start();
  expect(ROUTES.trace.response.parse(await call(`/v1/decisions/${id}/trace`))).toEqual(before);
  expect(ROUTES.status.response.parse(await call("/v1/status")).counts).toMatchObject({ decisions: 350, backlog: 0 });
  expect((await imported()).report).toMatchObject({ imported: 300 });
}, 120_000);

it("refuses a directory that another server has open, naming it", async () => {
  await expect(start()).rejects.toThrow(DataDirectoryInUseError);
  await expect(start()).rejects.toThrow(directory);
});

it("serves a page on every path that is not the API's", async () => {
  const page = await fetch(`${server.url}/changes/chg_1`);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect((await fetch(`${server.url}/v1/none`)).status).toBe(404);
});
