import {
  actionId,
  actorId,
  changeId,
  digestOf,
  decisionId,
  instant,
  metricId,
  parseAmount,
  unitId,
  type InboxItem,
  type LedgerDraft,
  type ReviewVerdict,
  type Signal,
} from "@ratchet/engine";
import { WEBHOOK_EVENTS } from "@ratchet/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyOf, itemHappening, ledgerHappening } from "./happening.ts";

const AT = instant(Date.UTC(2026, 2, 1));
const STANDING = { changes: new Map(), incidents: new Map() };
const change = { changeId: changeId("chg_1") };
const digest = digestOf("bytes");

const typeOf = (body: LedgerDraft["body"]): string | null => {
  const entry = { seq: 7, at: AT, actor: actorId("person:ann@example.com"), previous: digest, hash: digest, body };
  return ledgerHappening(entry, STANDING)?.type ?? null;
};
const reviewed = (kind: ReviewVerdict["kind"]): LedgerDraft["body"] => ({
  ...change,
  kind: "change.reviewed",
  policyVersion: 1,
  verdict: { kind, tier: "T1", score: 1, approvers: [{ role: "manager", count: 1 }], findings: [] },
});
const incident = { incidentId: "inc_1", sentence: "s", metrics: "all", from: AT, severity: "warning" } as const;

describe("an entry of the ledger", () => {
  it.each([
    [reviewed("needs_approval"), "change.proposed"],
    [reviewed("automatic"), "change.proposed"],
    // Nobody's verdict is awaited: it is rejected.
    [reviewed("forbidden"), null],
    [{ ...change, kind: "change.approved" }, "change.approved"],
    [{ ...change, kind: "change.rejected", by: actorId("p"), reason: "no", decisions: 0 }, "change.rejected"],
    [{ ...change, kind: "change.expired", reason: "too late" }, "change.expired"],
    [{ ...change, kind: "change.promoted", playbookVersion: 2, playbook: digest, evidence: digest }, "change.promoted"],
    [{ ...change, kind: "change.rolled_back" }, "change.rolled_back"],
    [{ ...change, kind: "change.held", reason: "r" }, null],
    [{ kind: "incident.opened", key: "k", check: "freshness", source: null, ...incident }, "incident.opened"],
    [{ kind: "incident.escalated", ...incident }, "incident.escalated"],
    [
      { kind: "incident.resolved", incidentId: "inc_1", how: "recovered", by: actorId("engine"), reason: "r", to: AT },
      "incident.resolved",
    ],
    [{ kind: "person.erased", erasure: "e", texts: 1, rows: 1 }, null],
    [{ kind: "workspace.created", salt: "secret" }, null],
  ] as const satisfies readonly (readonly [LedgerDraft["body"], string | null])[])("%j means %s", (body, type) => {
    expect(typeOf(body)).toBe(type);
  });
});

const signal: Signal = {
  source: "crm",
  messageId: "m-1",
  type: "meeting_held",
  unitId: unitId("u-1"),
  decisionId: decisionId("dec_abc"),
  value: null,
  occurredAt: AT,
  receivedAt: AT,
};
const item = (told: Partial<Signal> = {}, source = "crm"): InboxItem => ({
  kind: "signal",
  source,
  messageId: "m-1",
  signal: { ...signal, ...told, source },
});
const counted = (): readonly string[] => [metricId("meetings")];

describe("an item of the inbox", () => {
  it("is an outcome where a metric counts it, and none where it was imported", () => {
    expect(itemHappening(item(), counted)?.type).toBe("outcome.recorded");
    expect(itemHappening(item(), () => [])).toBeNull();
    expect(itemHappening(item({}, "import:crm"), counted)).toBeNull();
  });

  it("says which decision only by an id of ours: one that a sender made may be a name", () => {
    const told = (id: string) => itemHappening(item({ decisionId: decisionId(id) }), counted)?.data["decision_id"];
    expect(told("dec_0abc")).toBe("dec_0abc");
    expect(told("ann@example.com")).toBeNull();
    expect(told("dec_Ann Example")).toBeNull();
  });

  it("says what an amount is in units", () => {
    const value = parseAmount(12.5);
    if (value.kind === "err") throw new Error("unreachable");
    expect(itemHappening(item({ value: value.value }), counted)?.data["value"]).toBe(12.5);
  });
});

describe("a body", () => {
  const name = fc
    .string({ unit: "binary", minLength: 1, maxLength: 100 })
    .filter((text) => text.trim() !== "" && !/\p{Cc}/u.test(text));

  it("stays below 20 KB, whatever names it is made of", () => {
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 40 }), name, (id, metrics, action) => {
        const outcome = itemHappening(item({ type: id }, id), () => metrics);
        const override: InboxItem = {
          kind: "execution",
          source: id,
          messageId: "m",
          execution: {
            source: id,
            messageId: "m",
            decisionId: decisionId("dec_1"),
            report: { kind: "overridden", by: actorId(id), reason: "other", didInstead: actionId(action) },
            occurredAt: AT,
            receivedAt: AT,
          },
        };
        const told = [outcome, itemHappening(override, counted)].flatMap((one) => one ?? []);
        expect(Math.max(0, ...told.map((one) => Buffer.byteLength(bodyOf(one))))).toBeLessThan(20_000);
      }),
    );
  });

  it("holds no address and no telephone number, wherever one was put", () => {
    fc.assert(
      fc.property(fc.constantFrom("ann.example@acme.com", "+49 151 2345678", "ANN@ACME.COM"), (who) => {
        const told = itemHappening(
          item({ type: who, unitId: unitId(who), decisionId: decisionId(who), messageId: who }, who),
          counted,
        );
        expect(told === null ? "" : bodyOf(told)).not.toMatch(/acme|2345678/iu);
      }),
    );
  });

  it("names its event, when it happened, and nothing beside the data", () => {
    const told = itemHappening(item(), counted);
    if (told === null) throw new Error("unreachable");
    const body = JSON.parse(bodyOf(told));
    expect(Object.keys(body)).toEqual(["type", "timestamp", "data"]);
    expect(body.timestamp).toBe("2026-03-01T00:00:00.000Z");
    expect(WEBHOOK_EVENTS).toContain(body.type);
  });
});
