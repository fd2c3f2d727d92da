import { ROUTES, type SignalView } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send } from "../memory-app.fixture.ts";

const MINUTE = 60_000;

/** `n` visits a minute apart, heard as they happen; the first at the beginning of time. */
async function visits(n: number, told: object = {}): Promise<void> {
  for (let i = 0; i < n; i += 1) {
    await ask(ROUTES.signals, { body: { signals: [{ message_id: `v-${i}`, type: "visit", unit_id: "u", ...told }] } });
    pass(MINUTE);
  }
}

const ids = (signals: readonly SignalView[]): readonly string[] => signals.map(({ message_id }) => message_id);
const list = (query: Readonly<Record<string, string>> = {}) =>
  ask(ROUTES.listSignals, { query: `?${new URLSearchParams(query).toString()}` });

beforeEach(() => open());

describe("the list of signals", () => {
  it("shows what was acknowledged a moment ago, newest first, with everything told but what somebody wrote", async () => {
    await visits(1);
    const deal = {
      message_id: "deal",
      type: "opportunity_won",
      account_id: "acme",
      value: 12.5,
      currency: "EUR",
      occurred_at: "2026-03-01T00:00:30Z",
      properties: { channel: "phone", step: 3 },
      text: "they were glad",
    };
    await ask(ROUTES.signals, { body: { signals: [deal] } });
    const { signals, next_cursor } = await list();
    expect(next_cursor).toBeNull();
    expect(ids(signals)).toEqual(["deal", "v-0"]);
    expect(signals[0]).toMatchObject({
      source: "api",
      type: "opportunity_won",
      unit_id: "acme",
      value: 12.5,
      currency: "EUR",
      occurred_at: "2026-03-01T00:00:30.000Z",
      received_at: "2026-03-01T00:01:00.000Z",
      properties: { channel: "phone", step: 3 },
    });
    expect(JSON.stringify(signals)).not.toContain("glad");
  });

  it("asks by source, type, unit and time, and as known at a time", async () => {
    await visits(3);
    const late = {
      message_id: "late",
      type: "reply",
      unit_id: "w",
      occurred_at: "2026-03-01T00:00:30Z",
      source: "crm",
    };
    await ask(ROUTES.signals, { body: { signals: [late] } });
    expect(ids((await list()).signals)).toEqual(["v-2", "v-1", "late", "v-0"]);
    expect(ids((await list({ source: "crm" })).signals)).toEqual(["late"]);
    expect(ids((await list({ type: "visit" })).signals)).toEqual(["v-2", "v-1", "v-0"]);
    expect(ids((await list({ unit_id: "w" })).signals)).toEqual(["late"]);
    const [since, until] = ["2026-03-01T00:00:00Z", "2026-03-01T00:01:00Z"];
    expect(ids((await list({ since, until })).signals)).toEqual(["v-1", "late"]);
    expect(ids((await list({ as_of: "2026-03-01T00:02:30Z" })).signals)).toEqual(["v-2", "v-1", "v-0"]);
  });

  it("goes on where the page before ended, whatever was heard in between", async () => {
    await visits(5);
    const first = await list({ limit: "2" });
    expect(ids(first.signals)).toEqual(["v-4", "v-3"]);
    await ask(ROUTES.signals, { body: { signals: [{ message_id: "new", type: "visit", unit_id: "u" }] } });
    const second = await list({ limit: "2", cursor: first.next_cursor ?? "" });
    expect(ids(second.signals)).toEqual(["v-2", "v-1"]);
    const third = await list({ limit: "2", cursor: second.next_cursor ?? "" });
    expect([ids(third.signals), third.next_cursor]).toEqual([["v-0"], null]);
  });

  it("shows surrogates and never who they are; a unit is found by its address", async () => {
    const told = { email: "ann@acme.example", phone: "+43 1 234 5678", name: "Ann Onym", domain: "acme.example" };
    await ask(ROUTES.signals, { body: { signals: [{ message_id: "by ann@acme.example", type: "visit", ...told }] } });
    await ask(ROUTES.signals, { body: { signals: [{ message_id: "u", type: "visit", unit_id: "bob@acme.example" }] } });
    const { signals } = await list();
    expect(signals).toHaveLength(2);
    expect(JSON.stringify(signals)).not.toMatch(/ann@|bob@|Onym|234/u);
    expect(signals.find(({ message_id }) => message_id !== "u")?.person).toMatch(/^p_/u);
    expect(ids((await list({ unit_id: "bob@acme.example" })).signals)).toEqual(["u"]);
  });

  it.each([
    ["?cursor=nonsense", "request.invalid"],
    [`?cursor=${Buffer.from('[1e300,0,"a","b"]').toString("base64url")}`, "request.invalid"],
    [`?cursor=${Buffer.from('[8.7e15,8.7e15,"a","b"]').toString("base64url")}`, "request.invalid"],
    ["?limit=501", "request.invalid"],
    ["?since=yesterday", "request.invalid"],
    ["?as_of=2030-01-01T00:00:00Z", "request.invalid"],
    ["?colour=red", "request.invalid"],
  ])("refuses %s", async (query, code) => {
    expect(await problem(await send("GET", `/v1/signals${query}`))).toMatchObject({ code, status: 400 });
  });

  it("reads by our clock where a source's was off, and says what the sender said", async () => {
    const ahead = { message_id: "m", type: "visit", unit_id: "u", source: "crm", occurred_at: "2026-03-01T03:00:00Z" };
    await ask(ROUTES.signals, { body: { signals: [ahead] } });
    const at = context.stores.clock();
    const heard = { heardFrom: at, heardBefore: at };
    const shift = { shiftMs: -3 * 60 * MINUTE };
    await context.stores.state.appendClockRows([
      {
        source: "crm",
        fromRaw: at,
        notBefore: at,
        knownAt: at,
        ...shift,
        estimate: { basis: "sent", uncertaintyMs: 0, n: 20, ...shift, ...heard },
      },
    ]);
    expect((await list()).signals).toMatchObject([
      { occurred_at: "2026-03-01T00:00:00.000Z", occurred_at_raw: "2026-03-01T03:00:00.000Z" },
    ]);
  });
});
