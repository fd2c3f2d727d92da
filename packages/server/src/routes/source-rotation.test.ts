import { createHmac } from "node:crypto";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send } from "../memory-app.fixture.ts";

const HOUR = 3_600_000;
const parameters = { source_id: "website" };

beforeEach(() => open());

const rotate = (body: object = {}) => ask(ROUTES.rotateSourceKey, { parameters, body });
const shown = async () => (await ask(ROUTES.sources)).sources[0];

describe("a source's key", () => {
  const first = () => ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
  let message = 0;
  /** The status of a message sent with a key. */
  const sent = async (key: string): Promise<number> => {
    const body = { userId: "u", event: "Visit", messageId: `m-${(message += 1)}` };
    return (await send("POST", "/v1/track", body, { authorization: `Bearer ${key}` })).status;
  };

  it("holds for a day after it was replaced, and is told from the new one by its last four characters", async () => {
    const old = (await first()).key;
    const { key, source } = await rotate();
    expect(source.keys).toEqual([
      { ends: key.slice(-4), until: null },
      { ends: old.slice(-4), until: "2026-03-02T00:00:00.000Z" },
    ]);
    pass(24 * HOUR - 1);
    expect([await sent(old), await sent(key)]).toEqual([200, 200]);
    pass(1);
    expect([await sent(old), await sent(key)]).toEqual([401, 200]);
    expect((await shown())?.keys).toEqual([{ ends: key.slice(-4), until: null }]);
  });
  it("ends at once where that is asked for, and so does the one that was still good beside it", async () => {
    const oldest = (await first()).key;
    const older = (await rotate()).key;
    const { key } = await rotate({ overlap: "0s" });
    expect([await sent(oldest), await sent(older), await sent(key)]).toEqual([401, 401, 200]);
  });
  it("holds beside one other only: the next change ends what was replaced before", async () => {
    const oldest = (await first()).key;
    const older = (await rotate({ overlap: "2h" })).key;
    await rotate({ overlap: "1h" });
    expect([await sent(oldest), await sent(older)]).toEqual([401, 200]);
    pass(HOUR);
    expect(await sent(older)).toBe(401);
  });
  it("is refused with its source while that is disabled, the old one like the new one", async () => {
    const old = (await first()).key;
    await rotate();
    await ask(ROUTES.disableSource, { parameters });
    expect(await sent(old)).toBe(401);
    await ask(ROUTES.enableSource, { parameters });
    expect(await sent(old)).toBe(200);
  });
  it("is kept no longer than it holds", async () => {
    await first();
    await rotate({ overlap: "1h" });
    pass(HOUR);
    await ask(ROUTES.disableSource, { parameters });
    expect((await context.stores.state.sources())[0]?.formerKey).toBeUndefined();
  });
  it.each([{ overlap: "31d" }, { overlap: "soon" }, { overlap: -1 }, { until: "2026-04-01" }])(
    "is not changed by %j",
    async (body) => {
      const { key } = await first();
      expect((await problem(await send("POST", "/v1/sources/website/key", body))).code).toBe("request.invalid");
      expect(await sent(key)).toBe(200);
    },
  );
});

describe("what a vendor signs with", () => {
  const [OLD, NEW] = ["a secret of sixteen or more", "short"];
  const create = () =>
    ask(ROUTES.createSource, {
      body: { source_id: "website", kind: "webhook", vendor: "outreach", secret: OLD },
    });
  const call = async (secret: string): Promise<Response> => {
    const body = JSON.stringify({ data: { type: "mailing", id: 9 }, meta: { eventName: "mailing.other" } });
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    return send("POST", "/hooks/outreach/website", body, { "outreach-webhook-signature": signature });
  };
  const statuses = async (...secrets: readonly string[]): Promise<readonly number[]> => {
    const answers: number[] = [];
    for (const secret of secrets) answers.push((await call(secret)).status);
    return answers;
  };

  it("may be the old secret or the new one for as long as told, and nothing else", async () => {
    await create();
    const rotated = await ask(ROUTES.rotateSourceSecret, { parameters, body: { secret: NEW, overlap: "2h" } });
    expect(rotated.secrets).toEqual([
      { ends: null, until: null },
      { ends: "more", until: "2026-03-01T02:00:00.000Z" },
    ]);
    expect(await statuses(OLD, NEW, "another")).toEqual([200, 200, 401]);
    expect(context.requestLog.latest("website")[0]).toMatchObject({ status: 401 });
    pass(2 * HOUR);
    expect(await statuses(OLD, NEW)).toEqual([401, 200]);
  });
  it("is the new one alone where it is mended, or the old one ends at once", async () => {
    await create();
    await ask(ROUTES.setSource, { parameters, body: { secret: NEW } });
    expect(await statuses(OLD, NEW)).toEqual([401, 200]);
    await ask(ROUTES.rotateSourceSecret, { parameters, body: { secret: OLD, overlap: "0s" } });
    expect(await statuses(OLD, NEW)).toEqual([200, 401]);
  });
  it("is no question of a source that is known by its key", async () => {
    await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
    const answer = await send("POST", "/v1/sources/website/secret", { secret: NEW });
    expect((await problem(answer)).code).toBe("source.bad_vendor");
  });
  it("is never shown", async () => {
    await create();
    await ask(ROUTES.rotateSourceSecret, { parameters, body: { secret: `${NEW} but long enough` } });
    expect(JSON.stringify(await shown())).not.toMatch(/sixteen|short|long en/u);
  });
});
