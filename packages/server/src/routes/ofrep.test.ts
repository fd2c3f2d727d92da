/** OFREP as it goes over the wire: what each provider makes of it is in ofrep-providers.test.ts. */
import { readFile } from "node:fs/promises";
import { actorId } from "@ratchet/engine";
import {
  ofrepBulkSchema,
  ofrepFailureSchema,
  ofrepFlagSchema,
  ROUTES,
  type OfrepFailure,
  type OfrepFlag,
} from "@ratchet/protocol";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, context, exampleSeed, open, OWNER, pass, send, setUp } from "../memory-app.fixture.ts";

const FLAGS = "/ofrep/v1/evaluate/flags";
const EXAMPLE = new URL("../../../../examples/gtm/", import.meta.url);
const example = (name: string): Promise<string> => readFile(new URL(name, EXAMPLE), "utf8");
const ACCOUNT = {
  region: "EMEA",
  employees: 700,
  time_zone: "Europe/Berlin",
  source: "inbound",
  industry: "software",
  open_opportunity: false,
};

async function flag(key: string, told: Readonly<Record<string, unknown>>): Promise<OfrepFlag> {
  const response = await send("POST", `${FLAGS}/${key}`, { context: told });
  const body: unknown = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(body));
  return ofrepFlagSchema.parse(body);
}

async function failure(response: Response): Promise<OfrepFailure & { readonly status: number }> {
  return { ...ofrepFailureSchema.parse(await response.json()), status: response.status };
}

async function decided(flagged: OfrepFlag) {
  return ask(ROUTES.decision, { parameters: { decision_id: String(flagged.metadata["decisionId"]) } });
}

describe("the five levers as flags", () => {
  beforeAll(async () => {
    await open();
    await ask(ROUTES.setUp, {
      body: { playbook: await example("playbook.yaml"), policy: await example("policy.yaml") },
    });
  });

  it("have one type of value each, whatever the unit and its cohort: a score a number, a choice a text, a threshold a boolean", async () => {
    const cohorts = new Set<unknown>();
    for (let i = 0; i < 60; i += 1) {
      const told = { ...ACCOUNT, targetingKey: `account-${i}` };
      const [priority, content, handoff] = [
        await flag("gtm.priority", told),
        await flag("gtm.content", told),
        await flag("gtm.handoff", told),
      ];
      cohorts.add(priority.metadata["cohort"]);
      expect([typeof priority.value, typeof content.value, typeof handoff.value]).toEqual([
        "number",
        "string",
        "boolean",
      ]);
      expect(content.value).toBe(content.variant);
      expect(handoff.value).toBe(handoff.variant === "hand_to_sales");
      const { record } = await decided(priority);
      expect(priority.value).toBe(record?.score?.calibrated ?? -1);
    }
    expect(cohorts).toEqual(new Set(["holdout", "business-as-usual", "control"]));
  });

  it("tell units that are only observed to do their own thing, in the word of each type, never what could be taken for an answer", async () => {
    for (let i = 0; ; i += 1) {
      const told = { ...ACCOUNT, targetingKey: `account-${i}` };
      const content = await flag("gtm.content", told);
      if (content.metadata["cohort"] !== "business-as-usual") continue;
      expect(content).toMatchObject({
        value: "do_your_own_thing",
        reason: "DISABLED",
        metadata: { doYourOwnThing: true },
      });
      expect(await flag("gtm.priority", told)).toMatchObject({ value: -1, variant: "do_your_own_thing" });
      expect(await flag("gtm.handoff", told)).toMatchObject({ value: false, variant: "do_your_own_thing" });
      return;
    }
  });

  it("carry what the decision's record says, so that an outcome finds its decision", async () => {
    const routing = await flag("gtm.routing", { ...ACCOUNT, targetingKey: "account-1" });
    const stored = await decided(routing);
    expect(routing.metadata).toMatchObject({
      point: "routing",
      playbookVersion: 1,
      propensity: stored.propensity,
      cohort: stored.cohort,
      holdout: stored.holdout,
      segment: stored.segment,
      why: stored.reasons[0],
    });
    expect(routing.variant).toBe(stored.action);
    expect(routing.reason).toBe(stored.propensity === 1 && !stored.holdout ? "TARGETING_MATCH" : "SPLIT");
    expect(stored.context).toMatchObject(ACCOUNT);
  });

  it("keep names of people out of what is recorded, and obey the opt-out of the address that the context names", async () => {
    pass((24 + 10) * 60 * 60_000); // From a Sunday's midnight to ten on a Monday: mail may go out.
    const told = { ...ACCOUNT, email: "ann@acme.example", nested: { phone: "+49 170 5550199" } };
    const mails = ["case_study", "product_tour", "roi_calculator"];
    const isMail = ({ value }: OfrepFlag): boolean => typeof value === "string" && mails.includes(value);
    let unit = "";
    for (let i = 0; unit === "" && i < 50; i += 1) {
      if (isMail(await flag("gtm.content", { ...told, targetingKey: `mailed-${i}` }))) unit = `mailed-${i}`;
    }
    const suppression = { source: "crm", message_id: "1", person: "ann@acme.example", basis: "unsubscribed" };
    await ask(ROUTES.suppress, { body: suppression });
    const content = await flag("gtm.content", { ...told, targetingKey: unit });
    expect(content).toMatchObject({
      value: "do_nothing",
      reason: "DISABLED",
      metadata: { withheld: expect.any(String) },
    });
    expect(JSON.stringify(await decided(content))).not.toMatch(/ann@|5550199/u);
  });
});

