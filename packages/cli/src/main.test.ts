import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { changeListViewSchema, decisionListViewSchema, resultsViewSchema, traceViewSchema } from "@ratchet/protocol";
import { startServer } from "@ratchet/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../bin/ratchet.js", import.meta.url));
const TIMEOUT_MS = 120_000;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a user would. */
function ratchet(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** "story" wins a third of its 300 units, "plain" a tenth of its 300: a difference that any method must see. One row has no time. */
const CSV = [
  "id,at,msg,won",
  ...Array.from({ length: 600 }, (_, i) => {
    const action = i % 2 === 0 ? "plain" : "story";
    const won = action === "story" ? i % 6 === 1 : i % 20 === 0;
    return `c${i},2026-01-01T00:00:00Z,${action},${won ? "yes" : "no"}`;
  }),
  "c601,yesterday,plain,no",
].join("\n");

const MAP = `api_version: ratchet.map/v1
name: mails
unit: { column: id }
time: { column: at }
action: { column: msg, only: [plain, story] }
baseline: plain
assignment: randomised
propensity: uniform
outcomes:
  - { id: won, kind: conversion, column: won, minimum_effect: 0.02 }
objective: won
`;

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-cli-"));
  await writeFile(join(directory, "mails.csv"), CSV);
  await writeFile(join(directory, "map.yaml"), MAP);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("help", { timeout: TIMEOUT_MS }, () => {
  it("names every command, and how to begin", async () => {
    const { code, out } = await ratchet("--help");
    expect(code).toBe(0);
    for (const command of [
      "serve",
      "import",
      "results",
      "replay",
      "trace",
      "decisions",
      "changes",
      "cycle",
      "ledger",
      "quarantine",
      "sources",
      "health",
      "incidents",
      "status",
      "policy",
    ]) {
      expect(out).toContain(`  ${command}`);
    }
    expect(out).toContain("Exit codes: 0 done, 1 error, 2 not allowed, 3 not enough data");
  });
  it("of a command has examples", async () => {
    expect((await ratchet("import", "--help")).out).toContain("ratchet import mails.csv --map map.yaml");
  });
});

describe("a source", { timeout: TIMEOUT_MS }, () => {
  it("is added with a key, listed, given another key, and refused once it is disabled", async () => {
    const at = ["--data", "sources-data"];
    await ratchet("import", "mails.csv", "--map", "map.yaml", ...at);
    const created = await ratchet("sources", "create", "website", "--kind", "segment", "--no-outcomes", ...at);
    expect(created).toMatchObject({ code: 0, out: expect.stringMatching(/shown this once:\n {2}rk_live_/u) });
    expect((await ratchet("sources", "list", ...at)).out).toMatch(/website +segment +in use, no outcomes/u);
    const rotated = await ratchet("sources", "rotate", "website", "--overlap", "0", ...at);
    expect(rotated.out).toContain("No other key holds.");
    expect((await ratchet("sources", "disable", "website", ...at)).code).toBe(0);
    expect((await ratchet("sources", "list", ...at)).out).toMatch(/website +segment +disabled/u);
    expect((await ratchet("quarantine", "replay", ...at)).out).toContain("row 1: time.not_iso");
  });
  it("is refused by name, with what to do", async () => {
    expect(await ratchet("sources", "create", "Web Site", "--kind", "segment", "--data", "sources-data")).toMatchObject(
      {
        code: 1,
        err: expect.stringContaining("lower-case letters"),
      },
    );
    expect((await ratchet("sources", "create", "x", "--kind", "pigeon")).err).toContain(
      "It must be one of api, segment",
    );
  });
});

describe("data health", { timeout: TIMEOUT_MS }, () => {
  it("is looked at by a command, whose incidents are listed and explained by name", async () => {
    const at = ["--data", "health-data"];
    await ratchet("import", "mails.csv", "--map", "map.yaml", ...at);
    expect((await ratchet("health", ...at)).out).toMatch(/^(In order|Too little to go by)/u);
    expect((await ratchet("health", "--check", "--all", ...at)).out).toContain("missing-context");
    expect((await ratchet("incidents", ...at)).out).toContain("No incident is open.");
    const nobody = ["--by", "person:owner", "--reason", "none"];
    expect(await ratchet("incidents", "resolve", "inc_none", ...nobody, ...at)).toMatchObject({
      code: 1,
      err: expect.stringContaining("there is no incident inc_none"),
    });
  });
});

describe("a CSV", { timeout: TIMEOUT_MS }, () => {
  it("is imported, read, traced and decided on from", async () => {
    const imported = await ratchet("import", "mails.csv", "--map", "map.yaml");
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.out).toMatch(/Imported 600 of 601 rows in .* rows\/s\) as import:mails/u);
    expect(imported.out).toContain("Quarantine: 1 row did not fit");
    expect(imported.out).toContain("the workspace was set up: 2 actions");
    expect((await ratchet("quarantine", "--source", "import:mails")).out).toContain("c601,yesterday,plain,no");

    const results = await ratchet("results");
    expect(results.code).toBe(0);
    expect(results.out).toMatch(/story\s+300\s+33\.33 %\s+10\.00 %\s+\+23\.33\s+\[/u);
    expect(results.out).toContain("story: better.");
    const json = resultsViewSchema.parse(JSON.parse((await ratchet("results", "--metric", "won", "--json")).out));
    expect(json.metrics[0]?.actions[0]?.fixed.estimate).toBeCloseTo(7 / 30, 10);

    const list = decisionListViewSchema.parse(JSON.parse((await ratchet("decisions", "--unit", "c1", "--json")).out));
    const trace = traceViewSchema.parse(
      JSON.parse((await ratchet("trace", list.decisions[0]?.decision_id ?? "", "--json")).out),
    );
    expect(trace.outcomes.map(({ signal }) => signal)).toEqual(["won"]);

    expect((await ratchet("cycle", "run")).out).toContain("Cycle 1 ended");
    expect((await ratchet("ledger", "verify")).out).toContain("The ledger is whole: 5 entries");
    expect((await ratchet("ledger", "show")).out).toContain("Playbook v1 came into force");
    expect(changeListViewSchema.parse(JSON.parse((await ratchet("changes", "--json")).out)).changes).toEqual([]);
    expect((await ratchet("status")).out).toContain("600 decisions");
  });
  it("imported twice counts once", async () => {
    const again = JSON.parse((await ratchet("import", "mails.csv", "--map", "map.yaml", "--json")).out);
    expect(again).toMatchObject({ report: { imported: 0, duplicates: 600 } });
  });
  it("of signals is told by its map, imported with its counts and findings, and twice counts once", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `d${i},2026-01-01,${i % 2 === 0 ? "2026-01-05" : ""},No`);
    await writeFile(join(directory, "deals.csv"), ["deal,opened,won,flag", ...rows, "d60,soon,,No"].join("\n"));
    await writeFile(
      join(directory, "signals.yaml"),
      `api_version: ratchet.signals/v1
name: deals
id: [deal]
person: { user_id: deal }
signals:
  - { type: opportunity_created, at: opened }
  - { type: opportunity_won, at: { column: won, optional: true } }
`,
    );
    const tried = await ratchet("import", "deals.csv", "--map", "signals.yaml", "--data", "signal-data", "--dry-run");
    expect(tried.out).toMatch(/^Would import 60 of 61 rows/mu);
    expect(tried.out).not.toContain("Imported");
    const imported = await ratchet("import", "deals.csv", "--map", "signals.yaml", "--data", "signal-data");
    expect(imported.code).toBe(0);
    expect(imported.out).toMatch(/Imported 60 of 61 rows in .* as import:deals/u);
    expect(imported.out).toMatch(/opportunity_created +60\n *opportunity_won +30/u);
    expect(imported.out).toContain("90 signals = 90 new + 0 there before + 0 contradicting + 0 refused");
    expect(imported.out).toContain("Quarantine: 1 row did not fit");
    expect(imported.out).toContain("info column.constant: 1 column says the same in every row, and so nothing: flag.");
    const again = await ratchet("import", "deals.csv", "--map", "signals.yaml", "--data", "signal-data", "--json");
    expect(JSON.parse(again.out)).toMatchObject({ report: { signals: { accepted: 0, duplicates: 90 } } });
    expect((await ratchet("quarantine", "--data", "signal-data")).out).toContain("row 61 (line 62)");
  });
  it("that cannot answer says so, with the exit code for it", async () => {
    await writeFile(
      join(directory, "chosen.yaml"),
      MAP.replace("name: mails", "name: chosen").replace("randomised\npropensity: uniform", "observational"),
    );
    await ratchet("import", "mails.csv", "--map", "chosen.yaml");
    const results = await ratchet("results", "--source", "import:chosen");
    expect(results.code).toBe(3);
    expect(results.out).toContain("cannot tell");
  });
});

