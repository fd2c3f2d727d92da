import { describe, expect, it } from "vitest";
import { actorId, ENGINE, metricId } from "../ids.ts";
import { DAY_MS, instant, later } from "../time.ts";
import {
  blockingIncidents,
  evolveIncident,
  excludedTimes,
  incidentsKnownAt,
  type Incident,
  type IncidentEvent,
} from "./incident.ts";
import { fine, finding, noData, type DataReading, type Looked, type Severity } from "./reading.ts";
import { stepIncidents, type GoodLooks, type IncidentStep } from "./step-incidents.ts";

const now = instant(Date.UTC(2026, 5, 1));
const looked: Looked = { check: "freshness", key: "freshness crm", source: "crm", subject: "crm" };
const meetings = metricId("meetings");
const replies = metricId("replies");

function bad(severity: Severity): DataReading {
  const [figures, examples] = [{}, []];
  return finding(looked, {
    severity,
    sentence: "silent",
    metrics: [meetings],
    from: later(now, -DAY_MS),
    figures,
    examples,
    fix: "",
  });
}
const good = fine(looked, "sends");

const NONE: GoodLooks = new Map();

/** Looks every half hour, and what became of it. */
function look(
  readings: readonly DataReading[],
  from: readonly Incident[] = [],
): { readonly incidents: readonly Incident[]; readonly kinds: readonly string[] } {
  let incidents = new Map(from.map((incident) => [incident.id, incident]));
  let looks = NONE;
  const kinds: string[] = [];
  readings.forEach((reading, i) => {
    const at = later(now, i * 1_800_000);
    const step: IncidentStep = stepIncidents({
      incidents: [...incidents.values()],
      readings: [reading],
      good: looks,
      now: at,
    });
    looks = step.good;
    for (const event of step.events) {
      kinds.push(`${i} ${event.kind}`);
      incidents = new Map(incidents).set(
        event.incidentId,
        evolveIncident(incidents.get(event.incidentId) ?? null, event, at),
      );
    }
  });
  return { incidents: [...incidents.values()], kinds };
}

function explained(incident: Incident, at = now): Incident {
  const event: IncidentEvent = {
    kind: "incident.resolved",
    incidentId: incident.id,
    how: "explained",
    by: actorId("person:owner"),
    reason: "company holiday",
    to: at,
  };
  return evolveIncident(incident, event, at);
}

describe("stepIncidents", () => {
  it("opens at the first warning, says nothing more while it lasts, escalates once, and never grows milder", () => {
    const { kinds, incidents } = look([bad("info"), bad("warning"), bad("warning"), bad("critical"), bad("warning")]);
    expect(kinds).toEqual(["1 incident.opened", "3 incident.escalated"]);
    expect(incidents).toMatchObject([{ severity: "critical", from: later(now, -DAY_MS), end: null }]);
  });

  it("resolves after three good looks over an hour, until when the first of them was taken", () => {
    const { kinds, incidents } = look([bad("warning"), good, good, good]);
    expect(kinds).toEqual(["0 incident.opened", "3 incident.resolved"]);
    expect(incidents[0]?.end).toMatchObject({ how: "recovered", by: ENGINE, to: later(now, 1_800_000) });
  });

  it("is one incident however it flickers, and no look that cannot tell is a good one", () => {
    expect(look([bad("warning"), good, good, bad("warning"), good, good]).kinds).toEqual(["0 incident.opened"]);
    const blind = noData(looked, "nothing to go by");
    expect(look([bad("warning"), blind, blind, blind, blind]).kinds).toEqual(["0 incident.opened"]);
    expect(look([bad("warning"), good, blind, good, good]).kinds).toEqual(["0 incident.opened", "4 incident.resolved"]);
  });

  it("leaves alone what a person explained, for eight weeks and unless it grows worse", () => {
    const [warned] = look([bad("warning")]).incidents.map((incident) => explained(incident));
    if (warned === undefined) throw new Error("no incident");
    expect(look([bad("warning")], [warned]).kinds).toEqual([]);
    expect(look([bad("critical")], [warned]).kinds).toEqual(["0 incident.opened"]);
    expect(look([bad("warning")], [explained(warnedAnew(warned), later(now, -57 * DAY_MS))]).kinds).toEqual([
      "0 incident.opened",
    ]);
  });

  it("opens at most fifty at once", () => {
    const readings = Array.from({ length: 60 }, (_, i) => ({ ...bad("warning"), key: `freshness ${i}` }));
    expect(stepIncidents({ incidents: [], readings, good: NONE, now }).events).toHaveLength(50);
  });
});

function warnedAnew(incident: Incident): Incident {
  return { ...incident, end: null };
}

describe("what an incident blocks", () => {
  const [critical] = look([bad("critical")]).incidents;
  const [warning] = look([bad("warning")]).incidents;
  if (critical === undefined || warning === undefined) throw new Error("no incident");

  it("is learning from the metrics that it touches, while it is open and critical", () => {
    expect(blockingIncidents([critical, warning], [meetings, replies])).toEqual([critical]);
    expect(blockingIncidents([critical], [replies])).toEqual([]);
    expect(blockingIncidents([{ ...critical, metrics: "all" }], [replies])).toHaveLength(1);
    expect(blockingIncidents([explained(critical)], [meetings])).toEqual([]);
  });

  it("is its time, once it is over by itself; a person who explains it gives the time back", () => {
    const over = look([bad("critical"), good, good, good]).incidents;
    expect(excludedTimes(over, meetings)).toEqual([{ from: later(now, -DAY_MS), to: later(now, 1_800_000) }]);
    expect(excludedTimes(over, replies)).toEqual([]);
    expect(
      excludedTimes(
        over.map((incident) => explained(incident)),
        meetings,
      ),
    ).toEqual([]);
    expect(excludedTimes([warning], meetings)).toEqual([]);
  });

  it("is as it stood then where results are asked for as known at a time", () => {
    const { openedAt } = critical;
    expect(incidentsKnownAt([critical], later(openedAt, -1))).toEqual([]);
    expect(incidentsKnownAt([critical], openedAt)).toEqual([critical]);
    const over = { ...explained(critical), openedAt };
    const end = over.end?.at ?? openedAt;
    expect(incidentsKnownAt([over], end)).toEqual([over]);
    expect(incidentsKnownAt([over], later(end, -1))).toEqual(end > openedAt ? [critical] : []);
    const worse = { ...critical, escalatedAt: later(openedAt, 5) };
    expect(incidentsKnownAt([worse], later(openedAt, 4))).toEqual([]);
    expect(incidentsKnownAt([worse], later(openedAt, 5))).toEqual([worse]);
  });

  it("cannot end twice, nor grow worse when it is over", () => {
    const over = explained(critical);
    expect(() => explained(over)).toThrow("over already");
    expect(() =>
      evolveIncident(
        over,
        {
          kind: "incident.escalated",
          incidentId: over.id,
          severity: "critical",
          sentence: "",
          metrics: "all",
          from: now,
        },
        now,
      ),
    ).toThrow("is over");
    expect(() =>
      evolveIncident(
        null,
        {
          kind: "incident.escalated",
          incidentId: "inc_x",
          severity: "critical",
          sentence: "",
          metrics: "all",
          from: now,
        },
        now,
      ),
    ).toThrow("no incident");
  });
});
