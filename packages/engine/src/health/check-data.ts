import { checkCohortMissingness, checkCohortRatio } from "./cohort-checks.ts";
import type { DataQuestion } from "./data-question.ts";
import { checkDefinitions } from "./definition-drift.ts";
import { checkFaults } from "./fault-checks.ts";
import { checkFreshness } from "./freshness.ts";
import { checkMissingContext } from "./missing-context.ts";
import { DATA_CHECKS, type DataReading } from "./reading.ts";
import { checkLateArrivals, checkMachineShare, checkOrphans } from "./shift-checks.ts";
import { checkClocks, checkIdentities, checkLabels } from "./told-checks.ts";
import { checkVolume } from "./volume.ts";

/**
 * Every check on everything, in the order of `DATA_CHECKS`.
 *
 * Looking often does no harm: a check judges closed days (each once), one silence (once, however long it is watched), counts of what
 * cannot be (no chance in them), or keeps evidence that holds at every look (cohorts). So the number of tests a year is known, and a
 * source in order raises about one false warning in twenty years and hardly ever a critical one.
 */
export function checkData(question: DataQuestion): readonly DataReading[] {
  const readings = [
    ...checkFreshness(question),
    ...checkVolume(question),
    ...checkMissingContext(question),
    ...checkFaults(question),
    ...checkOrphans(question),
    ...checkIdentities(question),
    ...checkClocks(question),
    ...checkLateArrivals(question),
    ...checkDefinitions(question),
    ...checkCohortRatio(question),
    ...checkCohortMissingness(question),
    ...checkMachineShare(question),
    ...checkLabels(question),
  ];
  return DATA_CHECKS.flatMap((check) => readings.filter((reading) => reading.check === check));
}
