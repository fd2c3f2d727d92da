import { pathOf, ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, dayOfTraffic, open, OWNER, pass, problem, send, setUp } from "../memory-app.fixture.ts";

beforeEach(() => open());

describe("the loop over HTTP", () => {
  it("decides, hears, learns, asks, is approved, and can be traced both ways", async () => {
    await setUp();
    await dayOfTraffic(0, 1000);
    const cycle = await ask(ROUTES.runCycle, { body: undefined });
    expect(cycle.cycle).toBe(1);

    const today = await ask(ROUTES.today);
    expect(today.headline_lift?.n_holdout).toBeGreaterThan(30);
    expect(today.waiting).toHaveLength(1);
    const id = today.waiting[0]?.change_id ?? "";

    const change = await ask(ROUTES.change, { parameters: { change_id: id } });
    expect(change).toMatchObject({
      status: "pending",
      approvals_missing: [{ role: "lever-owner", count: 1, people: [OWNER] }],
    });
    expect(change.edits[0]?.rows.find(({ action }) => action === "story")).toMatchObject({ now: 0.5 });

    const approved = await ask(ROUTES.approve, {
      parameters: { change_id: id },
      body: { by: OWNER, role: "lever-owner", comment: "go", revision: change.revision },
    });
    expect(approved).toMatchObject({ status: "approved", approvals: [{ by: OWNER, comment: "go" }] });

    for (
      let day = 4;
      day <= 40 && (await ask(ROUTES.change, { parameters: { change_id: id } })).status !== "promoted";
      day += 4
    ) {
      await dayOfTraffic(day, 1000);
      await ask(ROUTES.runCycle);
    }
    expect(await ask(ROUTES.change, { parameters: { change_id: id } })).toMatchObject({
      status: "promoted",
      promoted_as: 2,
    });
    await dayOfTraffic(60, 100);

    const results = await ask(ROUTES.results, { query: "?source=engine" });
    expect(results.metrics[0]?.actions[0]).toMatchObject({ action: "story", verdict: "better" });

    const first = await ask(ROUTES.decisions, { query: "?unit_id=unit-0-7" });
    const trace = await ask(ROUTES.trace, { parameters: { decision_id: first.decisions[0]?.decision_id ?? "" } });
    expect(trace.contributed_to.map((one) => one.id)).toContain(id);
    expect(trace.later.altered.length).toBeGreaterThan(0);
    expect(trace.story.join(" ")).toContain("would have been");
    const later = await ask(ROUTES.decisions, { query: "?playbook_version=2&limit=500" });
    const learned = later.decisions.find(({ cohort }) => cohort !== "holdout");
    const back = await ask(ROUTES.trace, { parameters: { decision_id: learned?.decision_id ?? "" } });
    expect(back.change).toMatchObject({ id, approvals: [{ by: OWNER }] });
    expect(back.change?.evidence?.outcomes).toBeGreaterThan(0);
    expect(back.story.join(" ")).toContain(`Without change ${id} the same draw would have given it`);

    expect((await ask(ROUTES.ledger, { query: "?limit=1000" })).verification.kind).toBe("whole");
    expect(JSON.stringify(await ask(ROUTES.ledger))).not.toContain('"salt":"salt"');
    expect(await ask(ROUTES.playbook)).toMatchObject({ version: 2, in_force: true, change_id: id });
    expect(await ask(ROUTES.playbook, { query: "?version=1" })).toMatchObject({ in_force: false, latest: 2 });
    expect((await ask(ROUTES.evidence, { parameters: { digest: change.evidence ?? "" } })).kind).toBe("evidence");
    const cycles = (await ask(ROUTES.today)).lift_over_cycles;
    expect(cycles.flatMap(({ markers }) => markers.map(({ kind }) => kind))).toEqual(["started", "promoted"]);

    const undone = await problem(
      await send("POST", pathOf("undo", { change_id: id }), { by: OWNER, reason: "trying" }),
    );
    expect(undone).toMatchObject({ code: "change.not_running", status: 409 });
  });

  it("answers a unit's decision again, and the same to a batch", async () => {
    await setUp();
    const one = await ask(ROUTES.decide, { body: { point: "content", unit_id: "u", context: { size: 3 } } });
    pass(1000);
    const again = await ask(ROUTES.decide, {
      body: {
        requests: [
          { point: "content", unit_id: "u" },
          { point: "content", unit_id: "v" },
        ],
      },
    });
    expect("decisions" in again ? again.decisions[0] : null).toEqual(one);
  });
});

describe("what a person may do with a change", () => {
  beforeEach(async () => {
    await setUp();
    await dayOfTraffic(0, 1000);
    await ask(ROUTES.runCycle);
  });
  const pending = async () =>
    ask(ROUTES.change, { parameters: { change_id: (await ask(ROUTES.changes)).changes[0]?.id ?? "" } });

  it("approves only the bytes that were shown, in a role that one has", async () => {
    const { id, revision } = await pending();
    const approve = (body: unknown) => send("POST", `/v1/changes/${id}/approve`, body);
    expect(await problem(await approve({ by: OWNER, role: "lever-owner", revision: "0".repeat(64) }))).toMatchObject({
      code: "change.stale_revision",
      status: 409,
    });
    expect(await problem(await approve({ by: "person:other", role: "lever-owner", revision }))).toMatchObject({
      code: "approval.not_in_role",
      status: 403,
    });
    expect(await problem(await approve({ by: "engine", role: "lever-owner", revision }))).toMatchObject({
      status: 403,
    });
    expect(await problem(await approve({ by: OWNER }))).toMatchObject({ code: "request.invalid", status: 400 });
    await ask(ROUTES.approve, { parameters: { change_id: id }, body: { by: OWNER, role: "lever-owner", revision } });
    expect(await problem(await approve({ by: OWNER, role: "lever-owner", revision }))).toMatchObject({
      code: "change.wrong_status",
      status: 409,
    });
  });
  it("rejects with a reason that stays on record", async () => {
    const { id, revision } = await pending();
    const rejected = await ask(ROUTES.reject, {
      parameters: { change_id: id },
      body: { by: OWNER, role: "lever-owner", comment: "not now", revision },
    });
    expect(rejected).toMatchObject({ status: "rejected", reason: "not now" });
  });
});
