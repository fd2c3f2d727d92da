/** What agents may do, said as one day of an agent that works leads. */
import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/client";
import { actorId, projectInbox, runCycle, verifyLedger } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPlaybook, loadPolicy } from "../documents/load-documents.ts";
import { ask, context, dayOfTraffic, open, OWNER, pass, send, setUp } from "../memory-app.fixture.ts";
import { agentClient, tell } from "./agent-client.fixture.ts";

const EXAMPLE = new URL("../../../../examples/gtm/", import.meta.url);

const known = (i: number) => ({
  region: ["EMEA", "APAC", "NA"][i % 3] ?? "NA",
  employees: 50 * (1 + (i % 20)),
  visits_30d: i % 9,
  visited_pricing: i % 4 === 0,
  replied_before: i % 7 === 0,
  industry: "software",
  time_zone: "Europe/Berlin",
  open_opportunity: false,
  owner: null,
});

let agent: Client;

/** A workspace of the five example levers, its cohorts the same in every run. Simulated time is noon on a Monday: within hours. */
async function openExample(): Promise<void> {
  await open();
  const policy = await loadPolicy(fileURLToPath(new URL("policy.yaml", EXAMPLE)));
  const levers = await loadPlaybook(fileURLToPath(new URL("playbook.yaml", EXAMPLE)));
  const playbook = { version: 1, changeId: null, parent: null, ...levers };
  await context.workspace.current().create({ salt: "salt", policy, playbook, createdBy: actorId(OWNER) });
  pass(36 * 3_600_000);
  agent = await agentClient();
}

