/** Quarantine and back (issue 4, point 3): what was kept is what was sent, and reading it again is reading it. */
import { createHmac } from "node:crypto";
import { projectInbox } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, expect, it } from "vitest";
import { ask, context, open, send, setUp } from "../memory-app.fixture.ts";

beforeEach(async () => {
  await open();
  await setUp();
});

const SECRET = "only-the-vendor-knows";
const BEARER = { authorization: `Bearer ${SECRET}` };

async function webhook(source_id: string, told: object): Promise<void> {
  await ask(ROUTES.createSource, { body: { source_id, kind: "webhook", secret: SECRET, ...told } });
}
const post = async (path: string, body: string, headers: Record<string, string>): Promise<void> => {
  const response = await send("POST", path, body, headers);
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
};
const waiting = async () => context.stores.state.quarantined({ waiting: true, limit: 100 });
const replay = () => ask(ROUTES.replayQuarantine, { body: {} });
async function factTypes(): Promise<readonly string[]> {
  await projectInbox(context.stores, { maxItems: 100, maxSegments: 10 });
  return (await context.stores.facts.signals({ limit: 100 })).map(({ type }) => type).toSorted();
}

const mapping = (types: string): string => `version: 1
name: tool
events: data
verify: { kind: shared_secret }
type: { from: [kind], values: { ${types} } }
unique: [id]
time: { from: [at], format: epoch_s }
person: { email: [who] }
`;

it("lets in what fits after a mapping change, as the bytes that were sent", async () => {
  await webhook("tool", { mapping: mapping("opened: opened") });
  const strange = '{ "kind":"starred", "id": 12345678901234567890,\n "at":1.77092077e9, "who":"ann@example.com" }';
  await post(
    "/hooks/tool/tool",
    `{"data":[{"kind":"opened","id":1,"at":1770920770,"who":"a@b.c"}, ${strange}]}`,
    BEARER,
  );
  expect((await waiting()).map(({ raw }) => raw)).toEqual([strange]);
  expect(await replay()).toMatchObject({ released: 0, still: [{ code: "mapping.unknown_type" }] });
  const settings = { mapping: mapping("opened: opened, starred: page_starred") };
  await ask(ROUTES.setSource, { parameters: { source_id: "tool" }, body: settings });
  expect(await replay()).toMatchObject({ replayed: 1, released: 1, still: [] });
  expect(await replay()).toMatchObject({ replayed: 0 });
  expect(await factTypes()).toEqual(["opened", "page_starred"]);
});

it("remembers what the route said that a message is", async () => {
  const { key } = await ask(ROUTES.createSource, { body: { source_id: "site", kind: "segment" } });
  await post("/v1/track", '{"messageId":"1","userId":"u","event":"Visit","timestamp":"yesterday"}', {
    authorization: `Bearer ${key}`,
  });
  const { still } = await replay();
  // Without its type it would be refused for having none.
  expect(still.map(({ code }) => code)).toEqual((await waiting()).map(({ code }) => code));
  expect(still[0]?.message).toContain("timestamp");
});

it("remembers the header that says what an event is", async () => {
  await webhook("loft", { vendor: "salesloft" });
  const body = '{"id":1,"created_at":"2026-02-12T18:00:00Z"}';
  await post("/hooks/salesloft/loft", body, {
    "x-salesloft-signature": createHmac("sha1", SECRET).update(body).digest("hex"),
    "x-salesloft-event": "meeting_booked",
  });
  const [row] = await waiting();
  expect([row?.raw, row?.code]).toEqual([body, "signal.about_nobody"]);
  expect((await replay()).still).toMatchObject([{ code: "signal.about_nobody" }]);
});

it("reads an event of a form again, and every signal of one event", async () => {
  await webhook("mandrill", { vendor: "mandrill" });
  const url = "http://localhost:4600/hooks/mandrill/mandrill";
  const event = '{"event":"starred","_id":"a"}';
  const form = new URLSearchParams({ mandrill_events: `[${event}]` }).toString();
  const signature = createHmac("sha1", SECRET).update(`${url}mandrill_events[${event}]`).digest("base64");
  await post("/hooks/mandrill/mandrill", form, { "x-mandrill-signature": signature });
  expect((await waiting()).map(({ raw }) => raw)).toEqual([event]);
  expect((await replay()).still).toMatchObject([{ code: "mandrill.unknown_event" }]);
});

