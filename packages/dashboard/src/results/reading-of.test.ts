import { describe, expect, it } from "vitest";
import { RESULTS } from "../testing/results-fixture.ts";
import { readingOf } from "./reading-of.ts";

const meetings = RESULTS.metrics.find(({ metric }) => metric === "meeting_held");
const reading = (action: string): string => {
  const row = meetings?.actions.find((one) => one.action === action);
  if (meetings === undefined || row === undefined) throw new Error(`no fixture for ${action}`);
  return readingOf(row, meetings);
};

describe("a row in words", () => {
  it("gives the interval that holds however often one looks, nearest end first", () => {
    expect(reading("ROI calculator")).toBe("1.4 to 6.9 more in meeting held per 100 units than No message.");
    expect(reading("Discount offer")).toBe("0.5 to 6.4 less in meeting held per 100 units than No message.");
  });
  it("gives the server's reason where the interval does not tell", () => {
    expect(reading("Product tour")).toBe("Product tour may be better or worse than No message.");
  });
});
