import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, OWNER, pass, problem, send, setUp } from "../memory-app.fixture.ts";

beforeEach(() => open());

const HOUR = 3_600_000;

async function reply(id: string, unit: string): Promise<void> {
  const signal = { message_id: id, type: "reply", unit_id: unit, occurred_at: "2026-02-28T10:00:00Z" };
  await ask(ROUTES.signals, { body: { signals: [signal] } });
}

/** Every reply a second time, under another id: a feed that is connected twice. */
async function doubledFeed(units: number): Promise<void> {
  for (let i = 0; i < units; i++) {
    await reply(`m-${i}`, `unit-${i}`);
    await reply(`m-${i} again`, `unit-${i}`);
  }
  pass(HOUR);
}

/** The last imports as a server keeps them: of each a report with one finding, the newest first. */
function importedWith(findings: readonly (readonly [source: string, severity: string])[]): void {
  const counts = { rows: 9, imported: 9, duplicates: 0, conflicts: 0, quarantined: 0, pending: 0, signals_added: 0 };
  const views = findings.map(([source, severity], i) => ({
    import_id: `imp-${i}`,
    name: source,
    file: `${source}.csv`,
    state: "done",
    started_at: `2026-02-0${9 - i}T00:00:00Z`,
    bytes_read: 1,
    bytes_total: 1,
    rows: 9,
    imported: 9,
    quarantined: 0,
    problem: null,
    report: {
      source,
      ...counts,
      quarantined_by_code: [],
      actions: [],
      outcomes: [],
      first_at: null,
      last_at: null,
      defects: [
        { code: "reference.broken", severity, columns: [], affected: 9, sentence: "broken", examples: [], fix: "mend" },
      ],
    },
  }));
  for (const view of ROUTES.imports.response.parse({ imports: views }).imports) context.imports.put(view);
}

describe("data health", () => {
  it("tells what is critical about the last file of each source, which opens no incident and changes no state", async () => {
    importedWith([
      ["import:deals", "critical"],
      ["import:leads", "warning"],
      ["import:leads", "critical"],
    ]);
    const health = await ask(ROUTES.dataHealth);
    expect(health).toMatchObject({ state: "no_data", open_incidents: 0 });
    expect(health.imports).toEqual([
      {
        import_id: "imp-0",
        file: "import:deals.csv",
        source: "import:deals",
        code: "reference.broken",
        sentence: "broken",
        fix: "mend",
      },
    ]);
  });
  it("says that nobody looked yet, then what a look finds, worst first, with examples and what to do", async () => {
    await setUp();
    expect(await ask(ROUTES.dataHealth)).toMatchObject({ at: null, state: "no_data", checks: [] });
    await doubledFeed(30);
    const health = await ask(ROUTES.checkDataHealth);
    expect(health).toMatchObject({ at: "2026-03-01T01:00:00.000Z", state: "critical", open_incidents: 1 });
    expect(health.checks[0]).toMatchObject({
      check: "duplicates",
      source: "api",
      state: "critical",
      metrics: ["reply"],
      figures: { n: 60, faults: 30, share: 0.5 },
      examples: ["m-0 again", "m-1 again", "m-10 again"],
    });
    expect(health.checks[0]?.fix).toContain("message id");
    expect(health.missing_by_week).toContainEqual({
      of: "signals",
      source: "api",
      field: "channel",
      week: "2026-02-26T00:00:00.000Z",
      n: 60,
      missing: 60,
    });
    expect(await ask(ROUTES.dataHealth)).toEqual(health);
  });

  it("looks, and opens nothing, before a workspace is set up", async () => {
    await doubledFeed(30);
    expect(await ask(ROUTES.checkDataHealth)).toMatchObject({ state: "critical", open_incidents: 0 });
    expect((await context.stores.state.head()).seq).toBe(0);
  });

  it("is shown with each source, and on the first screen", async () => {
    await setUp();
    await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
    expect((await ask(ROUTES.sources)).sources[0]?.health).toEqual({
      state: "no_data",
      sentence: "nothing was looked at yet",
    });
    await doubledFeed(30);
    await ask(ROUTES.checkDataHealth);
    expect((await ask(ROUTES.sources)).sources[0]?.health).toMatchObject({
      state: "no_data",
      sentence: expect.stringContaining("website has sent nothing"),
    });
    expect((await ask(ROUTES.today)).health).toContainEqual(
      expect.objectContaining({ check: expect.stringMatching(/^incident inc_/u), state: "red" }),
    );
  });
});

describe("an incident", () => {
  it("is looked for before a cycle ends, voids it, and is explained by a person, in the ledger, once", async () => {
    await setUp();
    await doubledFeed(30);
    await ask(ROUTES.runCycle);
    const { incidents, open: opened } = await ask(ROUTES.incidents, { query: "?state=open" });
    expect(opened).toBe(1);
    expect(incidents).toMatchObject([{ severity: "critical", state: "open", blocks_learning: true, to: null }]);
    expect((await ask(ROUTES.today)).health).toContainEqual(
      expect.objectContaining({ check: "data-incident", state: "red" }),
    );
    const voided = await ask(ROUTES.results);
    expect(voided.health).toContainEqual(expect.objectContaining({ check: "data-incident", state: "red" }));
    expect(voided.metrics.flatMap(({ actions }) => actions.map(({ verdict }) => verdict))).toEqual([
      "cannot trust yet",
    ]);
    const before = await ask(ROUTES.results, { query: "?as_of=2026-02-28T00:00:00Z" });
    expect(before.health).toContainEqual(expect.objectContaining({ check: "data-incident", state: "green" }));
    const parameters = { incident_id: incidents[0]?.incident_id ?? "" };
    const path = `/v1/incidents/${parameters.incident_id}/resolve`;
    const body = { by: OWNER, reason: "a replayed history, on purpose" };
    expect((await problem(await send("POST", path, { ...body, by: "engine" }))).code).toBe("incident.reserved_actor");
    expect(await ask(ROUTES.resolveIncident, { parameters, body })).toMatchObject({
      state: "explained",
      by: OWNER,
      reason: body.reason,
    });
    expect((await problem(await send("POST", path, body))).code).toBe("incident.explained_already");
    const entries = (await ask(ROUTES.ledger)).entries.filter(({ kind }) => kind.startsWith("incident."));
    expect(entries.map(({ actor, kind }) => [actor, kind])).toEqual([
      ["engine", "incident.opened"],
      [OWNER, "incident.resolved"],
    ]);
    expect(entries[1]?.sentence).toContain("a replayed history, on purpose");
    await ask(ROUTES.runCycle);
    expect((await ask(ROUTES.today)).health).toContainEqual(
      expect.objectContaining({ check: "data-incident", state: "green" }),
    );
    expect((await ask(ROUTES.incidents, { query: "?state=open" })).incidents).toEqual([]);
    expect((await ask(ROUTES.results)).health).toContainEqual(
      expect.objectContaining({ check: "data-incident", state: "green" }),
    );
  });

  it("that is not there is not found", async () => {
    const path = "/v1/incidents/inc_none/resolve";
    expect((await problem(await send("POST", path, { by: OWNER, reason: "why not" }))).code).toBe("incident.not_found");
  });
});