it("keeps an event that is about nobody as it was sent, not as it was read", async () => {
  await webhook("mailjet", { vendor: "mailjet" });
  const event = '{"event":"open", "time":1770920772,"MessageID":1}';
  await post("/hooks/mailjet/mailjet", `[${event}]`, BEARER);
  expect((await waiting()).map(({ raw, code }) => [raw, code])).toEqual([[event, "signal.about_nobody"]]);
  expect((await replay()).still).toMatchObject([{ code: "signal.about_nobody" }]);
});

it("keeps the data of a binary CloudEvent as they were sent", async () => {
  const { key } = await ask(ROUTES.createSource, { body: { source_id: "events", kind: "cloudevents" } });
  const headers = { authorization: `Bearer ${key}`, "ce-id": "1", "ce-specversion": "1.0", "ce-type": "x" };
  await post("/v1/events", '{ "value": 1.50, "n":12345678901234567890 }', headers);
  const [row] = await waiting();
  expect(row?.raw).toBe('{"id":"1","specversion":"1.0","type":"x","data":{ "value": 1.50, "n":12345678901234567890 }}');
});

it("refuses a body that is not UTF-8 before anything of it is kept as something else", async () => {
  const { key } = await ask(ROUTES.createSource, { body: { source_id: "site", kind: "segment" } });
  const body = Buffer.from(
    '{"batch":[{"type":"track","messageId":"1","userId":"M\xfcller","event":"Visit"}]}',
    "latin1",
  );
  const response = await send("POST", "/v1/batch", body, { authorization: `Bearer ${key}` });
  expect([response.status, await response.json()]).toMatchObject([400, { code: "request.not_json" }]);
  expect(await waiting()).toEqual([]);
});

it("takes the others of a batch in which one id is no id, and one nests deeper than a stack", async () => {
  const { key } = await ask(ROUTES.createSource, { body: { source_id: "site", kind: "segment" } });
  const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  const items = [
    '{"type":"track","messageId":"1","userId":"a\\u0007b","event":"Visit"}',
    `{"type":"track","messageId":"2","userId":"u","event":"Visit","properties":{"deep":${deep}}}`,
    `{"type":"track","messageId":"3","event":"Visit","properties":{"decision_id":"${"d".repeat(200)}"}}`,
    '{"type":"track","messageId":"4","userId":"u","event":"Visit"}',
  ];
  await post("/v1/batch", `{"batch":[${items.join(",")}]}`, { authorization: `Bearer ${key}` });
  expect((await waiting()).map(({ code, raw }) => [code, raw])).toEqual([["unit.id_control_character", items[0]]]);
  expect(await factTypes()).toEqual(["visit", "visit", "visit"]);
});

it("keeps a CRM's row as it was sent, and takes the others where an owner is blank or no name", async () => {
  const { key } = await ask(ROUTES.createSource, { body: { source_id: "crm", kind: "api" } });
  const row = (id: string, more: string) => `{"id":"${id}", "updated_at":"2026-02-01T00:00:00Z"${more}}`;
  const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  const [blank, control, nested] = [
    row("a", ',"owner_id":""'),
    row("b", ',"owner_id":"x\\u0007"'),
    row("c", `,"name":${deep}`),
  ];
  await post("/v1/accounts", `[${blank}, ${control},${nested}]`, { authorization: `Bearer ${key}` });
  expect((await waiting()).map(({ raw }) => raw)).toEqual([control, nested]);
  // An id too long for a double is no other id when it is read again.
  await post("/v1/accounts", `[${row("d", ',"owner_id":12345678901234567890')}]`, { authorization: `Bearer ${key}` });
  expect((await replay()).still.map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => "record.invalid"));
});
