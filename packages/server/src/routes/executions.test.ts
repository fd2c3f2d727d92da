import { memoryFactsStore } from "@ratchet/engine";
import { ROUTES, type ExecutionRequest } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";

beforeEach(async () => {
  await open();
  await setUp();
});

const decide = async (unit: string) => {
  const answer = await ask(ROUTES.decide, { body: { point: "content", unit_id: unit } });
  if ("decisions" in answer) throw new Error("one decision was asked for");
  return answer;
};
const report = (...executions: readonly unknown[]) => ask(ROUTES.executions, { body: { executions } });
const shown = (id: string) => ask(ROUTES.decision, { parameters: { decision_id: id } });

describe("what became of decisions", () => {
  it("tells assigned, delivered, worked and overridden apart, on the decision and in the list", async () => {
    const { decision_id } = await decide("acme");
    expect(await shown(decision_id)).toMatchObject({ execution_state: "assigned", executions: [] });
    await report({ message_id: "e1", decision_id, kind: "delivered", source: "mail" });
    expect(await shown(decision_id)).toMatchObject({ execution_state: "delivered" });
    pass(60_000);
    const overridden = { message_id: "e2", decision_id, kind: "overridden", by: "ann@example.com", reason: "bad_fit" };
    expect(await report({ ...overridden, did_instead: "none" })).toMatchObject({ accepted: 1, rejected: [] });
    const view = await shown(decision_id);
    expect(view).toMatchObject({
      execution_state: "overridden",
      executions: [
        { kind: "overridden", reason: "bad_fit", did_instead: "none", source: "api" },
        { kind: "delivered", source: "mail", by: null, reason: null },
      ],
    });
    // A seller's address is a name: facts carry a surrogate.
    expect(JSON.stringify(view)).not.toContain("ann@example.com");
    expect(view.executions?.[0]?.by).toMatch(/^p_/u);
    expect((await ask(ROUTES.decisions)).decisions[0]).toMatchObject({ execution_state: "overridden" });
  });
  it("are read one by one and count once, also undated and tried again later", async () => {
    const { decision_id } = await decide("acme");
    const good: ExecutionRequest = { message_id: "e1", decision_id, kind: "worked", source: "crm" };
    const answer = await report(
      good,
      { ...good, message_id: "e2", kind: "overridden", by: "ann", reason: "did not feel like it" },
      { ...good, message_id: "e3", source: "engine" },
      { ...good, message_id: "e4", kind: "suppressed", reason: "Call me at +49 170" },
      7,
    );
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 1, code: "execution.invalid" },
        { index: 2, code: "execution.reserved_source" },
        { index: 3, code: "execution.invalid" },
        { index: 4, code: "execution.invalid" },
      ],
    });
    expect((await ask(ROUTES.quarantine)).total).toBe(4);
    pass(60_000);
    expect(await report(good)).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await report({ ...good, kind: "skipped" })).toMatchObject({ conflicts: 1 });
    // A signal of the same source may have the same id.
    const signal = { message_id: "e1", type: "reply", unit_id: "acme", source: "crm" };
    expect(await ask(ROUTES.signals, { body: { signals: [signal] } })).toMatchObject({ accepted: 1, conflicts: 0 });
  });
  it("refuse an envelope that is none", async () => {
    expect((await problem(await send("POST", "/v1/executions", { executions: [], more: 1 }))).faults).toHaveLength(2);
  });
  it("leave a decision to be looked up where the facts do not answer", async () => {
    const facts = memoryFactsStore();
    await open({
      ...facts,
      load: () => Promise.reject(new Error("down")),
      executions: () => Promise.reject(new Error("down")),
    });
    await setUp();
    const { decision_id } = await decide("acme");
    expect(await shown(decision_id)).toMatchObject({ decision_id });
    expect(await shown(decision_id)).not.toHaveProperty("execution_state");
  });
});

describe("overrides", () => {
  it("are counted by reason, and by what was decided", async () => {
    const ids = await Promise.all(["a", "b", "c"].map(async (unit) => (await decide(unit)).decision_id));
    await report(
      ...ids.map((decision_id, i) => ({
        message_id: `o${i}`,
        decision_id,
        kind: "overridden",
        by: "ann",
        reason: i === 0 ? "wrong_time" : "no_capacity",
      })),
    );
    const { reasons, overrides } = await ask(ROUTES.overrides);
    expect(reasons).toEqual([
      { reason: "no_capacity", count: 2 },
      { reason: "wrong_time", count: 1 },
    ]);
    expect(overrides.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(overrides.every(({ point }) => point === "content")).toBe(true);
  });
});

describe("an opt-out", () => {
  const optOut = (person: string) =>
    ask(ROUTES.suppress, { body: { person, basis: "unsubscribed", source: "mail", message_id: `opt-out ${person}` } });
  const decideFor = async (body: object) => {
    const answer = await ask(ROUTES.decide, { body: { point: "content", unit_id: "acme", ...body } });
    if ("decisions" in answer) throw new Error("one decision was asked for");
    return answer;
  };
  it("binds the next decision, whatever name the person is asked for by", async () => {
    await optOut("ann@example.com");
    expect(await decideFor({ person: "Ann@Example.com " })).toMatchObject({ action: "do_nothing", propensity: 1 });
    expect(await decideFor({ unit_id: "ann@example.com" })).toMatchObject({ action: "do_nothing" });
    expect((await decideFor({ unit_id: "bo" })).action).not.toBe("do_nothing");
    // Two records turn out to be one person: what she said holds for both.
    await ask(ROUTES.mergePeople, { body: { person: "ann@example.com", former: "u-7" } });
    expect(await decideFor({ unit_id: "u-7" })).toMatchObject({ action: "do_nothing" });
  });
});
