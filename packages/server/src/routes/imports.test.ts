import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, problem, send } from "../memory-app.fixture.ts";

beforeEach(() => open());

describe("importing a CSV", () => {
  const csv = [
    "id,at,msg,won",
    ...Array.from(
      { length: 400 },
      (_, i) =>
        `c${i},2026-01-01T00:00:00Z,${i % 2 === 0 ? "plain" : "story"},${i % (i % 2 === 0 ? 10 : 3) === 1 ? 1 : 0}`,
    ),
    "bad",
  ].join("\n");
  const map = [
    "api_version: ratchet.map/v1",
    "name: old-mails",
    "unit: {column: id}",
    "time: {column: at}",
    "action: {column: msg, only: [plain, story]}",
    "baseline: plain",
    "assignment: randomised",
    "propensity: uniform",
    "outcomes: [{id: won, kind: conversion, column: won, minimum_effect: 0.02}]",
    "objective: won",
  ].join("\n");

  it("guesses, previews, imports, counts what did not fit, sets the workspace up and gives results", async () => {
    const upload = ROUTES.upload.response.parse(await (await send("POST", "/v1/uploads?name=mails.csv", csv)).json());
    expect(upload).toMatchObject({ bytes: csv.length, guess: { columns: ["id", "at", "msg", "won"] } });
    const preview = await ask(ROUTES.previewImport, {
      parameters: { upload_id: upload.upload_id },
      body: { mapping: map },
    });
    expect(preview).toMatchObject({ checked: 401, fitting: 400 });

    const started = await ask(ROUTES.startImport, { body: { upload_id: upload.upload_id, mapping: map } });
    expect(started).toMatchObject({ name: "old-mails", file: "mails.csv", state: "running" });
    await expect.poll(() => context.jobs.running()).toBeNull();
    const done = await ask(ROUTES.import, { parameters: { import_id: started.import_id } });
    expect(done).toMatchObject({
      state: "done",
      imported: 400,
      quarantined: 1,
      report: { source: "import:old-mails" },
    });
    expect((await ask(ROUTES.imports)).imports).toEqual([done]);

    const results = await ask(ROUTES.results);
    expect(results).toMatchObject({ source: "import:old-mails", units: 400, assignment: "randomised" });
    expect(results.metrics[0]?.actions[0]).toMatchObject({ action: "story", n: 200, n_baseline: 200 });
    expect(await ask(ROUTES.today)).toMatchObject({
      state: "running",
      workspace: { source: "import:old-mails" },
      playbook_version: 1,
    });
    expect(await ask(ROUTES.playbook)).toMatchObject({ levers: [{ actions: ["plain", "story"], baseline: "plain" }] });
    await ask(ROUTES.decide, { body: { point: "content", unit_id: "live-1" } });
  });
  it("says of an observational log that it cannot tell", async () => {
    const upload = ROUTES.upload.response.parse(await (await send("POST", "/v1/uploads?name=m.csv", csv)).json());
    const mapping = map.replace("assignment: randomised\npropensity: uniform", "assignment: observational");
    await ask(ROUTES.startImport, { body: { upload_id: upload.upload_id, mapping } });
    await expect.poll(() => context.jobs.running()).toBeNull();
    expect((await ask(ROUTES.results)).metrics[0]?.actions[0]).toMatchObject({
      verdict: "cannot tell",
      needed: expect.stringContaining("random"),
    });
  });
  it("names the line and column of every fault in a map, and each missing column of a file", async () => {
    const upload = ROUTES.upload.response.parse(await (await send("POST", "/v1/uploads?name=m.csv", csv)).json());
    const body = (mapping: string) => ({ upload_id: upload.upload_id, mapping });
    const wrong = await problem(
      await send("POST", "/v1/imports", body(map.replace("objective: won", "objective: wins"))),
    );
    expect(wrong).toMatchObject({ code: "map.invalid", faults: [{ path: "10:1" }] });
    const missing = await problem(
      await send("POST", `/v1/uploads/${upload.upload_id}/preview`, {
        mapping: map.replace("{column: id}", "{column: idd}"),
      }),
    );
    expect(missing.detail).toContain('did you mean "id"');
    expect(
      await problem(await send("POST", "/v1/imports", { upload_id: "upl_../../etc", mapping: map })),
    ).toMatchObject({ code: "import.not_found", status: 404 });
  });
});

describe("importing signals", () => {
  const map = [
    "api_version: ratchet.signals/v1",
    "name: deals",
    "person: {user_id: deal}",
    "signals: [{type: opportunity_won, at: won}]",
  ];
  const upload = async (): Promise<string> =>
    ROUTES.upload.response.parse(
      await (await send("POST", "/v1/uploads?name=deals.csv", "deal,won\nd1,2026-01-01\nd2,soon\n")).json(),
    ).upload_id;

  it("tells the map's kind, and reports what came in and what did not", async () => {
    const started = await ask(ROUTES.startImport, { body: { upload_id: await upload(), mapping: map.join("\n") } });
    await expect.poll(() => context.jobs.running()).toBeNull();
    expect(await ask(ROUTES.import, { parameters: { import_id: started.import_id } })).toMatchObject({
      state: "done",
      imported: 1,
      quarantined: 1,
      report: { source: "import:deals", signals: { read: 1, accepted: 1, by_type: [{ type: "opportunity_won" }] } },
    });
  });

  it("refuses lookups, which an upload has no folder for", async () => {
    const mapping = [...map, "lookups: [{id: owner, file: passwd, key: a, from: deal}]"].join("\n");
    expect(await problem(await send("POST", "/v1/imports", { upload_id: await upload(), mapping }))).toMatchObject({
      code: "map.invalid",
      detail: expect.stringContaining("lookups"),
    });
    expect(await problem(await send("POST", `/v1/uploads/${await upload()}/preview`, { mapping }))).toMatchObject({
      code: "map.invalid",
    });
  });
});