describe("an agent that works leads", () => {
  beforeAll(openExample);

  it("is told what the server is for, and finds each tool with its schemas and hints", async () => {
    expect(agent.getInstructions()).toContain("Ask get_decision before contacting a lead");
    const { tools } = await agent.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "get_decision",
      "next_leads",
      "check_contact_allowed",
      "report_outcome",
      "report_override",
      "explain_decision",
      "get_results",
      "list_proposals",
      "propose_change",
      "request_handoff",
    ]);
    for (const { title, description, inputSchema, outputSchema, annotations } of tools) {
      expect(title).toMatch(/^[A-Z]/u);
      expect(description?.length).toBeGreaterThan(40);
      expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
      expect(outputSchema).toMatchObject({ type: "object" });
      expect(annotations).toMatchObject({ destructiveHint: false, idempotentHint: true, openWorldHint: false });
    }
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint === true).map(({ name }) => name)).toEqual([
      "next_leads",
      "check_contact_allowed",
      "explain_decision",
      "get_results",
      "list_proposals",
    ]);
  });

  it("takes the leads that were ranked last, the likeliest first, of its team, until somebody works them", async () => {
    expect(await tell(agent, "next_leads")).toMatchObject({
      said: expect.stringContaining("Nothing was ranked lately"),
    });
    const units = Array.from({ length: 60 }, (_, i) => ({ unit_id: `account-${i}`, context: known(i) }));
    const { ranked } = await ask(ROUTES.rank, { body: { point: "priority", units } });
    const inOrder = ranked.filter(({ band }) => band !== null).map(({ unit_id }) => unit_id);
    const { data } = await tell(agent, "next_leads", { limit: 5 });
    expect(data).toMatchObject({ ranked: 60, leads: inOrder.slice(0, 5).map((lead_id) => ({ lead_id })) });
    await send("POST", "/v1/decisions", { units, points: ["routing"] });
    const { data: field } = await tell(agent, "next_leads", { limit: 60, team: "field_sales" });
    const routed = await ask(ROUTES.decisions, { query: "?limit=500" });
    const theirs = routed.decisions.filter(({ action }) => action === "field_sales").map(({ unit_id }) => unit_id);
    expect(field["leads"]).toEqual(
      inOrder.filter((unit) => theirs.includes(unit)).map((lead_id) => expect.objectContaining({ lead_id })),
    );
    const first = ranked[0];
    await ask(ROUTES.executions, {
      body: { executions: [{ kind: "worked", decision_id: first?.decision_id, message_id: "w1" }] },
    });
    const { data: later } = await tell(agent, "next_leads", { limit: 1 });
    expect(later["leads"]).toMatchObject([{ lead_id: inOrder[1] }]);
    expect(await tell(agent, "next_leads", { team: "night_shift" })).toMatchObject({
      isError: true,
      said: expect.stringContaining("the teams are inside_sales, field_sales, partner"),
    });
  });

  it("asks what to do: the same question is the same decision, and the holdout is told to do its default", async () => {
    const cohorts = new Map<unknown, Readonly<Record<string, unknown>>>();
    for (let i = 0; i < 80; i++) {
      const question = { lead_id: `account-${i}`, decision_point: "content", context: known(i) };
      const { data } = await tell(agent, "get_decision", question);
      cohorts.set(data["cohort"], data);
    }
    const question = { lead_id: "account-0", decision_point: "content", context: known(0) };
    const { data } = await tell(agent, "get_decision", question);
    expect((await tell(agent, "get_decision", question)).data).toEqual(data);
    expect(cohorts.get("holdout")).toMatchObject({ action: "do_default", default_action: "case_study", holdout: true });
    expect(cohorts.get("business-as-usual")).toMatchObject({ action: "do_default", default_action: null });
    const control = cohorts.get("control");
    expect(control).toMatchObject({ default_action: null, withheld: null, mode: "live", playbook_version: 1 });
    expect(control?.["why"]).not.toEqual([]);
    // The window of the lever, seven days, from the last whole one.
    expect(Date.parse(String(control?.["expires_at"])) % (7 * 86_400_000)).toBe(0);
  });

  it("asks whether a lead may be contacted: by opt-outs, caps and hours, and the rule that says no", async () => {
    const asked = { lead_id: "account-900", channel: "email", context: known(1) };
    // At noon on Monday in Berlin nothing forbids it; the timing lever's messages go out on the next weekday at 09:30.
    expect((await tell(agent, "check_contact_allowed", asked)).data).toMatchObject({
      allowed: true,
      checked: "all_rules",
      not_before: "2026-03-03T08:30:00.000Z",
    });
    expect((await tell(agent, "check_contact_allowed", { ...asked, context: {} })).data).toMatchObject({
      allowed: false,
    });
    const open_opportunity = { ...known(1), open_opportunity: true };
    expect((await tell(agent, "check_contact_allowed", { ...asked, context: open_opportunity })).data).toMatchObject({
      allowed: false,
      rule: "open-opportunity",
    });
    expect((await tell(agent, "check_contact_allowed", { ...asked, channel: "phone" })).data).toMatchObject({
      allowed: true,
      checked: "opt_outs_only",
    });
    await ask(ROUTES.suppress, {
      body: { person: "account-900", basis: "unsubscribed", source: "mailer", message_id: "u1" },
    });
    expect((await tell(agent, "check_contact_allowed", asked)).data).toMatchObject({
      allowed: false,
      rule: "suppression.unsubscribed",
    });
    expect(
      (await tell(agent, "get_decision", { lead_id: "account-900", decision_point: "content", context: known(1) }))
        .data,
    ).toMatchObject({ action: "no_message" });
  });

  it("reports what came of a decision, once, and hears what is missing", async () => {
    const { data } = await tell(agent, "get_decision", {
      lead_id: "account-7",
      decision_point: "content",
      context: known(7),
    });
    const { decision_id } = data;
    const told = { decision_id, type: "meeting_booked", note: "They want to see the calculator" };
    expect((await tell(agent, "report_outcome", told)).data).toEqual({
      recorded: true,
      counts_for: ["meeting_booked"],
      too_late_for: [],
      missing: null,
    });
    expect((await tell(agent, "report_outcome", told)).data).toMatchObject({ recorded: false });
    await projectInbox(context.stores, { maxItems: 20_000, maxSegments: 10 });
    const signals = await context.stores.facts.signals({ type: "meeting_booked", limit: 10 });
    expect(signals).toMatchObject([{ source: "mcp", decisionId: decision_id, unitId: "account-7" }]);
    expect((await tell(agent, "report_outcome", { decision_id, type: "smiled" })).data).toMatchObject({
      recorded: true,
      missing: "no metric counts this type; metrics count meeting_booked, unsubscribed",
    });
    pass(20 * 86_400_000);
    expect((await tell(agent, "report_outcome", { decision_id, type: "unsubscribed" })).data).toMatchObject({
      too_late_for: ["unsubscribed"],
    });
    expect(await tell(agent, "report_outcome", { decision_id: "dec_none", type: "replied" })).toEqual({
      isError: true,
      data: {},
      said: "there is no decision of this id; use the decision_id that get_decision or next_leads gave you (decision.not_found)",
    });
  });

  it("reports that it did something else, for a reason of the list", async () => {
    const { data } = await tell(agent, "get_decision", {
      lead_id: "account-8",
      decision_point: "content",
      context: known(8),
    });
    const told = { decision_id: data["decision_id"], did_instead: "call", reason: "asked_by_customer" };
    expect((await tell(agent, "report_override", told)).data).toEqual({ recorded: true });
    expect((await tell(agent, "report_override", told)).data).toEqual({ recorded: false });
    expect(await tell(agent, "report_override", { ...told, did_instead: "visit" })).toMatchObject({ isError: true });
    expect(await tell(agent, "report_override", { ...told, reason: "a whim" })).toMatchObject({
      isError: true,
      said: expect.stringContaining("wrong_person"),
    });
    expect((await ask(ROUTES.overrides)).reasons).toContainEqual({ reason: "asked_by_customer", count: 1 });
    const { data: why } = await tell(agent, "explain_decision", { decision_id: data["decision_id"] });
    expect(why).toMatchObject({ state: "overridden", default_action: data["default_action"], why: data["why"] });
    expect(why["what_would_have_changed_it"]).toMatch(/^(?:Had|With|No single change)/u);
    const { contents } = await agent.readResource({ uri: `ratchet://decisions/${String(data["decision_id"])}` });
    const [content] = contents;
    expect(content !== undefined && "text" in content ? JSON.parse(content.text) : null).toEqual(why);
  });

  it("hands a lead to a person: the lever decides, and is overridden in the agent's name where it would not have", async () => {
    const hot = { ...known(0), visits_30d: 8, visited_pricing: true, replied_before: true, source: "inbound" };
    const asked = { reason: "asked_by_customer", summary: "They asked for somebody to walk through the contract with" };
    const answers = [];
    for (let i = 0; i < 12; i++)
      answers.push(
        (await tell(agent, "request_handoff", { ...asked, lead_id: `hot-${i}`, context: i < 6 ? hot : known(1) })).data,
      );
    expect(answers.every(({ accepted }) => accepted === true)).toBe(true);
    expect(new Set(answers.map(({ agrees }) => agrees))).toEqual(new Set([true, false]));
    for (const { decision_id, agrees } of answers) {
      const { executions } = await ask(ROUTES.decision, { parameters: { decision_id: String(decision_id) } });
      expect(executions).toMatchObject([
        agrees === true
          ? { kind: "delivered", source: "mcp" }
          : { kind: "overridden", by: "agent:local", did_instead: "hand_to_sales", reason: "asked_by_customer" },
      ]);
    }
    const again = { ...asked, lead_id: "hot-0", context: hot };
    expect((await tell(agent, "request_handoff", again)).data).toMatchObject({
      decision_id: answers[0]?.["decision_id"],
    });
    await projectInbox(context.stores, { maxItems: 20_000, maxSegments: 10 });
    expect(await context.stores.facts.signals({ type: "handoff_requested", limit: 100 })).toHaveLength(12);
  });

  it("does not hand over what a rule of the team forbids", async () => {
    const school = { ...known(1), industry: "education", employees: 10 };
    const asked = {
      lead_id: "school-1",
      reason: "other",
      summary: "The head teacher would like to talk to somebody",
      context: school,
    };
    const { data } = await tell(agent, "request_handoff", asked);
    expect(data).toMatchObject({ accepted: false, rule: "rule:no-students" });
    const { executions } = await ask(ROUTES.decision, { parameters: { decision_id: String(data["decision_id"]) } });
    expect(executions).toEqual([]);
  });

  it("reads the policy and the limits, without who is in which role", async () => {
    const read = async (uri: string): Promise<string> => {
      const [content] = (await agent.readResource({ uri })).contents;
      return content !== undefined && "text" in content ? content.text : "";
    };
    expect(JSON.parse(await read("ratchet://policy/current"))).toMatchObject({
      id: "outbound",
      objective: "meeting_booked",
      roles: { "revenue-approver": 2 },
    });
    expect(JSON.parse(await read("ratchet://limits"))).toMatchObject({
      levers: [{ lever: "prioritisation", max_step: 0.2 }, {}, {}, { limits: { partner: { min: 0, max: 0.2 } } }, {}],
    });
    expect(await read("ratchet://policy/current")).not.toContain("person:");
    await expect(agent.readResource({ uri: "ratchet://cycles/1/report" })).rejects.toThrow(/has not ended/u);
    const { prompts } = await agent.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      "before_contacting_a_lead",
      "weekly_review",
      "explain_to_a_sales_manager",
    ]);
    const { messages } = await agent.getPrompt({
      name: "before_contacting_a_lead",
      arguments: { lead_id: "lead-1", channel: "email" },
    });
    expect(JSON.stringify(messages)).toContain("check_contact_allowed");
  });

  it("hears in a sentence what it did wrong, and what to do", async () => {
    const wrong = await tell(agent, "get_decision", { lead_id: "a", decision_point: "mood" });
    expect(wrong).toMatchObject({ isError: true, said: expect.stringContaining("known points: priority, timing") });
    expect(await tell(agent, "get_decision", { decision_point: "content" })).toMatchObject({
      isError: true,
      said: expect.stringContaining("lead_id"),
    });
    expect(await tell(agent, "next_leads", { limit: 1000 })).toMatchObject({ isError: true });
  });
});