describe("what goes wrong", { timeout: TIMEOUT_MS }, () => {
  it("in a map is named with line and column, before any row is read", async () => {
    await writeFile(join(directory, "bad.yaml"), MAP.replace("objective: won", "objectve: won"));
    const { code, err } = await ratchet("import", "mails.csv", "--map", "bad.yaml");
    expect(code).toBe(1);
    expect(err).toContain('bad.yaml:11:1: objectve: unknown key "objectve"');
  });
  it("in a file's header names the column that is missing and the closest one", async () => {
    await writeFile(join(directory, "column.yaml"), MAP.replace("{ column: id }", "{ column: idd }"));
    const { code, err } = await ratchet("import", "mails.csv", "--map", "column.yaml", "--data", "elsewhere");
    expect(code).toBe(1);
    expect(err).toContain('there is no column "idd"; did you mean "id"?');
  });
  it("in a policy is named with line and column", async () => {
    await writeFile(join(directory, "policy.yaml"), "api_version: ratchet.policy/v1\nkind: Policy\n");
    const { code, err } = await ratchet("policy", "check", "policy.yaml");
    expect(code).toBe(1);
    expect(err).toMatch(/policy\.yaml:2:1: kind: /u);
    expect(err).toMatch(/policy\.yaml has \d+ faults/u);
  });
  it("without data says what to do first", async () => {
    const { code, err } = await ratchet("results", "--data", "nowhere");
    expect(code).toBe(1);
    expect(err).toContain("there is no data directory nowhere; import a CSV");
  });
  it("with an unknown change, decision or source names what there is", async () => {
    expect((await ratchet("changes", "show", "chg_none")).err).toContain('there is no change "chg_none"');
    expect((await ratchet("trace", "dec_none")).err).toContain('there is no decision "dec_none"');
    expect((await ratchet("results", "--source", "import:none")).err).toContain(
      "the sources are engine, import:chosen, import:mails",
    );
  });
});

describe("a directory that a server has open", { timeout: TIMEOUT_MS }, () => {
  it("is refused by name, and its server can be asked instead", async () => {
    const data = join(directory, ".ratchet");
    const server = await startServer({ directory: data, port: 0 });
    try {
      const refused = await ratchet("status");
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(data);
      expect(refused.err).toContain("--url http://localhost:4600");
      const asked = await ratchet("status", "--url", server.url);
      expect(asked).toMatchObject({ code: 0 });
      expect(asked.out).toContain("decisions");
      const sent = await ratchet("import", "mails.csv", "--map", "map.yaml", "--url", server.url, "--json");
      expect(JSON.parse(sent.out)).toMatchObject({ report: { imported: 0, duplicates: 600 } });
      const taken = await ratchet("serve", "--port", new URL(server.url).port, "--data", "other");
      expect(taken.code).toBe(1);
      expect(taken.err).toContain("is taken; stop what listens there");
    } finally {
      await server.close();
    }
  });
});
