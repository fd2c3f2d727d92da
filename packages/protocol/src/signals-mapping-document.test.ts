import { describe, expect, it } from "vitest";
import { issuesOf } from "./issues.ts";
import { signalsMappingDocumentSchema } from "./signals-mapping-document.ts";

const map = {
  api_version: "ratchet.signals/v1",
  name: "crm-deals",
  at: "changed_at",
  person: { user_id: "contact" },
  signals: [{ type: "opportunity_won" }],
};

function messages(change: Readonly<Record<string, unknown>>): readonly string[] {
  const written: unknown = JSON.parse(JSON.stringify({ ...map, ...change }));
  const parsed = signalsMappingDocumentSchema.safeParse(written);
  return parsed.success ? [] : issuesOf(parsed.error).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("a map of signals", () => {
  it("needs little: what happened, when, and to whom", () => {
    expect(messages({})).toEqual([]);
  });

  it("lets a signal have its own time and its own person", () => {
    const own = { type: "meeting_held", at: { column: "held_at", optional: true }, account: { domain: "domain" } };
    expect(messages({ at: undefined, person: undefined, signals: [own] })).toEqual([]);
  });

  it("refuses a signal without a time, about nobody, or with a currency of nothing", () => {
    expect(messages({ at: undefined })).toEqual([
      "signals.0: there is no time; give this signal an `at`, or the whole map",
    ]);
    expect(messages({ person: {} })).toEqual([
      "signals.0: it is about nobody; name a person, an account or a decision here, or for the whole map",
    ]);
    expect(messages({ signals: [{ type: "opportunity_won", currency: "currency" }] })).toEqual([
      "signals.0.currency: a currency needs a `value`",
    ]);
  });

  it("refuses a condition that asks nothing, where it stands", () => {
    expect(messages({ signals: [{ type: "sent", when: { column: "state" } }] })).toEqual([
      "signals.0.when: say which rows: add in, not_in or filled",
    ]);
    const two = [{ column: "a", filled: true }, { column: "b" }];
    expect(messages({ signals: [{ type: "sent", when: two }] })).toEqual([
      "signals.0.when.1: say which rows: add in, not_in or filled",
    ]);
  });

  it("refuses a lookup outside the imported file's folder, and two of one name", () => {
    const lookup = { id: "deal", file: "deals.csv", key: "id", from: "deal_id" };
    expect(messages({ lookups: [lookup] })).toEqual([]);
    for (const file of ["../deals.csv", "/etc/passwd", "sub/deals.csv", "..\\deals.csv"])
      expect(messages({ lookups: [{ ...lookup, file }] })).toEqual([
        expect.stringMatching(/^lookups\.0\.file: .*without a path/u),
      ]);
    expect(messages({ lookups: [lookup, lookup] })).toEqual(['lookups.1.id: lookup "deal" is defined twice']);
  });

  it("refuses keys that it does not know, types that are no words, and an outcome that stands nowhere", () => {
    expect(messages({ signal: [] })).toEqual([expect.stringContaining("signal")]);
    expect(messages({ signals: [{ type: "Deal Won" }] })).toHaveLength(1);
    expect(messages({ population: { unit: "id", outcome: { pending: ["open"] } } })).toEqual([
      "population.outcome: say where the outcome stands: a column, the time in `at`, or both",
    ]);
  });
});
