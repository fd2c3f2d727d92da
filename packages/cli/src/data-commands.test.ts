import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROUTES } from "@ratchet/protocol";
import { openLog, startServer, type RunningServer } from "@ratchet/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRatchet, type Ended, type Given } from "./run-ratchet.fixture.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));

let directory: string;
let server: RunningServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-cli-data-"));
  server = await startServer({ directory: join(directory, "data"), port: 0, log: openLog("silent") });
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

/** A command that asks the running server. */
const ratchet = (args: readonly string[], given: Given = {}): Promise<Ended> =>
  runRatchet([...args, "--url", server.url], given);

/** What a command that went well printed. */
async function said(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await ratchet(args);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${err}`);
  return out;
}

async function documentOf(...args: readonly string[]): Promise<unknown> {
  return JSON.parse(await said(...args, "--json"));
}

async function report(key: string, signals: readonly object[]): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  const body = JSON.stringify({ signals });
  return (await fetch(`${server.url}/v1/signals`, { method: "POST", headers, body })).status;
}

describe("ratchet sources and signals", { timeout: 180_000 }, () => {
  it("changes a key while the old one still holds, tells both apart, and ends it at once where asked", async () => {
    const old = ROUTES.createSource.response.parse(await documentOf("sources", "create", "app", "--kind", "api")).key;
    const rotated = await said("sources", "rotate", "app", "--overlap", "2h");
    const key = /rk_live_[\w-]+/u.exec(rotated)?.[0] ?? "";
    expect(rotated).toContain(`The key before it, …${old.slice(-4)}, holds until `);
    const listed = await said("sources", "list");
    expect(listed).toContain(`…${key.slice(-4)}, …${old.slice(-4)} until `);
    const visit = (id: string) => [{ message_id: id, type: "visit", unit_id: "acme", value: 1250, currency: "EUR" }];
    expect([await report(old, visit("v-1")), await report(key, visit("v-2"))]).toEqual([200, 200]);
    expect(await said("sources", "rotate", "app", "--overlap", "0")).toContain("No other key holds.");
    expect([await report(old, visit("v-3")), await report(key, visit("v-3"))]).toEqual([401, 401]);
    expect(await said("sources", "requests", "unknown key")).toContain("no source in use has the key that was sent");
  });

  it("lists what was understood, page by page", async () => {
    const table = await said("signals", "list", "--source", "app", "--limit", "1");
    expect(table).toMatch(/visit\s+acme\s+app\s+v-2\s+1,250 EUR/u);
    const cursor = /--cursor (\S+)/u.exec(table)?.[1] ?? "";
    const next = await documentOf("signals", "list", "--source", "app", "--limit", "1", "--cursor", cursor);
    expect(next).toMatchObject({ signals: [{ message_id: "v-1" }], next_cursor: null });
    expect(await said("signals", "list", "--type", "nothing_such")).toBe("No signal fits.\n");
    expect(await ratchet(["signals", "--since", "yesterday"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("/since must be a time with its zone"),
    });
  });

  it("takes a vendor's secret where nobody else sees it, and says so where somebody does", async () => {
    const create = ["sources", "create", "outreach-eu", "--kind", "webhook", "--vendor", "outreach"];
    const made = await ratchet([...create, "--secret", "-"], { stdin: "the first secret, long\n" });
    expect(made).toMatchObject({ code: 0, err: "", out: expect.stringContaining("/hooks/outreach/outreach-eu") });
    const given = await ratchet(["sources", "rotate", "outreach-eu", "--secret-env", "NEW_SECRET"], {
      env: { NEW_SECRET: "the second secret, too" },
    });
    expect(given).toMatchObject({ code: 0, err: "", out: expect.stringContaining("The secret before it, …long,") });
    const call = async (secret: string): Promise<number> => {
      const body = JSON.stringify({ data: { type: "mailing", id: 9 }, meta: { eventName: "mailing.other" } });
      const signature = createHmac("sha256", secret).update(body).digest("hex");
      const headers = { "outreach-webhook-signature": signature };
      return (await fetch(`${server.url}/hooks/outreach/outreach-eu`, { method: "POST", headers, body })).status;
    };
    expect([await call("the first secret, long"), await call("the second secret, too")]).toEqual([200, 200]);
    const seen = await ratchet(["sources", "set", "outreach-eu", "--secret", "in the open"]);
    expect(seen).toMatchObject({ code: 0, err: expect.stringContaining("others on this machine can read a secret") });
    expect([await call("in the open"), await call("the second secret, too")]).toEqual([200, 401]);
  });

  it("says what is wrong, and what to do", async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["sources", "rotate", "nobody"], 'there is no source "nobody"'],
      [["sources", "rotate", "app", "--overlap", "soon"], "It must be a duration such as 30m, 24h or 7d, or 0."],
      [["sources", "rotate", "app", "--overlap", "31d"], "must be 30d at the longest"],
      [["sources", "rotate", "app", "--secret", "-"], "standard input is empty"],
      [["sources", "rotate", "app", "--secret-env", "NO_SUCH_THING"], "NO_SUCH_THING is not set"],
      [["sources", "rotate", "app", "--secret-env", "A", "--secret", "-"], "not from both"],
      [["sources", "enable", "nobody"], "ratchet sources list names those there are"],
    ];
    const answers = await Promise.all(wrong.map(([args]) => ratchet(args)));
    for (const [i, [, sentence]] of wrong.entries())
      expect(answers[i]).toMatchObject({ code: 1, out: "", err: expect.stringContaining(sentence) });
  });

  it("checks settings before they are set, by line and column, and sets those of a vendor's source", async () => {
    const [good, bad] = [join(EXAMPLES, "source-settings", "hubspot.yaml"), join(directory, "bad.yaml")];
    await writeFile(bad, "currency: euros\npipelines: 7\n");
    expect((await runRatchet(["sources", "check", good])).out).toContain("the settings are sound");
    const faults = await runRatchet(["sources", "check", bad]);
    expect(faults.code).toBe(1);
    expect(faults.err).toMatch(/bad\.yaml:1:\d+.*\n.*bad\.yaml:2:\d+/u);
    expect(await said("sources", "set", "outreach-eu", "--settings", good)).toContain("ratchet quarantine replay");
    expect(await ratchet(["sources", "set", "app", "--settings", good])).toMatchObject({
      code: 1,
      err: expect.stringContaining("only a source of kind webhook has settings"),
    });
  });

  it("refuses a disabled source's messages until it is enabled, with the key that it has", async () => {
    const { key } = ROUTES.rotateSourceKey.response.parse(await documentOf("sources", "rotate", "app"));
    expect(await said("sources", "disable", "app")).toContain("app is refused from now on");
    expect(await report(key, [{ message_id: "d-1", type: "visit", unit_id: "acme" }])).toBe(401);
    expect(await said("sources", "rotate", "app")).toContain("ratchet sources enable app");
    expect(await said("sources", "enable", "app")).toContain("app may send again");
    expect(await report(key, [{ message_id: "d-1", type: "visit", unit_id: "acme" }])).toBe(200);
  });
});

describe("ratchet people, matching and health", { timeout: 180_000 }, () => {
  it("lifts a suppression that was a mistake, with a name and a reason", async () => {
    const by = ["--by", "person:owner"];
    await said("people", "suppress", "bo@example.com", ...by);
    expect(await said("people", "allowed", "bo@example.com")).toMatch(/^No: suppression\.manual since/u);
    expect(await ratchet(["people", "lift", "bo@example.com", ...by])).toMatchObject({
      code: 1,
      err: expect.stringContaining("--reason"),
    });
    const lifted = await said("people", "lift", "bo@example.com", ...by, "--reason", "the wrong person");
    expect(lifted).toContain("Lifted. Nothing that was recorded refuses now.");
    expect(await said("people", "allowed", "bo@example.com")).toContain("Yes");
  });

  it("matches leads by a team's rules, and names the fault of rules that are none", async () => {
    expect(await said("matching")).toContain("0 leads, 0 rules");
    expect(await said("matching", "set", join(EXAMPLES, "matching.yaml"))).toContain("0 leads, 3 rules");
    const bad = join(directory, "rules.yaml");
    await writeFile(bad, "api_version: ratchet.matching/v1\nrules: [{ id: a, when: {}, account: x }]\n");
    expect(await ratchet(["matching", "set", bad])).toMatchObject({ code: 1, err: expect.stringContaining("when") });
    expect(await ratchet(["matching", "set", join(directory, "none.yaml")])).toMatchObject({
      code: 1,
      err: expect.stringContaining("there is no file"),
    });
  });

  it("says how the data are, what is wrong, and that there is no such incident", async () => {
    expect(await said("health", "--check")).toMatch(/as of \d{4}-\d\d-\d\d \d\d:\d\d; open incidents: 0/u);
    expect(await said("health", "--all")).toContain("freshness");
    expect(await said("incidents")).toBe("No incident is open.\n");
    expect(await said("incidents", "list", "--all")).toBe("There was never an incident.\n");
    const resolve = ["incidents", "resolve", "inc_0123456789ab", "--by", "person:owner", "--reason", "holiday"];
    expect(await ratchet(resolve)).toMatchObject({
      code: 1,
      err: expect.stringContaining("ratchet incidents list --all names those there were"),
    });
  });

  it("says what waits to be read, and that no model reads yet", async () => {
    expect(await said("reviews")).toBe("Nothing waits to be read.\n");
    expect(await said("labels")).toContain("No text has been read yet, so there is no model.");
    expect(await ratchet(["reviews", "label", "7", "outcome", "--by", "person:ada"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("Write question=label, such as outcome=interested"),
    });
  });
});
