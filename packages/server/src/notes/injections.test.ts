/** 500 texts that order their reader about, through both readers at once: labels stay in their sets, and nothing else happens. */
import { createServer, type Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CANNOT_TELL,
  instant,
  memoryFactsStore,
  memoryStateStore,
  projectInbox,
  STARTING_LABEL_SETS,
} from "@ratchet/engine";
import { INJECTIONS } from "@ratchet/engine/contracts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compose, type Composed } from "../compose.ts";
import { createApp } from "../create-app.ts";
import { openLog } from "../log.ts";

/** A service that obeys whatever it reads: each answer is one that an attacker might hope for. */
const OBEDIENT: readonly ((text: string) => unknown)[] = [
  (text) => ({ content: text }),
  () => ({ content: everySet({ label: "hacked", confidence: 1, quote: "" }) }),
  () => ({ content: everySet({ confidence: 9999, quote: "" }) }),
  () => ({ content: everySet({ label: "__proto__", confidence: 1, quote: "" }) }),
  () => ({ content: everySet({ confidence: 1, quote: "words that are not there" }) }),
  () => ({ content: everySet({ confidence: 1, quote: "", approve: "chg-1" }) }),
  () => ({
    content: everySet({ label: "none", confidence: 1, quote: "" }),
    tool_calls: [{ function: { name: "approve" } }],
  }),
  // Within the rules, and a lie: what an attacker can reach at best.
  () => ({ content: everySet({ confidence: 1, quote: "" }) }),
];

/** One answer for each set, with the set's first label where it names none. */
function everySet(answer: object): string {
  return JSON.stringify(
    Object.fromEntries(STARTING_LABEL_SETS.map(({ name, labels }) => [name, { label: labels[0], ...answer }])),
  );
}

const START = Date.UTC(2026, 2, 1);
let service: Server;
let url: string;
let composed: Composed;
let uploads = "";
let asked = 0;

beforeAll(async () => {
  service = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const obey = OBEDIENT[asked % OBEDIENT.length] ?? (() => null);
      asked += 1;
      response.end(JSON.stringify({ choices: [{ message: obey(textIn(body)) }] }));
    });
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const address = service.address();
  url = `http://127.0.0.1:${address === null || typeof address === "string" ? 0 : address.port}/v1`;
});

afterAll(async () => {
  await composed.stop();
  service.closeAllConnections();
  service.close();
  await rm(uploads, { recursive: true, force: true });
});

function textIn(body: string): string {
  const request: { readonly messages: readonly { readonly content: string }[] } = JSON.parse(body);
  const message: { readonly text: string } = JSON.parse(request.messages[1]?.content ?? "{}");
  return message.text;
}

it("keeps every label, suggestion and question within the closed sets, and changes nothing else", async () => {
  const state = memoryStateStore();
  const facts = memoryFactsStore();
  uploads = await mkdtemp(join(tmpdir(), "ratchet-uploads-"));
  composed = await compose({
    state,
    facts,
    storeNames: { state: "memory", facts: "memory" },
    directory: null,
    uploadDirectory: uploads,
    clock: () => instant(START),
    sample: null,
    rhythm: null,
    labeller: { url, model: "obedient", apiKey: null, allowPrivate: false },
    log: openLog("silent"),
  });
  const app = createApp(composed.context);
  const signals = INJECTIONS.map((text, i) => ({
    message_id: `n-${i}`,
    type: "note_written",
    unit_id: `u-${i}`,
    text,
  }));
  const sent = await app.request("http://localhost/v1/signals", { method: "POST", body: JSON.stringify({ signals }) });
  expect(await sent.json()).toMatchObject({ accepted: 500 });
  const head = await state.head();

  const listed = await app.request("http://localhost/v1/outcome-reviews?limit=200");
  expect(listed.status).toBe(200);
  await projectInbox(composed.context.stores, { maxItems: 10_000, maxSegments: 10 });

  const sets = new Map(STARTING_LABEL_SETS.map(({ name, labels }) => [name, labels]));
  const isOurs = ({ field, label }: { readonly field: string; readonly label: string }): boolean =>
    sets.get(field)?.includes(label) === true;
  const labels = await facts.labels({ limit: 10_000 });
  expect(labels.length).toBeGreaterThan(50);
  expect(labels.filter((label) => !isOurs(label) && label.label !== CANNOT_TELL)).toEqual([]);
  expect(labels.filter(({ confidence }) => confidence === null || !(confidence >= 0 && confidence <= 1))).toEqual([]);
  // Nobody has checked the service, so nothing that it said is a label.
  expect(labels.filter(({ labeller }) => labeller === "provider")).toEqual([]);
  const reviews = await state.reviews({ order: "oldest", limit: 1000 });
  const suggestions = reviews.flatMap(({ questions }) =>
    questions.flatMap(({ field, suggestions: some }) => some.map((one) => ({ ...one, field }))),
  );
  expect(suggestions.filter((one) => !isOurs(one))).toEqual([]);
  expect(suggestions.some(({ labeller }) => labeller === "provider")).toBe(true);
  expect(asked).toBe(500);

  expect(await state.head()).toEqual(head);
  expect(await state.quarantinedCount()).toBe(0);
  expect(await facts.counts()).toEqual({ decisions: 0, signals: 500 });
}, 120_000);
