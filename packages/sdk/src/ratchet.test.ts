/** The client that never stands in the way, against a server that is nothing but bad moments. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { badServer, type BadServer, type Moment } from "./bad-server.fixture.ts";
import type { Answer } from "./answer.ts";
import type { Loss } from "./outbox.ts";
import { Ratchet, type RatchetSettings } from "./ratchet.ts";
import { REAL } from "./retries.ts";

const DECISION = {
  decision_id: "d-1",
  point: "content",
  unit_id: "acme",
  action: "story",
  propensity: 0.5,
  cohort: "control",
  holdout: false,
  segment: "all",
  playbook_version: 3,
  change_id: null,
  reasons: ["Drawn"],
  decided_at: "2026-03-01T00:00:00.000Z",
};
const DECIDED: Moment = { kind: "answer", body: DECISION };
const BUSY: Moment = { kind: "answer", status: 503, body: {}, headers: { "retry-after": "0" } };
const tally = (sent: number, more: object = {}): Moment => ({
  kind: "answer",
  body: { sent, accepted: sent, duplicates: 0, conflicts: 0, quarantined: 0, rejected: [], ...more },
});

let server: BadServer;
let before: number;
beforeAll(async () => {
  server = await badServer();
});
beforeEach(() => {
  before = server.arrived.length;
});
afterAll(() => {
  server.close();
});
const arrived = () => server.arrived.slice(before);
/** Nobody waits between two tries, and reports are sent when the test says so: not by a timer. */
const hurried = { ...REAL, wait: () => REAL.wait(1) };
const client = (settings: Partial<RatchetSettings> = {}): Ratchet =>
  new Ratchet({ url: server.url, fallback: { content: "plain" }, collectMs: 3_600_000, ...settings }, hurried);
const QUESTION = { unit: "acme", point: "content" };

describe("a decision", () => {
  it("is the server's", async () => {
    server.next(DECIDED);
    expect(await client().decide({ lead: "acme", point: "content", context: { plan: "pro" } })).toEqual({
      kind: "decided",
      id: "d-1",
      point: "content",
      unit: "acme",
      action: "story",
      doOwnThing: false,
      reasons: ["Drawn"],
      holdout: false,
      propensity: 0.5,
      playbookVersion: 3,
      sendAt: null,
      view: DECISION,
    });
    expect(arrived()).toMatchObject([{ url: "/v1/decisions", body: { unit_id: "acme", context: { plan: "pro" } } }]);
  });

  it("is what you do yourself where the server only observes, and do_nothing where nothing may be done", async () => {
    server.next({ kind: "answer", body: { ...DECISION, do_own_thing: true } });
    expect(await client().decide(QUESTION)).toMatchObject({
      kind: "decided",
      id: "d-1",
      action: "plain",
      doOwnThing: true,
    });
    const withheld = { rule: "opt-out", why: "they unsubscribed" };
    server.next({ kind: "answer", body: { ...DECISION, action: "do_nothing", withheld } });
    expect(await client().decide(QUESTION)).toMatchObject({ action: "do_nothing", view: { withheld } });
  });

  it("is asked for again with the same key through failures that may pass", async () => {
    server.next(BUSY, { kind: "refuse" }, DECIDED);
    expect(await client({ timeoutMs: 5000 }).decide(QUESTION)).toMatchObject({ kind: "decided", id: "d-1" });
    const keys = arrived().map(({ body }) => Object.entries(body ?? {}).find(([name]) => name === "idempotency_key"));
    expect(keys).toHaveLength(3);
    expect(new Set(keys.map((entry) => entry?.[1])).size).toBe(1);
    server.next(DECIDED);
    await client().decide({ ...QUESTION, idempotencyKey: "mine" });
    expect(arrived().at(-1)).toMatchObject({ body: { idempotency_key: "mine" } });
  });

  it.each<readonly [string, Moment, string]>([
    ["hangs", { kind: "hang" }, "client.timeout"],
    ["begins to answer and never ends", { kind: "drip" }, "client.timeout"],
    ["ends the connection", { kind: "refuse" }, "client.unreachable"],
    ["dies in the middle of its answer", { kind: "die" }, "client.unreachable"],
    ["answers 500", { kind: "text", status: 500, body: "oops" }, "client.unreadable"],
    [
      "answers 503 and asks for a minute",
      { kind: "answer", status: 503, body: {}, headers: { "retry-after": "60" } },
      "client.unreadable",
    ],
    ["answers a page", { kind: "text", body: "<html>Welcome</html>" }, "client.unreadable"],
    ["answers nothing", { kind: "text", body: "" }, "client.unreadable"],
    ["answers another document", { kind: "answer", body: { hello: "world" } }, "client.unreadable"],
    ["answers null", { kind: "answer", body: null }, "client.unreadable"],
    ["answers half a document", { kind: "text", body: '{"decision_id":"d-1","act' }, "client.unreadable"],
    [
      "refuses for a reason",
      { kind: "answer", status: 404, body: { status: 404, code: "decision.unknown_point", detail: "no such point" } },
      "decision.unknown_point",
    ],
  ])("falls back to your baseline, and says so, where the server %s", async (_, moment, code) => {
    server.next(moment);
    const heard: Answer[] = [];
    const answer = await client({ timeoutMs: 150, onFallback: (given) => heard.push(given) }).decide(QUESTION);
    expect(answer).toMatchObject({ kind: "fallback", id: null, action: "plain", doOwnThing: true, because: { code } });
    expect(answer.reasons).toEqual([expect.stringMatching(/^Your own baseline: ./u)]);
    expect(heard).toEqual([answer]);
  });

  it("falls back where there is no server at all, where the caller gives up, and whoever listens fails", async () => {
    const offline = new Ratchet({
      url: "http://127.0.0.1:1",
      onFallback: () => {
        throw new Error("a listener's own");
      },
    });
    expect(await offline.decide({ ...QUESTION, fallback: "mine" })).toMatchObject({
      action: "mine",
      because: { code: "client.unreachable" },
    });
    // Nobody said what is done without Ratchet: the word for it.
    expect(await offline.decide(QUESTION)).toMatchObject({ action: "do_your_own_thing" });
    const given = await client().decide({ ...QUESTION, signal: AbortSignal.abort() });
    expect(given).toMatchObject({ action: "plain", because: { code: "client.aborted" } });
    const wrong = await new Ratchet({ url: "no address" }).decide(QUESTION);
    expect(wrong).toMatchObject({ kind: "fallback", because: { code: "client.unreachable" } });
  });
});