describe("trying a map of signals", () => {
  const mapping = `
api_version: ratchet.signals/v1
name: deals
account: { account_id: company }
signals: [{ type: opportunity_won, at: closed }]
`;
  it("shows what an import would find, and stores nothing", async () => {
    const csv = "company,closed\nacme,2026-02-01\nbeta,soon\n";
    const uploaded = await send("POST", "/v1/uploads?name=deals.csv", csv);
    const { upload_id } = ROUTES.upload.response.parse(await uploaded.json());
    const preview = await ask(ROUTES.previewImport, { parameters: { upload_id }, body: { mapping } });
    expect(preview).toMatchObject({
      checked: 2,
      fitting: 1,
      rows: [{ kind: "left_out", code: "time.not_iso", raw: "beta,soon" }],
      report: { rows: 2, imported: 1, quarantined: 1, signals: { read: 1, accepted: 1 }, defects: [] },
    });
    expect(await context.stores.state.quarantinedCount()).toBe(0);
    expect(await context.stores.state.backlog()).toBe(0);
    expect(await context.stores.facts.counts()).toEqual({ decisions: 0, signals: 0 });
  });
});

describe("rows of a file in quarantine", () => {
  const signalsMap = (extra: string) => `
api_version: ratchet.signals/v1
name: deals
id: [deal]
account: { account_id: company }
signals:
  - type: { column: state, values: { Won: opportunity_won${extra} } }
    at: closed
`;
  const importCsv = async (csv: string, mapping: string) => {
    const uploaded = await send("POST", "/v1/uploads?name=deals.csv", csv);
    const { upload_id } = ROUTES.upload.response.parse(await uploaded.json());
    const { import_id } = await ask(ROUTES.startImport, { body: { upload_id, mapping } });
    await expect
      .poll(async () => (await ask(ROUTES.import, { parameters: { import_id } })).state, { timeout: 30_000 })
      .toBe("done");
  };
  const replay = (body: object) => ask(ROUTES.replayQuarantine, { body });
  it("are read again after their map was mended, singly or all, under their own ids", async () => {
    const csv = 'deal;company;state;closed\n1;acme;Won;2026-02-01\n2;"be;ta";Gained;2026-02-02\n3;c;Gained;soon\n';
    await importCsv(csv, signalsMap(""));
    const { rows } = await ask(ROUTES.quarantine);
    expect(rows.map(({ code }) => code)).toEqual(["type.unknown", "type.unknown"]);
    expect(await replay({ seqs: [rows[0]?.seq ?? 0] })).toMatchObject({ replayed: 1, released: 0, not_replayable: 0 });
    const mended = signalsMap(", Gained: opportunity_won");
    expect(await replay({ source: "import:deals", mapping: mended })).toMatchObject({
      replayed: 2,
      released: 1,
      still: [{ code: "time.not_iso" }],
    });
    await importCsv(csv, mended);
    const signals = await context.stores.facts.signals({ source: "import:deals", limit: 9 });
    expect(signals.map(({ unitId }) => unitId).toSorted()).toEqual(["acme", "be;ta"]);
    const another = await replay({ mapping: mended.replace("name: deals", "name: other") });
    expect(new Set(another.still.map(({ code }) => code))).toEqual(new Set(["map.another"]));
  });
  it("of decisions come in as they would have with the file", async () => {
    const csv = ["id,msg,won", ...Array.from({ length: 50 }, (_, i) => `c${i},${i === 40 ? "Tale" : "plain"},0`)].join(
      "\n",
    );
    const map = (actions: string) => `
api_version: ratchet.map/v1
name: mails
unit: { column: id }
time: { row_order: { start: 2026-01-01T00:00:00Z, every: 1m } }
action: { column: msg, only: ${actions} }
baseline: plain
assignment: randomised
propensity: uniform
outcomes: [{ id: won, kind: conversion, column: won, minimum_effect: 0.02 }]
objective: won
`;
    const facts = async () => {
      const decisions = await context.stores.facts.decisions({ source: "import:mails", limit: 100 });
      return decisions.map(({ id, cycle, unitId }) => `${id} ${cycle} ${unitId}`).toSorted();
    };
    await importCsv(csv, map("[plain, Story]"));
    const mended = map("[plain, Story, Tale]");
    expect(await replay({ mapping: mended })).toMatchObject({ released: 1, still: [] });
    await importCsv(csv, mended);
    const replayed = await facts();
    await open();
    await importCsv(csv, mended);
    expect(replayed).toEqual(await facts());
    expect(replayed).toHaveLength(50);
  });
});
