import { describe, expect, it } from "vitest";
import { DAY_MS, later } from "../time.ts";
import { checkData } from "./check-data.ts";
import { BEGINNING, Company, HOLIDAYS, HOUR_MS, type Hour, type Trouble } from "./company.fixture.ts";
import { evolveIncident, type Incident } from "./incident.ts";
import type { DataCheck } from "./reading.ts";
import { stepIncidents, type GoodLooks } from "./step-incidents.ts";

/** `RATCHET_LONG_TESTS=1` looks more often, and lives ten healthy years in place of one. */
const LONG = process.env["RATCHET_LONG_TESTS"] === "1";

interface Looks {
  readonly from: number;
  readonly to: number;
  readonly everyHours: number;
}

/** Looks at a company again and again, opens and resolves incidents, and gives them all. */
function live(company: Company, { from, to, everyHours }: Looks): readonly Incident[] {
  const incidents = new Map<string, Incident>();
  let good: GoodLooks = new Map();
  for (let hour = from; hour < to; hour += everyHours) {
    const troubled = [...incidents.values()].map(({ end, ...incident }) => ({ ...incident, to: end?.to ?? null }));
    const question = company.questionAt(hour, { troubled });
    const readings = checkData(question);
    const step = stepIncidents({ incidents: [...incidents.values()], readings, good, now: question.now });
    good = step.good;
    for (const event of step.events)
      incidents.set(event.incidentId, evolveIncident(incidents.get(event.incidentId) ?? null, event, question.now));
  }
  return [...incidents.values()];
}

describe("a healthy company", () => {
  const YEAR = 365 * 24;
  const START = 56 * 24;

  it("opens nothing critical in a year, and warns only of the quiet of public holidays", { timeout: 600_000 }, () => {
    const seeds = LONG ? [11, 12, 13, 14, 15, 16, 17, 18, 19, 20] : [11];
    for (const seed of seeds) {
      const looks = { from: START, to: START + YEAR, everyHours: LONG ? 3 : 12 };
      const incidents = live(new Company(56 + 365, seed), looks);
      expect(incidents.filter(({ severity }) => severity === "critical")).toEqual([]);
      // A holiday is seen as silence when its first hours are over, or as little on the day after.
      const isOfHoliday = ({ openedAt, check }: Incident): boolean =>
        (check === "freshness" || check === "volume") &&
        HOLIDAYS.some((d) => openedAt - BEGINNING >= d * DAY_MS && openedAt - BEGINNING <= (d + 3) * DAY_MS);
      expect(incidents.filter(isOfHoliday).length).toBeLessThanOrEqual(3 * HOLIDAYS.length);
      // By the stated rates about one in ten years; two in one year would be one in two hundred years.
      expect(incidents.filter((incident) => !isOfHoliday(incident)).length).toBeLessThanOrEqual(1);
      expect(incidents.filter(({ end }) => end === null)).toEqual([]);
    }
  });

  it("knows nothing, and says so, where the history is too short for a rhythm", () => {
    const readings = checkData(new Company(12, 3).questionAt(12 * 24));
    expect(new Set(readings.filter(({ check }) => check === "freshness").map(({ kind }) => kind))).toEqual(
      new Set(["no-data"]),
    );
    expect(new Set(readings.filter(({ check }) => check === "volume").map(({ kind }) => kind))).toEqual(
      new Set(["no-data"]),
    );
  });
});

