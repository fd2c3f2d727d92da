import { readFile } from "node:fs/promises";
import { decisionId, projectInbox } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send } from "../memory-app.fixture.ts";

const EXAMPLE = new URL("../../../../examples/gtm/", import.meta.url);
const example = (name: string): Promise<string> => readFile(new URL(name, EXAMPLE), "utf8");
const POINTS = ["priority", "timing", "content", "routing", "handoff"];
const account = (i: number) => ({
  region: ["EMEA", "APAC", "NA"][i % 3] ?? "NA",
  employees: 50 * (1 + (i % 20)),
  visits_30d: i % 9,
  visited_pricing: i % 4 === 0,
  replied_before: i % 7 === 0,
  industry: i % 2 === 0 ? "software" : "retail",
  source: i % 3 === 0 ? "inbound" : "list",
  time_zone: ["Europe/Berlin", "Asia/Tokyo", "America/New_York"][i % 3] ?? "Etc/UTC",
  open_opportunity: false,
  owner: null,
});

describe("a workspace from the example playbook", () => {
  let refused: Response;
  let made: ReturnType<typeof ROUTES.setUp.response.parse>;
  beforeAll(async () => {
    await open();
    const [playbook, policy] = [await example("playbook.yaml"), await example("policy.yaml")];
    const nobodys = playbook.replace("at_least: 0 }", "at_least: 0.01 }");
    refused = await send("POST", "/v1/workspace", { playbook: nobodys, policy });
    made = await ask(ROUTES.setUp, { body: { playbook, policy } });
  });

  it("is made of five levers, and refused with the key and the line of each fault", async () => {
    expect(made).toMatchObject({ playbook_version: 1, levers: POINTS.map((point) => ({ point })) });
    expect(await problem(refused)).toMatchObject({
      code: "playbook.invalid",
      detail: expect.stringContaining("the last band must begin at 0"),
    });
  });

  it("is set up once", async () => {
    const again = await send("POST", "/v1/workspace", { playbook: await example("playbook.yaml") });
    expect(await problem(again)).toMatchObject({ code: "workspace.not_empty" });
  });

  it("puts a thousand accounts in order, the likeliest first, and every place is a decision", async () => {
    const units = Array.from({ length: 1000 }, (_, i) => ({ unit_id: `account-${i}`, context: account(i) }));
    const { ranked } = await ask(ROUTES.rank, { body: { point: "priority", units } });
    expect(ranked.map(({ position }) => position)).toEqual(units.map((_, i) => i + 1));
    const chances = ranked.flatMap(({ band, calibrated }) => (band === null ? [] : (calibrated ?? [])));
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    expect(new Set(ranked.map(({ band }) => band))).toEqual(new Set(["A", "B", "C", null]));
    // Asked again in its window, the first answer stands.
    pass(60_000);
    const again = await ask(ROUTES.rank, { body: { point: "priority", units } });
    expect(again.ranked).toEqual(ranked);
    expect(await context.stores.state.quarantinedCount("engine")).toBe(0);
    const first = await ask(ROUTES.decision, { parameters: { decision_id: ranked[0]?.decision_id ?? "" } });
    const score = first.record?.score;
    expect(score?.contributions.map(({ feature }) => feature)).toContain("pricing_page");
    expect((score?.contributions ?? []).reduce((sum, { points }) => sum + points, score?.intercept ?? 0)).toBe(
      score?.score,
    );
  });

  it("answers units × points in one request, each with its reasons, its record, and a replay to the same bytes", async () => {
    const units = Array.from({ length: 20 }, (_, i) => ({ unit_id: `account-${i}`, context: account(i) }));
    const answer = ROUTES.decide.response.parse(
      await (await send("POST", "/v1/decisions", { units, points: POINTS })).json(),
    );
    const decisions = "decisions" in answer ? answer.decisions : [];
    expect(decisions.map(({ unit_id, point }) => [unit_id, point])).toEqual(
      units.flatMap(({ unit_id }) => POINTS.map((point) => [unit_id, point])),
    );
    for (const { decision_id, reasons } of decisions) {
      expect(reasons.length).toBeGreaterThan(0);
      const parameters = { decision_id };
      expect(await ask(ROUTES.replayDecision, { parameters })).toMatchObject({ same: true, playbook_version: 1 });
      const { record } = await ask(ROUTES.decision, { parameters });
      expect(record?.what_would_have_changed_it).toMatch(/^(?:Had|With|No single change)/u);
    }
    expect(decisions.filter(({ cohort }) => cohort === "business-as-usual").every((d) => d.do_own_thing === true)).toBe(
      true,
    );
  });

  it("replays a decision also from the facts, years later", async () => {
    const asked = { point: "handoff", unit_id: "account-3", context: account(3) };
    const decided = ROUTES.decide.response.parse(await (await send("POST", "/v1/decisions", asked)).json());
    if ("decisions" in decided) throw new Error("one was asked for");
    await projectInbox(context.stores, { maxItems: 1000, maxSegments: 100 });
    const { facts } = context.stores;
    const stored = await facts.decision(decisionId(decided.decision_id));
    expect(stored?.record?.score?.of).toBe("prioritisation");
    pass(3 * 365 * 86_400_000);
    expect(await ask(ROUTES.replayDecision, { parameters: { decision_id: decided.decision_id } })).toMatchObject({
      same: true,
    });
  });

  it("takes a request again under its key, also where nothing else holds it together", async () => {
    const asked = { point: "content", unit_id: "account-77", context: account(77), mode: "test" as const };
    const [first, again] = [await send("POST", "/v1/decisions", asked), await send("POST", "/v1/decisions", asked)];
    const [one, other] = [
      ROUTES.decide.response.parse(await first.json()),
      ROUTES.decide.response.parse(await again.json()),
    ];
    expect(other).toEqual(one);
    expect(one).toMatchObject({ mode: "test" });
  });

  it("says what it cannot do", async () => {
    expect(
      await problem(await send("POST", "/v1/decisions/rank", { point: "content", units: [{ unit_id: "a" }] })),
    ).toMatchObject({
      code: "decision.not_a_score",
    });
    const many = { units: Array.from({ length: 21 }, (_, i) => ({ unit_id: `a-${i}` })), points: POINTS };
    expect(await problem(await send("POST", "/v1/decisions", many))).toMatchObject({ code: "request.invalid" });
  });
});