describe("one flag", () => {
  beforeEach(async () => {
    await open();
    await setUp();
  });

  it("is a decision point, with the prefix and without", async () => {
    const [long, bare] = [
      await flag("gtm.content", { targetingKey: "u" }),
      await flag("content", { targetingKey: "u" }),
    ];
    expect([long.key, bare.key]).toEqual(["gtm.content", "content"]);
    expect({ ...bare, key: long.key }).toEqual(long);
  });

  it("is the same decision however often it is evaluated within its window, and a new one after it", async () => {
    const first = await flag("content", { targetingKey: "u", plan: "pro" });
    pass(60 * 60_000);
    expect(await flag("content", { targetingKey: "u", plan: "free" })).toEqual(first);
    const viaRest = ROUTES.decide.response.parse(
      await (await send("POST", "/v1/decisions", { point: "content", unit_id: "u" })).json(),
    );
    expect(viaRest).toMatchObject({ decision_id: first.metadata["decisionId"] });
    pass(24 * 60 * 60_000);
    const next = await flag("content", { targetingKey: "u", plan: "pro" });
    expect(next.metadata["decisionId"]).not.toBe(first.metadata["decisionId"]);
  });

  it("is the same for a day where its lever has no window", async () => {
    await open();
    const { playbook, policy } = exampleSeed();
    const levers = playbook.levers.map((lever) => ({ ...lever, decisionWindowMs: 0 }));
    const createdBy = actorId(OWNER);
    await context.workspace.current().create({ salt: "salt", policy, playbook: { ...playbook, levers }, createdBy });
    const idAfter = async (ms: number) => {
      pass(ms);
      return (await flag("content", { targetingKey: "u" })).metadata["decisionId"];
    };
    const [first, later, tomorrow] = [await idAfter(0), await idAfter(3_600_000), await idAfter(86_400_000)];
    expect(later).toBe(first);
    expect(tomorrow).not.toBe(first);
  });

  it.each([
    [
      "no such flag",
      "gtm.colour",
      { context: { targetingKey: "u" } },
      [404, "FLAG_NOT_FOUND", /"gtm.colour"; the flags are gtm.content/u],
    ],
    [
      "no targetingKey",
      "content",
      { context: { plan: "pro" } },
      [400, "TARGETING_KEY_MISSING", /send the id of the unit/u],
    ],
    ["a blank one", "content", { context: { targetingKey: " " } }, [400, "TARGETING_KEY_MISSING", /targetingKey/u]],
    ["no context", "content", {}, [400, "TARGETING_KEY_MISSING", /targetingKey/u]],
    [
      "one that is no id",
      "content",
      { context: { targetingKey: "u".repeat(201) } },
      [400, "INVALID_CONTEXT", /too long/u],
    ],
    ["a context that is none", "content", { context: [1] }, [400, "INVALID_CONTEXT", /context/u]],
    ["no JSON", "content", "{", [400, "PARSE_ERROR", /not JSON/u]],
  ] as const)("says what is wrong in the protocol's words: %s", async (_, key, body, [status, errorCode, details]) => {
    const answer = await failure(await send("POST", `${FLAGS}/${key}`, body));
    expect(answer).toEqual({ key, status, errorCode, errorDetails: expect.stringMatching(details) });
  });

  it("is not found in a workspace that has not been set up", async () => {
    await open();
    const answer = await failure(await send("POST", `${FLAGS}/gtm.content`, { context: { targetingKey: "u" } }));
    expect(answer).toMatchObject({ status: 404, errorCode: "FLAG_NOT_FOUND", key: "gtm.content" });
  });

  it("fails with a text that providers show, and without a status that stops them, where the store takes nothing", async () => {
    Object.assign(context.stores.state, { acknowledge: () => Promise.reject(new Error("disk full")) });
    const answer = await failure(await send("POST", `${FLAGS}/content`, { context: { targetingKey: "u" } }));
    expect(answer).toMatchObject({ status: 500, errorCode: "GENERAL", key: "content" });
    expect(answer.errorDetails).not.toBe("");
    const all = ofrepBulkSchema.parse(await (await send("POST", FLAGS, { context: { targetingKey: "u" } })).json());
    expect(all.flags.map((one) => ("errorCode" in one ? one.errorCode : null))).toEqual(["GENERAL", "GENERAL"]);
  });

  it("is the baseline, and says so, where the state store cannot be asked and a lease is held", async () => {
    context.workspace.current().holdLease(1000);
    Object.assign(context.stores.state, { acknowledge: () => Promise.reject(new Error("disk full")) });
    const flagged = await flag("content", { targetingKey: "u" });
    expect(flagged).toMatchObject({
      value: "plain",
      reason: "DEFAULT",
      metadata: { fallback: expect.stringContaining("state store") },
    });
  });
});

