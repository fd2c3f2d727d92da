import { describe, expect, it } from "vitest";
import { metricId } from "../ids.ts";
import { differenceInWords, metricInWords, rangeInWords, sizeInWords } from "./in-words.ts";

describe("numbers as people say them", () => {
  it("speaks of conversions per 100 units, of amounts per unit", () => {
    expect(differenceInWords({ kind: "conversion" }, 0.0347)).toBe("+3.47 per 100 units");
    expect(differenceInWords({ kind: "value" }, -1406.6)).toBe("−1,410 per unit");
    expect(rangeInWords({ kind: "conversion" }, { lower: -0.0104, upper: 0.0586 })).toBe(
      "−1.04 to +5.86 per 100 units",
    );
    expect(sizeInWords({ kind: "conversion" }, 0.005)).toBe("0.5 per 100 units");
  });

  it("gives nothing no sign", () => {
    expect(differenceInWords({ kind: "value" }, 0)).toBe("0 per unit");
    expect(differenceInWords({ kind: "value" }, -1e-15)).toBe("0 per unit");
  });

  it("reads a metric's id as words", () => {
    expect(metricInWords({ id: metricId("meeting_booked") })).toBe("meeting booked");
  });
});