describe("an agent that looks at the loop", () => {
  beforeAll(async () => {
    await open();
    await setUp();
    agent = await agentClient();
  });

  it("repeats verdicts in their words, and proposes what people then rule on", async () => {
    expect((await tell(agent, "propose_change", WISH)).data).toMatchObject({
      proposed: false,
      verdict: "needs_approval",
    });
    await dayOfTraffic(0, 60);
    await runCycle(context.workspace.current());
    const { said, data: results } = await tell(agent, "get_results");
    expect(results).toMatchObject({ metric: "reply", baseline: "plain", comparisons: [{ action: "story" }] });
    expect(said).toContain(`Verdict: ${String(results["verdict"])}.`);
    const { data } = await tell(agent, "propose_change", WISH);
    expect(data).toMatchObject({
      verdict: "needs_approval",
      proposed: true,
      status: "pending",
      tier: "T1",
      approvers: [{ role: "lever-owner", count: 1 }],
    });
    expect((await tell(agent, "propose_change", WISH)).data).toMatchObject({
      change_id: data["change_id"],
      proposed: true,
    });
    expect((await tell(agent, "list_proposals")).data).toMatchObject({
      proposals: [{ change_id: data["change_id"], status: "pending", proposed_by: "agent", expected: null }],
    });
    const { contents } = await agent.readResource({ uri: "ratchet://cycles/1/report" });
    expect(JSON.stringify(contents)).toContain("content");
    const other = { ...WISH, patch: { lever: "content", set: { plain: 0.3, story: 0.7 } } };
    expect((await tell(agent, "propose_change", other)).data).toMatchObject({
      verdict: "forbidden",
      proposed: false,
      rules: [{ rule: "one-at-a-time", outcome: "forbidden" }, ...Array.from({ length: 7 }, () => ({ outcome: "ok" }))],
    });
    expect(
      await tell(agent, "propose_change", { ...WISH, patch: { lever: "content", set: { plain: 0.9 } } }),
    ).toMatchObject({
      isError: true,
      said: expect.stringContaining("add up to"),
    });
    expect(verifyLedger(await context.stores.state.ledger({})).kind).toBe("whole");
  });
});

const WISH = {
  patch: { lever: "content", set: { plain: 0.4, story: 0.6 } },
  reason: "Three sellers say that stories open doors",
};
