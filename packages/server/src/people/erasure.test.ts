/** What the law asks: after an erasure no byte of the person is in any file of the data directory, whatever way it came in. */
import { createHmac } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectInbox } from "@ratchet/engine";
import { afterEach, expect, it } from "vitest";
import { openDirectory, type OpenDirectory } from "../compose.ts";
import { createApp } from "../create-app.ts";
import { openLog } from "../log.ts";

const EMAIL = "zoe.marker@acme-example.com";
const PHONE = "+4917055501009";
const NAME = "Zoe Quillmarker";
const MARKERS = [EMAIL, PHONE, NAME, "Quillmarker"];
const SECRET = "abcd1234";

let directory: string;
let opened: OpenDirectory | null = null;

afterEach(async () => {
  await opened?.close();
  await rm(directory, { recursive: true, force: true });
});

async function reopen(): Promise<OpenDirectory> {
  await opened?.close();
  opened = await openDirectory({ directory, rhythm: null, sample: null, log: openLog("silent") });
  return opened;
}

type Send = (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<unknown>;

function sender({ context }: OpenDirectory): Send {
  const app = createApp(context);
  return async (path, body, headers = {}) => {
    const response = await app.request(`http://localhost${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

/** How a marker may stand in a file: each writing in both cases where case is free, base64 at each of its three alignments. */
function writingsOf(marker: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(marker);
  const codes = Array.from(marker, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // Characters that also depend on what stands before or after are left out.
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  return new Map([
    ["utf-8", marker],
    ["lower", marker.toLowerCase()],
    ["json, every character", codes.join("")],
    ["json, the marks", Array.from(marker, (c, i) => (/[\w.-]/u.test(c) ? c : (codes[i] ?? ""))).join("")],
    ...base64.map((text, i) => [`base64 at ${i}`, text] as const),
    ["hex", bytes.toString("hex")],
    ["HEX", bytes.toString("hex").toUpperCase()],
  ]);
}

/** Every writing of every marker that is in a file, as `file: marker (writing)`. */
async function scan(): Promise<readonly string[]> {
  const hits: string[] = [];
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    for (const marker of MARKERS)
      for (const [name, text] of writingsOf(marker))
        if (bytes.includes(text) || path.includes(text)) hits.push(`${entry.name}: ${marker} (${name})`);
  }
  return hits;
}

const CSV = [
  "id,at,msg,won,note",
  ...Array.from(
    { length: 40 },
    (_, i) => `c${i},2026-01-01T00:00:00Z,${i % 2 === 0 ? "plain" : "story"},${i % 3 === 1 ? 1 : 0},ok`,
  ),
  `${EMAIL},2026-01-01T00:00:00Z,plain,1,call ${NAME}`,
  `${EMAIL},yesterday,plain,1,${PHONE}`,
].join("\n");
const MAP = `
api_version: ratchet.map/v1
name: mails
unit: {column: id}
time: {column: at}
action: {column: msg, only: [plain, story]}
baseline: plain
assignment: randomised
propensity: uniform
context: [note]
outcomes: [{id: won, kind: conversion, column: won, minimum_effect: 0.02}]
objective: won
`;

async function keyOf(send: Send, source: object): Promise<string> {
  const answer = await send("/v1/sources", source);
  const key: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "key") : null;
  if (typeof key !== "string") throw new Error("no key");
  return key;
}

/** Plants the markers in everything that anybody can send. */
async function plant(send: Send): Promise<void> {
  const upload = await send("/v1/uploads?name=Quillmarker.csv", CSV);
  const id: unknown = typeof upload === "object" && upload !== null ? Reflect.get(upload, "upload_id") : null;
  const started = await send("/v1/imports", { upload_id: id, mapping: MAP });
  const run: unknown = typeof started === "object" && started !== null ? Reflect.get(started, "import_id") : null;
  await expect
    .poll(() => send(`/v1/imports/${String(run)}`), { timeout: 30_000, interval: 200 })
    .toMatchObject({ state: "done", imported: 41 });

  await send("/v1/decisions", {
    point: "content",
    unit_id: EMAIL,
    context: { email: EMAIL, full_name: NAME, mobilePhone: PHONE, note: `met ${NAME}` },
  });
  await send("/v1/signals", {
    signals: [
      { message_id: `visit-${EMAIL}`, type: "visit", unit_id: EMAIL },
      { message_id: "s-2", type: "unsubscribed", unit_id: PHONE },
      { message_id: "s-3", type: "NOT A TYPE", unit_id: EMAIL, note: NAME },
    ],
  });
  await send("/v1/signals", { signals: [{ message_id: `visit-${EMAIL}`, type: "reply", unit_id: EMAIL }] });
  await send("/v1/signals", {
    signals: [
      { message_id: "n-1", type: "note_written", unit_id: EMAIL, text: `Spoke with ${NAME} on ${PHONE}: no budget` },
      { message_id: "n-2", type: "note_written", unit_id: "acme", text: `Ask ${EMAIL} again, Quillmarker said` },
      { message_id: "n-3", type: "note_written", unit_id: "acme", text: "Nobody picked up, left a voicemail" },
    ],
  });
  // What machines make of it, and what they ask people, is stored too.
  expect(await send("/v1/outcome-reviews")).toMatchObject({ waiting: expect.any(Number) });

  const segment = { authorization: `Bearer ${await keyOf(send, { source_id: "website", kind: "segment" })}` };
  const traits = { email: EMAIL, name: NAME, phone: PHONE, plan: "trial" };
  const base64 = [0, 1, 2].map((n) => Buffer.from(`${" ".repeat(n)}${JSON.stringify(traits)}`).toString("base64"));
  const hex = Buffer.from(`${EMAIL} ${PHONE} ${NAME}`).toString("hex");
  const escaped = JSON.stringify(traits)
    .replaceAll("@", "\\u0040")
    .replaceAll("+", "\\u002b")
    .replaceAll(" ", "\\u0020");
  const all = Array.from(
    `${EMAIL} ${PHONE} ${NAME}`,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ).join("");
  await send(
    "/v1/batch",
    {
      batch: [
        { type: "identify", messageId: "1", userId: "u-77", anonymousId: "b-77", traits },
        {
          type: "track",
          messageId: "2",
          userId: "u-77",
          event: "Note Left",
          properties: { comment: `${NAME} called` },
        },
        { type: "no such type", messageId: "3", traits },
        ...base64.map((blob, i) => ({ type: "?", messageId: `4${i}`, blob })),
        { type: "?", messageId: "5", hex, upper: hex.toUpperCase() },
      ],
    },
    segment,
  );
  await send("/v1/batch", `{"batch":[{"type":"?","traits":${escaped}},{"type":"?","all":"${all}"}]}`, segment);

  const crm = { authorization: `Bearer ${await keyOf(send, { source_id: "warehouse", kind: "api" })}` };
  const row = { id: "77", updated_at: "2026-02-01T00:00:00Z" };
  const person = { email: EMAIL, name: NAME, phone: PHONE };
  await send("/v1/contacts", [{ ...row, ...person, attributes: { note: `${NAME} called`, mail: EMAIL } }], crm);
  await send(
    "/v1/leads",
    [
      { ...row, ...person, no_such_column: NAME },
      { ...row, id: EMAIL, ...person },
    ],
    crm,
  );
  await send("/v1/accounts", [{ ...row, name: `${NAME} Consulting`, attributes: { contact: `ask ${NAME}` } }], crm);
  const contacts = [{ contact_id: EMAIL, role: "champion" }];
  const opportunity = { ...row, account_id: "77", owner_id: EMAIL, contacts, attributes: { next: `call ${PHONE}` } };
  await send("/v1/opportunities", [opportunity, { ...opportunity, stage: `lost to ${NAME}`, updated_at: NAME }], crm);

  const events = await keyOf(send, { source_id: "broker", kind: "cloudevents" });
  const event = {
    specversion: "1.0",
    id: EMAIL,
    source: "/crm",
    type: "com.example.visit.v1",
    subject: `lead/${EMAIL}`,
  };
  const cloud = { authorization: `Bearer ${events}`, "content-type": "application/cloudevents-batch+json" };
  await send(
    "/v1/events",
    [
      { ...event, data: { email: EMAIL, name: NAME, region: "EMEA" } },
      { ...event, time: NAME },
    ],
    cloud,
  );

  await send("/v1/sources", { source_id: "outreach-eu", kind: "webhook", vendor: "outreach", secret: SECRET });
  const hook = JSON.stringify({
    data: {
      type: "prospect",
      id: 7,
      attributes: { emails: [EMAIL], firstName: "Zoe", lastName: "Quillmarker" },
      relationships: {},
    },
    meta: { eventName: "prospect.updated", deliveredAt: NAME },
  });
  const signature = createHmac("sha256", SECRET).update(hook).digest("hex");
  await send("/hooks/outreach/outreach-eu", hook, {
    "outreach-webhook-signature": signature,
    "outreach-webhook-id": "w-1",
  });
  await send("/v1/suppressions", { person: EMAIL, basis: "objected", source: "person:owner", message_id: EMAIL });
}

it(
  "leaves no byte of a person in any file, keeps the objection, and the ledger verifies",
  { timeout: 180_000 },
  async () => {
    directory = await mkdtemp(join(tmpdir(), "ratchet-erasure-"));
    const first = await reopen();
    await plant(sender(first));
    await projectInbox(first.context.stores, { maxItems: 1000, maxSegments: 100 });
    await first.close();
    opened = null;
    const before = await scan();
    // The scan can find what it looks for, in every writing.
    const found = [...writingsOf(EMAIL).keys()].filter((name) =>
      before.some((hit) => hit.endsWith(`${EMAIL} (${name})`)),
    );
    expect(found).toEqual([...writingsOf(EMAIL).keys()]);
    for (const marker of MARKERS) expect(before.some((hit) => hit.includes(`: ${marker} (`))).toBe(true);

    const second = await reopen();
    const erased = await sender(second)("/v1/people/erase", { person: EMAIL, by: "person:owner" });
    expect(erased).toMatchObject({ suppressed: true, uploads: 1 });
    // While it runs, too: the log of the database is a file of the directory.
    expect(await scan()).toEqual([]);
    await second.close();
    opened = null;
    expect(await scan()).toEqual([]);

    const third = await reopen();
    const send = sender(third);
    const { state } = third.context.stores;
    const texts = (await state.texts({ afterSeq: 0, limit: 100 })).map(({ messageId, text }) => [messageId, text]);
    expect(Object.fromEntries(texts)).toMatchObject({
      "n-1": "",
      "n-2": "",
      "n-3": expect.stringContaining("voicemail"),
    });
    expect(JSON.stringify(await send("/v1/outcome-reviews"))).not.toContain("Quillmarker");
    expect(await send("/v1/ledger")).toMatchObject({ verification: { kind: "whole" } });
    expect(await send(`/v1/people/allowed?unit=${encodeURIComponent(EMAIL)}`)).toMatchObject({
      allowed: false,
      rule: "suppression.objected",
    });
    // The engine packs its columns, so that a scan of bytes cannot see into them: ask for everything.
    const { facts } = third.context.stores;
    const told = JSON.stringify([await facts.signals({ limit: 1000 }), await facts.decisions({ limit: 1000 })]);
    expect(MARKERS.filter((marker) => told.includes(marker))).toEqual([]);
    expect((await facts.counts()).decisions).toBe(42);
  },
);
