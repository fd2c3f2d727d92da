import { describe, expect, it } from "vitest";
import type { Decision } from "../decisions/decision.ts";
import { changeId, unitId } from "../ids.ts";
import { instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import { decisionItem, exampleDecision, START_MS } from "./example-facts.contract.ts";

/** Units that were seen in several cohorts of one change. */
export function specifyExposure(subject: Subject): void {
  describe("multiple exposure", () => {
    const source = "exposed";
    const change = changeId("chg_exposed");
    const made = (id: string, unit: string, told: Partial<Decision>) =>
      decisionItem(
        exampleDecision(source, `${source} ${id}`, {
          point: "exposing",
          unitId: unitId(`${source} ${unit}`),
          changeId: change,
          rolloutShare: 0.1,
          decidedAt: instant(START_MS),
          ...told,
        }),
      );
    const query = { source, point: "exposing", changeId: change, until: instant(START_MS + 10) };

    it("tells units in two cohorts at one share from those that a rising share moved, and counts each once", async () => {
      await subject.load([
        made("1", "steady", { cohort: "control" }),
        made("2", "steady", { cohort: "control" }),
        made("3", "moved", { cohort: "control" }),
        made("4", "moved", { cohort: "candidate", rolloutShare: 0.5 }),
        made("5", "merged", { cohort: "control" }),
        made("6", "merged", { cohort: "candidate" }),
        made("7", "merged", { cohort: "holdout" }),
        // Another change's, another point's, another source's, later.
        made("8", "steady", { cohort: "candidate", changeId: changeId("chg_other") }),
        made("9", "steady", { cohort: "candidate", point: "elsewhere" }),
        made("10", "steady", { cohort: "candidate", source: "exposed:test" }),
        made("11", "steady", { cohort: "candidate", decidedAt: instant(START_MS + 11) }),
      ]);
      expect(await subject.store.multipleExposure(query)).toEqual({ units: 3, atOneShare: 1, overall: 2 });
      const later = { ...query, until: instant(START_MS + 11) };
      expect(await subject.store.multipleExposure(later)).toEqual({ units: 3, atOneShare: 2, overall: 3 });
    });

    it("is nobody where the change has no decision", async () => {
      const none = { units: 0, atOneShare: 0, overall: 0 };
      expect(await subject.store.multipleExposure({ ...query, changeId: changeId("chg_never") })).toEqual(none);
    });
  });
}