describe("what goes wrong is found", { timeout: 120_000 }, () => {
  const DAYS = 165;
  /** A Tuesday, at noon. */
  const STRUCK = 155 * 24 + 12;
  const struckAt = later(BEGINNING, STRUCK * HOUR_MS);
  const since = (change: (hour: Hour) => Hour): Trouble => ({
    hour: (hour) => (hour.at >= struckAt ? change(hour) : hour),
  });

  /** Hours from the trouble until a check opens an incident, and until that is critical; null: never. */
  function found(
    trouble: Trouble,
    check: DataCheck,
  ): { readonly opened: number | null; readonly critical: number | null } {
    const looks = { from: STRUCK - 24, to: DAYS * 24, everyHours: LONG ? 1 : 3 };
    const incidents = live(new Company(DAYS, 5, trouble), looks).filter((incident) => incident.check === check);
    const hours = (at: number | undefined): number | null => (at === undefined ? null : (at - struckAt) / HOUR_MS);
    const critical = incidents.find(({ severity }) => severity === "critical");
    return {
      opened: hours(incidents[0]?.openedAt),
      critical: hours(critical?.escalatedAt ?? critical?.openedAt),
    };
  }

  const silence = (source: string): Trouble => since((hour) => (hour.source === source ? { ...hour, n: 0 } : hour));

  it("an outage: a busy source within a day (sooner where no holiday stretched its rhythm), void within three of its days; a nightly file after the second that is missing", () => {
    const crm = found(silence("crm"), "freshness");
    expect(crm.opened).toBeLessThanOrEqual(24);
    expect(crm.critical).toBeLessThanOrEqual(72);
    expect(found(silence("mail"), "freshness").opened).toBeLessThanOrEqual(6);
    expect(found(silence("warehouse"), "freshness").opened).toBeLessThanOrEqual(48);
  });

  it("a renamed stage within two days, a renamed type that a metric counts within a week", () => {
    const renamed = since((hour) => {
      const { demo = 0, ...rest } = hour.values;
      return { ...hour, values: demo === 0 ? rest : { ...rest, presentation: demo } };
    });
    expect(found(renamed, "definition-drift").opened).toBeLessThanOrEqual(60);
    const retyped = since((hour) => (hour.type === "meeting_held" ? { ...hour, type: "meeting_done" } : hour));
    expect(found(retyped, "definition-drift").critical).toBeLessThanOrEqual(7 * 24 + 12);
  });

  it("a doubled feed on the same day", () => {
    const doubled = since((hour) => (hour.source === "mail" ? { ...hour, n: 2 * hour.n, duplicates: hour.n } : hour));
    expect(found(doubled, "duplicates").critical).toBeLessThanOrEqual(12);
  });

  it("a clock that is three hours ahead, a bot storm and a held-up queue when the day is over", () => {
    expect(
      found(
        since((hour) => ({ ...hour, ahead: hour.n })),
        "clock-skew",
      ).opened,
    ).toBeLessThanOrEqual(12);
    const storm = since((hour) =>
      hour.type === "clicked"
        ? { ...hour, n: 3 * hour.n, judged: 3 * hour.n, machine: 2 * hour.n + hour.machine }
        : hour,
    );
    expect(found(storm, "machine-share").opened).toBeLessThanOrEqual(12);
    expect(
      found(
        since((hour) => ({ ...hour, late: Math.round(hour.n / 2) })),
        "late-arrivals",
      ).opened,
    ).toBeLessThanOrEqual(12);
  });

  it("a lost persona when the next day is over, and voids, since segments are cut by it", () => {
    const lost: Trouble = {
      day: (day) => (day.day >= struckAt ? { ...day, withoutPersona: day.n, holdoutWithout: day.holdout } : day),
    };
    expect(found(lost, "missing-context").critical).toBeLessThanOrEqual(36);
  });

  it("units of one cohort that are kept out of the record, in ten days, however long all was well before", () => {
    const kept: Trouble = {
      day: (day) => (day.day >= struckAt ? { ...day, holdout: Math.round(day.holdout / 4) } : day),
    };
    expect(found(kept, "cohort-ratio").critical).toBeLessThanOrEqual(10 * 24);
  });
});

it(
  "an incident lasts as long as its cause: what has become usual during it is not taken for good",
  { timeout: 120_000 },
  () => {
    const struck = 155 * 24;
    const struckAt = later(BEGINNING, struck * HOUR_MS);
    const company = new Company(230, 7, {
      day: (day) => (day.day >= struckAt ? { ...day, withoutPersona: day.n, holdoutWithout: day.holdout } : day),
      hour: (hour) => (hour.at >= struckAt && hour.type === "meeting_held" ? { ...hour, n: 0 } : hour),
    });
    const incidents = live(company, { from: struck, to: 230 * 24, everyHours: 24 });
    const lasting = incidents.filter(({ end }) => end === null).map(({ check }) => check);
    expect(lasting.toSorted()).toEqual(["definition-drift", "missing-context"]);
  },
);
