import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { unitId } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";
import { decideAllowed } from "./decide-allowed.ts";

beforeEach(async () => {
  await open();
  await setUp();
});

const suppression = (person: string, told: object = {}) => ({
  person,
  basis: "objected",
  source: "crm",
  message_id: `ticket-${person}`,
  ...told,
});
const decided = (unit: string, told: object = {}) =>
  send("POST", "/v1/decisions", { point: "content", unit_id: unit, ...told });
const waiting = async () => (await context.stores.state.openSegment(1000))?.items ?? [];

describe("a decision about somebody who objected", () => {
  it("is refused from the acknowledgement on, under every name, and never with an action", async () => {
    const { key } = await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
    const identify = { type: "identify", messageId: "1", userId: "u1", traits: { email: "ann@acme.com" } };
    await send("POST", "/v1/batch", { batch: [identify] }, { authorization: `Bearer ${key}` });
    expect((await decided("u1")).status).toBe(200);
    await ask(ROUTES.suppress, { body: suppression("ann@acme.com") });
    for (const unit of ["u1", "ann@acme.com"]) {
      const refused = await problem(await decided(unit));
      expect(refused).toMatchObject({ status: 409, code: "decision.suppressed" });
      expect(refused.detail).toContain("suppression.objected");
    }
    expect((await decided("u2")).status).toBe(200);
  });
  it("stands in its place in a batch, and does not stop the others", async () => {
    await ask(ROUTES.suppress, { body: suppression("b") });
    const requests = ["a", "b", "c"].map((unit_id) => ({ point: "content", unit_id }));
    const answer = await ask(ROUTES.decide, { body: { requests } });
    const list = "decisions" in answer ? answer.decisions : [];
    expect(list.map((one) => ("refused" in one ? one.rule : one.unit_id))).toEqual(["a", "suppression.objected", "c"]);
    expect(Object.keys(list[1] ?? {})).not.toContain("action");
  });
  it("asks about the channel of its context, and about every one where it names none", async () => {
    await ask(ROUTES.suppress, { body: suppression("u", { basis: "unsubscribed", channel: "email" }) });
    expect((await decided("u", { context: { channel: "phone" } })).status).toBe(200);
    expect((await decided("u", { context: { channel: "email" } })).status).toBe(409);
    expect((await decided("u")).status).toBe(409);
  });
  it("is one fact however often it is asked for, and no decision", async () => {
    await ask(ROUTES.suppress, { body: suppression("u") });
    await Promise.all([decided("u"), decided("u")]);
    pass(1000);
    await decided("u");
    expect(await waiting()).toMatchObject([
      { kind: "signal", signal: { type: "suppressed", source: "engine", unitId: "u" } },
    ]);
    expect(await context.stores.state.quarantinedCount()).toBe(0);
  });
});

describe("a mistaken objection", () => {
  const lifting = { person: "u", by: "person:owner", reason: "entered for the wrong record, ticket 812" };
  it("is lifted by a person with a reason, which the ledger keeps, and a later one counts", async () => {
    await ask(ROUTES.suppress, { body: suppression("u") });
    expect((await ask(ROUTES.liftSuppressions, { body: lifting })).allowed).toBe(true);
    expect((await decided("u")).status).toBe(200);
    const { entries } = await ask(ROUTES.ledger);
    expect(entries.at(-1)).toMatchObject({ kind: "suppression.lifted", actor: "person:owner" });
    expect(entries.at(-1)?.sentence).toContain("ticket 812");
    // The same word again is a retry of what was lifted; another one is another objection, in the same millisecond too.
    expect((await ask(ROUTES.suppress, { body: suppression("u") })).allowed).toBe(true);
    expect((await ask(ROUTES.suppress, { body: suppression("u", { message_id: "again" }) })).allowed).toBe(false);
  });
  it("is lifted by nobody else, not without a reason, and not by naming the person for ever", async () => {
    await ask(ROUTES.suppress, { body: suppression("ann@acme.com") });
    const refused = async (told: object) =>
      (await problem(await send("POST", "/v1/suppressions/lift", { ...lifting, person: "ann@acme.com", ...told })))
        .code;
    expect(await refused({ by: "engine" })).toBe("request.invalid");
    expect(await refused({ by: "agent:writer" })).toBe("request.invalid");
    expect(await refused({ reason: "oops" })).toBe("request.invalid");
    expect(await refused({ reason: "ann@acme.com never said so" })).toBe("person.named_in_reason");
    expect(await refused({ person: "nobody" })).toBe("person.not_suppressed");
    expect((await decided("ann@acme.com")).status).toBe(409);
  });
});

/** Units that are each decided for and opted out of at once, in every order that chance gives. RATCHET_RACES=100000 is the long form. */
const UNITS = Number(process.env["RATCHET_RACES"] ?? 1000);
const AT_ONCE = 200;

describe("opt-outs raced against decisions", () => {
  it(`lets none of ${UNITS} decisions be answered after its unit's opt-out was acknowledged`, async () => {
    let seed = 7;
    const roll = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
    let late = 0;
    let answered = 0;
    const race = async (i: number): Promise<void> => {
      const unit = `u-${i}`;
      let acknowledged = false;
      const wait = async (turns: number): Promise<void> => {
        for (let turn = 0; turn < turns; turn += 1) await (turn % 3 === 2 ? turnOfTheLoop() : Promise.resolve());
      };
      const optOut = async (turns: number): Promise<void> => {
        await wait(turns);
        await send("POST", "/v1/suppressions", suppression(unit));
        acknowledged = true;
      };
      const decideOnce = async (turns: number): Promise<void> => {
        await wait(turns);
        const wasAcknowledged = acknowledged;
        const request = { point: "content", unitId: unitId(unit), context: {} };
        const { kind } = await decideAllowed(context, request, unit);
        if (kind === "decided") answered += 1;
        if (kind === "decided" && wasAcknowledged) late += 1;
      };
      await Promise.all([optOut(roll(40)), decideOnce(roll(60)), decideOnce(roll(200))]);
    };
    for (let i = 0; i < UNITS; i += AT_ONCE) {
      // The reference store reads all of what it has: a fresh one keeps the long form from being quadratic.
      if (i % (AT_ONCE * 5) === 0) {
        await open();
        await setUp();
      }
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, UNITS - i) }, (_, j) => race(i + j)));
    }
    expect(late).toBe(0);
    // The race is one: opt-outs neither always win nor always lose.
    expect(answered).toBeGreaterThan(UNITS * 0.05);
    expect(answered).toBeLessThan(UNITS * 1.95);
  }, 600_000);
});