describe("all flags", () => {
  beforeEach(async () => {
    await open();
    await setUp();
  });

  it("come under both keys, and are the decisions that single evaluations give", async () => {
    const response = await send("POST", FLAGS, { context: { targetingKey: "u" } });
    const { flags, metadata } = ofrepBulkSchema.parse(await response.json());
    expect(flags).toEqual([
      await flag("gtm.content", { targetingKey: "u" }),
      await flag("content", { targetingKey: "u" }),
    ]);
    expect(metadata).toEqual({ playbookVersion: 1 });
  });

  it("are answered with 304 for as long as nothing in them changed", async () => {
    const asked = { context: { targetingKey: "u" } };
    const etag = (await send("POST", FLAGS, asked)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{22}"$/u);
    for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await send("POST", FLAGS, asked, { "if-none-match": sent });
      expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
    }
    const other = await send("POST", FLAGS, { context: { targetingKey: "v" } }, { "if-none-match": etag });
    expect(other.status).toBe(200);
    pass(86_400_000);
    expect((await send("POST", FLAGS, asked, { "if-none-match": etag })).status).toBe(200);
  });

  it("need a targetingKey", async () => {
    const answer = await send("POST", FLAGS, { context: {} });
    expect([answer.status, await answer.json()]).toMatchObject([400, { errorCode: "TARGETING_KEY_MISSING" }]);
  });
});

describe("a page of another origin", () => {
  const origin = { origin: "https://shop.example", "sec-fetch-site": "cross-site" };
  const asked = { context: { targetingKey: "u" } };
  let key: string;
  beforeAll(async () => {
    await open();
    await setUp();
    key = (await ask(ROUTES.createKey, { body: { name: "website", scopes: ["decide"] } })).secret;
  });

  it("is answered with its key, in either header, and may read the ETag", async () => {
    for (const sent of [{ authorization: `Bearer ${key}` }, { "x-api-key": key }]) {
      const answer = await send("POST", FLAGS, asked, { ...origin, ...sent });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      expect(answer.headers.get("access-control-expose-headers")).toContain("ETag");
    }
    const preflight = await send("OPTIONS", FLAGS, undefined, {
      ...origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,if-none-match",
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("if-none-match");
  });

  it("is refused without one, with one that nobody has, and with one that may only send; its owner finds that among the requests", async () => {
    const source = (await ask(ROUTES.createSource, { body: { source_id: "app", kind: "api" } })).key;
    const answers = [
      await send("POST", `${FLAGS}/content`, asked, origin),
      await send("POST", `${FLAGS}/content`, asked, { ...origin, authorization: "Bearer rk_live_nobody" }),
      await send("POST", `${FLAGS}/content`, asked, { ...origin, authorization: `Bearer ${source}` }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403]);
    for (const answer of answers) {
      expect(await answer.json()).toMatchObject({
        key: "content",
        errorCode: "GENERAL",
        errorDetails: expect.any(String),
      });
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    }
    const refused = (of: string) => context.requestLog.latest(of).map(({ route, status }) => [route, status]);
    expect(refused("unknown key")).toEqual([
      ["ofrep", 401],
      ["ofrep", 401],
    ]);
    expect(refused("app")).toEqual([["ofrep", 403]]);
  });
});

it("tests under a test key, whatever is evaluated: nothing learns from it", async () => {
  await open();
  await setUp();
  const body = { name: "staging", scopes: ["decide"], mode: "test" };
  const { secret } = await ask(ROUTES.createKey, { body });
  const headers = { authorization: `Bearer ${secret}` };
  const asked = { context: { targetingKey: "u" } };
  const one = ofrepFlagSchema.parse(await (await send("POST", `${FLAGS}/content`, asked, headers)).json());
  const all = ofrepBulkSchema.parse(await (await send("POST", FLAGS, asked, headers)).json());
  expect(one.metadata).toMatchObject({ mode: "test" });
  expect(all.flags).toContainEqual(one);
  expect((await flag("content", { targetingKey: "u" })).metadata["decisionId"]).not.toBe(one.metadata["decisionId"]);
});

it("tells what was offered from what was taken up", async () => {
  await open();
  await setUp();
  const states: unknown[] = [];
  for (const ask of [
    () => send("POST", FLAGS, { context: { targetingKey: "u" } }),
    () => flag("content", { targetingKey: "u" }),
  ]) {
    await ask();
    states.push((await decided(await flagOfBulk("u"))).execution_state);
  }
  expect(states).toEqual(["offered", "exposed"]);
});

async function flagOfBulk(targetingKey: string): Promise<OfrepFlag> {
  const { flags } = ofrepBulkSchema.parse(await (await send("POST", FLAGS, { context: { targetingKey } })).json());
  return ofrepFlagSchema.parse(flags[0]);
}
