import { readFileSync } from "node:fs";
import { eligibilityCheck, FIRST_DAY, actionId, instant, unitId } from "@ratchet/engine";
import { describe, expect, it } from "vitest";
import { parseYaml } from "./load-yaml.ts";
import { policyFromDocument } from "./policy-from-document.ts";
import { policySchema } from "./policy-schema.ts";

const page = readFileSync(new URL("../../../../docs/reference/eligibility.md", import.meta.url), "utf8");
const [, rules = ""] = /```yaml eligibility\n([\s\S]*?)```/u.exec(page) ?? [];

/** A policy of three levers, without rules. */
const POLICY = `
api_version: ratchet.policy/v1
kind: AdaptationPolicy
metadata: {id: emails, version: 1, title: E-mails}
metrics: [{id: reply, kind: conversion, window: 14d, direction: increase, minimum_effect: 0.01}]
objective: reply
levers:
${["content: [none, short, call]", "timing: [now, morning]", "routing: [emea, americas]"]
  .map((told) => told.split(": "))
  .map(
    ([id, allowed = ""]) =>
      `  - {id: ${id}, baseline: ${/\w+/u.exec(allowed)?.[0]}, allowed: ${allowed}, range: {min: 0, max: 1}, max_step: 1,` +
      " cooldown: 0s, sensitivity: 0.3, reversibility: instant, compliance: none}",
  )
  .join("\n")}
guardrails: []
exploration: {start: 0.1, floor: 0.1, settled_floor: 0.05}
holdout: {share: 0.1}
rollout: {steps: [0.1, 0.9], min_units_per_step: 200, min_time_per_step: 30m, max_cycles: 6, promote_requires: {lower_bound_lift_above: 0, alpha: 0.05}}
measure: {tuned_for_units: 2000}
propose: {confidence: 0.9}
impact:
  reversibility: {instant: 1, within_day: 1.5, external_per_contact: 2.5, irreversible: 4}
  compliance: {none: 1, contact_timing: 1.5, contact_frequency: 1.5, personal_data: 2.5, price: 2.5, legal_effect: 4}
  novelty: {known: 1, novel: 1.5}
  normaliser: 24
  tiers: {T0: 3, T1: 12, T2: 35}
approvals: {T0: {approvers: []}, T1: {approvers: []}, T2: {approvers: []}, T3: {approvers: []}, valid_for: 7d}
roles: {}
`;
const parsed = (text: string) => parseYaml(`${POLICY}\n${text}`, { file: "policy.yaml", schema: policySchema });
const faults = (change: (text: string) => string): readonly string[] => {
  const changed = change(rules);
  if (changed === rules) throw new Error("nothing was changed");
  const answer = parsed(changed);
  return answer.kind === "ok" ? [] : answer.error.map(({ path, message }) => `${path}: ${message}`);
};

describe("docs/reference/eligibility.md", () => {
  it("shows rules that are right, and do what it says", () => {
    const answer = parsed(rules);
    expect(answer.kind === "err" ? answer.error : []).toEqual([]);
    if (answer.kind === "err") return;
    const { eligibility } = policyFromDocument(answer.value);
    if (eligibility === undefined) throw new Error("the page has rules");
    const left = (context: object, iso: string, lever = "content", actions = ["none", "short", "call"]) =>
      eligibilityCheck(eligibility, FIRST_DAY).rule({
        lever,
        point: lever,
        unitId: unitId("acme"),
        context: { open_opportunity: false, employees: 200, owner: null, ...context },
        candidates: actions.map(actionId),
        now: instant(Date.parse(iso)),
      }).remaining;
    // A Wednesday. Consent is required for calls, and there is none.
    expect(left({ time_zone: "Europe/Berlin" }, "2026-07-01T09:00:00Z")).toEqual(["none", "short"]);
    expect(left({ time_zone: "Europe/Berlin" }, "2026-07-01T18:00:00Z")).toEqual(["none"]);
    expect(left({ country: "US" }, "2026-07-01T09:00:00Z")).toEqual(["none"]);
    expect(left({ time_zone: "Europe/Berlin", open_opportunity: true }, "2026-07-01T09:00:00Z")).toEqual(["none"]);
    const queues = ["emea", "americas"];
    expect(left({ owner: "ann" }, "2026-07-01T09:00:00Z", "routing", queues)).toEqual(["emea"]);
    expect(left({}, "2026-07-01T13:30:00Z", "routing", queues)).toEqual(["emea", "americas"]);
  });
  it("explains every key", () => {
    const shape = policySchema.shape.eligibility.unwrap().shape;
    expect(Object.keys(shape).filter((key) => !page.includes(`\n| \`${key}`))).toEqual([]);
  });
});

describe("rules that cannot be meant", () => {
  it.each<[string, (text: string) => string, RegExp]>([
    [
      "a zone that there is not",
      (t) => t.replace("Europe/Berlin", "Europe/Belrin"),
      /queues\.0\.zone: there is no time zone "Europe\/Belrin"/u,
    ],
    [
      "a lever that there is not",
      (t) => t.replace("levers: [content]", "levers: [contnet]"),
      /open_opportunity\.levers\.0: there is no lever "contnet"/u,
    ],
    [
      "an action of which nothing is said",
      (t) => t.replace("      none: nothing\n", ""),
      /effects\.content: it is not said what "none" does/u,
    ],
    [
      "a queue that there is not",
      (t) => t.replace("assign: emea", "assign: apac"),
      /effects\.routing\.emea\.assign: there is no queue "apac"/u,
    ],
    [
      "a window of no time",
      (t) => t.replace('to: "20:00"', 'to: "09:00"'),
      /contact_hours\.all: from 09:00 to 09:00 is no time at all/u,
    ],
    [
      "a time of day outside the contact hours",
      (t) => t.replace('at: "09:30"', 'at: "22:30"'),
      /effects\.timing\.morning: it could never go out/u,
    ],
    [
      "a cap on a channel that nobody uses",
      (t) => t.replace("channel: email, per", "channel: fax, per"),
      /caps\.0\.channel: it caps nothing/u,
    ],
    [
      "a condition that does not read",
      (t) => t.replace("context.employees >= 50", "context.employees >="),
      /rules\.0\.when: /u,
    ],
    [
      "a condition that may run long",
      (t) => t.replace("context.employees >= 50", "[1, 2].all(x, x > 0)"),
      /rules\.0\.when: "all" is not among what a rule may call/u,
    ],
    [
      "a condition that can never hold",
      (t) => t.replace("context.employees >= 50", "context.employees >= 50 && context.employees < 10"),
      /rules\.0\.when: it can never hold: context\.employees < 10/u,
    ],
    ["a key that there is not", (t) => t.replace("max: 3", "max: 3, maximum: 4"), /caps\.0\.maximum: unknown key/u],
    [
      "two rules of one name",
      (t) => t.replace("id: account-daily", "id: email-weekly"),
      /caps\.1\.id: "email-weekly" is there twice/u,
    ],
  ])("%s", (_, change, fault) => {
    const found = faults(change);
    if (!found.some((one) => fault.test(one))) throw new Error(`found only:\n${found.join("\n")}`);
    expect(found.length).toBeGreaterThan(0);
  });
});
