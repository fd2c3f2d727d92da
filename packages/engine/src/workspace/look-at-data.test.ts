import { describe, expect, it } from "vitest";
import { actorId, ENGINE, metricId } from "../ids.ts";
import { BO } from "../loop-examples.contract.ts";
import { later } from "../time.ts";
import { explainIncident, lookAtData, type DataLook } from "./look-at-data.ts";
import { runCycle } from "./run-cycle.ts";
import { exampleWorkspace, traffic, week, type ExampleWorkspace, type World } from "./workspace-examples.contract.ts";
import { Workspace } from "./workspace.ts";

const HOUR_MS = 3_600_000;
const storyWins: World = (action) => ({ meeting: action === "story" ? 0.3 : 0.15 });

/** The CRM's feed connected twice: every meeting of the last traffic under a second message id. */
async function doubledFeed(example: ExampleWorkspace, units: number, world: World): Promise<void> {
  await traffic(example, units, world);
  await runCycle(example.workspace);
  const now = example.stores.clock();
  const heard = await example.stores.facts.signals({ type: "meeting_booked", limit: 100_000 });
  await example.workspace.receive(
    heard.map((signal) => ({ ...signal, messageId: `${signal.messageId} again`, receivedAt: now })),
  );
  example.setClock(later(now, 1));
}

async function lookUntil(example: ExampleWorkspace, looks: number): Promise<DataLook> {
  let look: DataLook | null = null;
  for (let i = 0; i < looks; i++) {
    look = await lookAtData(example.workspace, { good: look?.good ?? new Map(), identities: null });
    example.setClock(later(example.stores.clock(), HOUR_MS));
  }
  if (look === null) throw new Error("at least one look");
  return look;
}

describe("a critical incident", () => {
  it("blocks learning from what it touches, says so in the evidence, and lets go when a person explains it", async () => {
    const example = await exampleWorkspace();
    await doubledFeed(example, 500, storyWins);
    const look = await lookUntil(example, 1);
    expect(look.events.map(({ kind }) => kind)).toEqual(["incident.opened"]);
    const [incident] = example.workspace.view.incidents.values();
    if (incident === undefined) throw new Error("an incident was opened");
    expect(incident).toMatchObject({ check: "duplicates", severity: "critical", source: "crm", metrics: ["meeting"] });

    const [blocked] = await week(example, 1500, storyWins);
    expect(blocked?.snapshot.health).toContainEqual(expect.objectContaining({ check: "data-incident", state: "red" }));
    expect(blocked?.snapshot.programme.verdict.word).toBe("cannot trust yet");
    expect(blocked?.proposed).toBeNull();

    const answer = await explainIncident(example.workspace, {
      incidentId: incident.id,
      by: BO,
      reason: "a replay, on purpose",
    });
    expect(answer).toMatchObject({ kind: "explained", incident: { end: { by: BO, reason: "a replay, on purpose" } } });
    expect((await lookUntil(example, 1)).events).toEqual([]);
    const [free] = await week(example, 1500, storyWins);
    expect(free?.snapshot.health).toContainEqual(expect.objectContaining({ check: "data-incident", state: "green" }));
    expect(free?.proposed).not.toBeNull();

    const reopened = await Workspace.open(example.stores);
    expect([...reopened.view.incidents.values()]).toEqual([...example.workspace.view.incidents.values()]);
  });

  it("that is over leaves its time out of what it touched, until a person explains it", async () => {
    const example = await exampleWorkspace();
    const [first] = await week(example, 600, storyWins);
    const from = example.stores.clock();
    const opened = {
      kind: "incident.opened",
      incidentId: "inc_1",
      key: "volume crm",
      check: "volume",
      source: "crm",
      severity: "critical",
      sentence: "the feed was cut",
      metrics: ["meeting"].map(metricId),
      from,
    } as const;
    await week(example, 600, storyWins);
    const to = example.stores.clock();
    const over = {
      kind: "incident.resolved",
      incidentId: "inc_1",
      how: "recovered",
      by: ENGINE,
      reason: "usual again",
      to,
    } as const;
    await example.workspace.append(
      [opened, over].map((body) => ({ at: to, actor: ENGINE, body })),
      [],
    );
    example.setClock(later(to, 30 * 24 * HOUR_MS));
    const third = (await runCycle(example.workspace)).reports[0];
    expect(third?.snapshot.decisions).toBe(first?.snapshot.decisions);
    expect(third?.snapshot.health).toContainEqual(
      expect.objectContaining({ check: "data-incident", sentence: "the time of one incident is left out" }),
    );
    await explainIncident(example.workspace, { incidentId: "inc_1", by: BO, reason: "the feed had kept everything" });
    const fourth = (await runCycle(example.workspace)).reports[0];
    expect(fourth?.snapshot.decisions).toBe(1200);
  });

  it("is explained once, by name", async () => {
    const example = await exampleWorkspace();
    const by = actorId("person:kim");
    expect(await explainIncident(example.workspace, { incidentId: "inc_none", by, reason: "x" })).toMatchObject({
      kind: "refused",
      reason: "not-found",
    });
  });
});
