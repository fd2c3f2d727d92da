import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";

beforeEach(() => open());

describe("signals", () => {
  beforeEach(setUp);
  const good = {
    message_id: "m1",
    type: "reply",
    unit_id: "u",
    value: 12.5,
    occurred_at: "2026-03-01T10:00:00Z",
    source: "crm",
  };

  it("are read one by one: a bad one goes to quarantine with its reason, the others are kept", async () => {
    const answer = await ask(ROUTES.signals, {
      body: {
        signals: [
          good,
          { ...good, message_id: "m2", type: "Not A Type" },
          7,
          { ...good, message_id: "m3", source: "import:x" },
        ],
      },
    });
    expect(answer).toMatchObject({
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, code: "signal.invalid" }, { index: 2 }, { index: 3, code: "signal.reserved_source" }],
    });
    const quarantine = await ask(ROUTES.quarantine);
    expect(quarantine.total).toBe(3);
    expect(quarantine.rows[0]).toMatchObject({
      code: "signal.invalid",
      raw: JSON.stringify({ ...good, message_id: "m2", type: "Not A Type" }),
    });
  });
  it("count once, and contradict nobody silently", async () => {
    await ask(ROUTES.signals, { body: { signals: [good] } });
    expect(await ask(ROUTES.signals, { body: { signals: [good] } })).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await ask(ROUTES.signals, { body: { signals: [{ ...good, value: 99 }] } })).toMatchObject({
      accepted: 0,
      conflicts: 1,
    });
  });
  it("count once also where their sender never says when they happened, and tries again later", async () => {
    const { occurred_at: _, ...undated } = good;
    await ask(ROUTES.signals, { body: { signals: [undated] } });
    pass(60_000);
    expect(await ask(ROUTES.signals, { body: { signals: [undated] } })).toMatchObject({ duplicates: 1, conflicts: 0 });
    expect(await ask(ROUTES.signals, { body: { signals: [good] } })).toMatchObject({ duplicates: 0, conflicts: 1 });
  });
  it("refuse an envelope that is none, with every fault", async () => {
    expect(await problem(await send("POST", "/v1/signals", "{"))).toMatchObject({
      code: "request.not_json",
      status: 400,
    });
    expect((await problem(await send("POST", "/v1/signals", { signals: [], more: 1 }))).faults).toHaveLength(2);
  });
});
