import { describe, expect, it } from "vitest";
import { hasData, NEEDS_DATA, readRows } from "./public-data.fixture.ts";

const FILE = "bpi2012_loan_funnel/bpi2012_cases_started_2011.csv.gz";
const DAY_MS = 86_400_000;

describe.skipIf(!hasData(FILE))(`BPI 2012: loan offers and when they were accepted ${NEEDS_DATA}`, () => {
  const cases = new Map<string, { sent?: number; accepted?: number }>();
  for (const row of hasData(FILE) ? readRows(FILE) : []) {
    const name = row.text("concept:name");
    if (name !== "O_SENT" && name !== "O_ACCEPTED") continue;
    const one = cases.get(row.text("case_id")) ?? {};
    const time = Date.parse(row.text("time:timestamp")) / DAY_MS;
    if (name === "O_SENT") one.sent = Math.min(one.sent ?? Infinity, time);
    else one.accepted = Math.min(one.accepted ?? Infinity, time);
    cases.set(row.text("case_id"), one);
  }
  const lags = [...cases.values()].flatMap(({ sent, accepted }) =>
    sent === undefined || accepted === undefined ? [] : [accepted - sent],
  );

  it("takes a median of 14 days from the first offer to acceptance, 28 for the slowest tenth", () => {
    const sorted = lags.toSorted((a, b) => a - b);
    const quantile = (p: number): number => sorted[Math.floor(p * (sorted.length - 1))] ?? NaN;
    // The catalogue: days 8, 14, 28 and 50 at 10, 50, 90 and 99 %, of all cases; this file has those that started in 2011.
    expect(Math.abs(quantile(0.1) - 8)).toBeLessThan(1);
    expect(Math.abs(quantile(0.5) - 14)).toBeLessThan(1);
    expect(Math.abs(quantile(0.9) - 28)).toBeLessThan(2);
    expect(Math.abs(quantile(0.99) - 50)).toBeLessThan(5);
    // A report that closes an offer after two weeks would miss half of what comes.
    expect(lags.filter((lag) => lag > 14).length / lags.length).toBeGreaterThan(0.45);
  });
});