describe("reports", () => {
  const outcome = { type: "meeting_booked", decisionId: "d-1", at: "2026-03-01T10:00:00Z" };

  it("are sent together, each kind to its route, with message ids of their own", async () => {
    server.next(tally(2), tally(1));
    const ratchet = client();
    const taken = [
      ratchet.outcome({ ...outcome, value: 5, currency: "EUR", properties: { channel: "phone" } }),
      ratchet.execution({
        kind: "overridden",
        decisionId: "d-1",
        by: "rep:ann",
        reason: "bad_fit",
        didInstead: "plain",
      }),
      ratchet.outcome({ type: "reply", unit: "acme", decisionId: null, messageId: "mine", text: "hello" }),
    ];
    expect(taken.map(({ kind }) => kind)).toEqual(["queued", "queued", "queued"]);
    expect(arrived()).toEqual([]);
    expect(await ratchet.flush()).toMatchObject({ waiting: 0, accepted: 3, lost: 0, failing: null });
    expect(arrived()).toMatchObject([
      {
        url: "/v1/signals",
        body: {
          signals: [
            {
              type: "meeting_booked",
              decision_id: "d-1",
              occurred_at: "2026-03-01T10:00:00.000Z",
              value: 5,
              currency: "EUR",
              properties: { channel: "phone" },
            },
            { message_id: "mine", type: "reply", unit_id: "acme", text: "hello" },
          ],
        },
      },
      {
        url: "/v1/executions",
        body: { executions: [{ kind: "overridden", by: "rep:ann", reason: "bad_fit", did_instead: "plain" }] },
      },
    ]);
    expect(new Set(taken.map((one) => (one.kind === "queued" ? one.messageId : ""))).size).toBe(3);
  });

  it("are sent by themselves after a while", async () => {
    server.next(tally(1));
    const ratchet = client({ collectMs: 1 });
    ratchet.outcome(outcome);
    await expect.poll(() => ratchet.status().accepted).toBe(1);
  });

  it.each<readonly [string, Moment]>([
    ["503", BUSY],
    ["429", { ...BUSY, status: 429 }],
    ["500", { kind: "text", status: 500, body: "" }],
    ["no answer", { kind: "refuse" }],
    ["half an answer", { kind: "die" }],
    ["another's answer", { kind: "answer", body: { ok: true } }],
    ["a wrong key", { kind: "answer", status: 401, body: {} }],
  ])("wait through %s, and go out again under the same message ids", async (_, moment) => {
    server.next(moment, moment, tally(2));
    const ratchet = client();
    ratchet.outcome(outcome);
    ratchet.outcome(outcome);
    expect(await ratchet.flush(20_000)).toMatchObject({ waiting: 0, accepted: 2, lost: 0 });
    const [first, second, third] = arrived().map(({ body }) => body);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it("are not sent before the server wants them again", async () => {
    const waits: number[] = [];
    const around = { ...REAL, random: () => 0, wait: async (ms: number) => void waits.push(ms) };
    server.next({ kind: "answer", status: 503, body: {}, headers: { "retry-after": "7" } }, tally(1));
    const ratchet = new Ratchet({ url: server.url, collectMs: 3_600_000 }, around);
    ratchet.outcome(outcome);
    expect(await ratchet.flush(60_000)).toMatchObject({ accepted: 1 });
    expect(waits).toEqual([7000]);
  });

  it("stay when the time to send them is up, and say why; closed, they are handed over to the next client", async () => {
    server.next({ kind: "answer", status: 503, body: {}, headers: { "retry-after": "60" } });
    const ratchet = client();
    ratchet.outcome(outcome);
    expect(await ratchet.flush(200)).toMatchObject({ waiting: 1, failing: { code: "client.unreadable" } });
    const unsent = await ratchet.close(200);
    expect(unsent).toMatchObject([{ kind: "outcome", body: { decision_id: "d-1" } }]);
    expect(ratchet.outcome(outcome)).toEqual({ kind: "lost", why: "the client was closed" });
    server.next(tally(1, { accepted: 0, duplicates: 1 }));
    const next = client({ unsent: JSON.parse(JSON.stringify(unsent)) });
    expect(await next.flush()).toMatchObject({ waiting: 0, duplicates: 1 });
    const sent = arrived().map(({ body }) => body);
    expect(sent.at(-1)).toEqual(sent[0]);
  });

  it("are bounded: one too many is lost, and it is said which", () => {
    const heard: Loss[] = [];
    const ratchet = client({ waitingMax: 2, onLoss: (loss) => heard.push(loss) });
    expect([1, 2, 3].map((i) => ratchet.outcome({ ...outcome, messageId: `m-${i}` }).kind)).toEqual([
      "queued",
      "queued",
      "lost",
    ]);
    expect(heard).toMatchObject([
      { kind: "full", why: "2 reports wait already", report: { body: { message_id: "m-3" } } },
    ]);
    expect(ratchet.status()).toMatchObject({ waiting: 2, lost: 1, losses: heard });
  });

  it("that say too little, or no time, are lost and said to be: nothing is thrown", () => {
    const ratchet = client();
    expect(ratchet.outcome({ type: "reply" })).toEqual({ kind: "lost", why: expect.stringContaining("neither") });
    expect(ratchet.outcome({ ...outcome, at: "yesterday" })).toEqual({
      kind: "lost",
      why: expect.stringContaining("no time"),
    });
    expect(ratchet.execution({ kind: "worked", decisionId: null })).toEqual({
      kind: "lost",
      why: expect.stringContaining("fallback"),
    });
    expect(ratchet.status()).toMatchObject({ waiting: 0, lost: 3 });
  });

  it("that the server keeps in quarantine are said to be lost, with its reason", async () => {
    const rejected = [{ index: 1, code: "signal.invalid", message: "/type: must be a word" }];
    server.next(tally(3, { accepted: 1, conflicts: 1, quarantined: 2, rejected }));
    const ratchet = client();
    for (const messageId of ["a", "b", "c"]) ratchet.outcome({ ...outcome, messageId });
    const { accepted, lost, losses } = await ratchet.flush();
    expect([accepted, lost]).toEqual([1, 2]);
    expect(losses).toMatchObject([
      { kind: "rejected", report: { body: { message_id: "b" } }, why: "signal.invalid: /type: must be a word" },
      { kind: "rejected", report: null, why: expect.stringContaining("message id") },
    ]);
  });

  it("that are too many at once for the server go in smaller parts; one alone that is too large is lost", async () => {
    const large: Moment = { kind: "answer", status: 413, body: {} };
    server.next(large, large, tally(1), large, tally(1), tally(1));
    const ratchet = client();
    for (const messageId of ["a", "b", "c", "d"]) ratchet.outcome({ ...outcome, messageId });
    expect(await ratchet.flush()).toMatchObject({ waiting: 0, accepted: 3, lost: 1 });
    expect(ratchet.status().losses).toMatchObject([{ kind: "rejected", report: { body: { message_id: "b" } } }]);
  });
});

it("has the rest of the API, which rejects", async () => {
  server.next({ kind: "answer", status: 404, body: { status: 404, code: "decision.not_found", detail: "none" } });
  await expect(client().api.decision("d-9")).rejects.toMatchObject({ code: "decision.not_found" });
});
