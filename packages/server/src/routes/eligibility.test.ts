import { readFile } from "node:fs/promises";
import { instant, localTime } from "@ratchet/engine";
import { ROUTES, type DecisionRequest } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, send } from "../memory-app.fixture.ts";

const EXAMPLE = new URL("../../../../examples/gtm/", import.meta.url);
const DAY = 86_400_000;

beforeEach(async () => {
  await open();
  const [playbook, policy] = await Promise.all(
    ["playbook.yaml", "policy.yaml"].map((name) => readFile(new URL(name, EXAMPLE), "utf8")),
  );
  if (playbook === undefined || policy === undefined) throw new Error("the example has two documents");
  // Everybody is adapted, so that nobody does their own thing.
  const all = policy.replace("share: 0.1, business_as_usual: 0.05", "share: 0");
  await ask(ROUTES.setUp, { body: { playbook, policy: all } });
});

const decide = async (point: string, told: Partial<DecisionRequest> = {}) => {
  const asked = {
    point,
    unit_id: "acme",
    person: "ann@acme.com",
    context: {
      time_zone: "Asia/Tokyo",
      region: "APAC",
      employees: 90,
      industry: "software",
      open_opportunity: false,
      owner: null,
    },
    ...told,
  };
  const answer = ROUTES.decide.response.parse(await (await send("POST", "/v1/decisions", asked)).json());
  if ("decisions" in answer) throw new Error("one decision was asked for");
  return answer;
};
const rulesOf = async (id: string): Promise<readonly string[]> =>
  (await ask(ROUTES.decision, { parameters: { decision_id: id } })).record?.funnel.map(({ rule }) => rule) ?? [];

describe("the example's rules, over HTTP", () => {
  it("time a contact by the recipient's clock, over two months of decisions", async () => {
    for (let week = 0; week < 9; week += 1) {
      const { send_at: sendAt, action } = await decide("timing");
      if (sendAt === undefined) throw new Error(`"${action}" goes out at no time`);
      const local = localTime("Asia/Tokyo", instant(Date.parse(sendAt)));
      expect(local).toMatchObject({ minuteOfDay: 570 });
      expect(local?.weekday).toBeLessThan(6);
      expect(Date.parse(sendAt)).toBeGreaterThanOrEqual(context.stores.clock());
      pass(7 * DAY + 3_600_000);
    }
  });
  it("cap what one person of a company is sent, whichever unit asks, until it turns out not to have been sent", async () => {
    const sent: string[] = [];
    for (let i = 0; i < 20 && sent.length < 3; i += 1) {
      const { decision_id, action } = await decide("content", { unit_id: `account-${i}` });
      if (action !== "no_message") sent.push(decision_id);
      pass(60_000);
    }
    const capped = await decide("content", { unit_id: "account-20" });
    expect(["no_message", "do_nothing"]).toContain(capped.action);
    expect(await rulesOf(capped.decision_id)).toEqual(["cap:email-weekly"]);
    const [first = ""] = sent;
    await ask(ROUTES.executions, {
      body: { executions: [{ message_id: "e", decision_id: first, kind: "skipped", reason: "out_of_office" }] },
    });
    const again = await decide("content", { unit_id: "account-21" });
    expect(await rulesOf(again.decision_id)).toEqual([]);
  });
  it("give owned accounts to their owner, and keep away from those with an open opportunity", async () => {
    const there = {
      time_zone: "Asia/Tokyo",
      region: "APAC",
      employees: 90,
      industry: "software",
      open_opportunity: true,
    };
    for (let i = 0; i < 10; i += 1) {
      const unit_id = `account-${i}`;
      expect((await decide("routing", { unit_id, context: { ...there, owner: "rep:cy" } })).action).toBe("field_sales");
      expect(["no_message", "do_nothing"]).toContain((await decide("content", { unit_id, context: there })).action);
    }
    const nobodySays = await decide("routing", { unit_id: "account-11", context: there });
    expect([nobodySays.action, nobodySays.propensity]).toEqual(["do_nothing", 1]);
  });
  it("hold an earlier decision back once the person has opted out, and say so on it", async () => {
    const first = await decide("timing");
    await ask(ROUTES.suppress, {
      body: { person: "ann@acme.com", basis: "unsubscribed", channel: "email", source: "mail", message_id: "opt-out" },
    });
    const again = await decide("timing");
    expect(again).toMatchObject({
      decision_id: first.decision_id,
      action: "do_nothing",
      withheld: { rule: "suppression", why: "suppression.unsubscribed on email" },
    });
    const parameters = { decision_id: first.decision_id };
    expect(await ask(ROUTES.decision, { parameters })).toMatchObject({
      action: first.action,
      execution_state: "suppressed",
      executions: [{ source: "engine", reason: "suppression" }],
    });
    expect(await ask(ROUTES.replayDecision, { parameters })).toMatchObject({ same: true });
  });
});
