import {
  choiceLeverNamed,
  instant,
  isChoiceEdit,
  memoryFactsStore,
  memoryStateStore,
  verifyLedger,
  Workspace,
} from "@ratchet/engine";
import { beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_STORY, sampleCompany } from "./sample-company.ts";
import { simulateCompany, type SimulatedCycle } from "./simulate-company.ts";

interface Told {
  readonly workspace: Workspace;
  readonly cycles: readonly SimulatedCycle[];
}

type Telling = Readonly<Record<keyof typeof SAMPLE_STORY, number>>;

async function tell(endsAt: number, telling: Telling = SAMPLE_STORY): Promise<Told> {
  const stores = { state: memoryStateStore(), facts: memoryFactsStore() };
  const cycles: SimulatedCycle[] = [];
  for await (const cycle of simulateCompany({ world: sampleCompany(), ...stores, endsAt: instant(endsAt), ...telling }))
    cycles.push(cycle);
  return { workspace: await Workspace.open({ ...stores, clock: () => instant(endsAt) }), cycles };
}

describe("the sample company's story", () => {
  let story: Told;
  beforeAll(async () => {
    story = await tell(Date.UTC(2026, 5, 1));
  }, 60_000);

  it("has the harmful offer tried, and undone by the unsubscribe guardrail", () => {
    const offers = [...story.workspace.view.changes.values()].filter(({ status }) => status === "rolled_back");
    expect(offers.map(({ reason }) => reason)).toContainEqual(expect.stringContaining("guardrail unsubscribed"));
    expect(offers[0]?.change.edits.find(isChoiceEdit)?.to["Time-limited offer"]).toBeCloseTo(0.94, 6);
  });

  it("has a good change promoted, which the truth bears out", () => {
    const { workspace } = story;
    const promoted = [...workspace.view.changes.values()].find(({ status }) => status === "promoted");
    expect(promoted).toBeDefined();
    const world = sampleCompany();
    const value = (version: number): number => {
      const lever = choiceLeverNamed(workspace.playbookAt(version), world.lever.name);
      return Object.entries(world.sizes).reduce((sum, [size, share]) => {
        const own = lever.segments[`all/size=${size}`] ?? lever.segments["all"] ?? {};
        return (
          sum +
          world.lever.actions.reduce(
            (s, action) => s + share * (own[action] ?? 0) * world.truth("EMEA", size, action).meeting,
            0,
          )
        );
      }, 0);
    };
    expect(value((promoted?.change.basedOn ?? 0) + 1)).toBeGreaterThan(value(promoted?.change.basedOn ?? 1));
  });

  it("has the offer asked for again, on more than twice the evidence, waiting for the person who looks", () => {
    const waiting = [...story.workspace.view.changes.values()].filter(({ status }) => status === "pending");
    expect(waiting.map(({ change }) => change.edits.find(isChoiceEdit)?.to["Time-limited offer"])).toEqual([
      expect.closeTo(0.94, 6),
    ]);
    expect(waiting[0]?.verdict?.findings.find(({ rule }) => rule === "memory")?.message).toContain(
      "unsubscribed-guard",
    );
  });

  it("is written down whole, one cycle a week", async () => {
    expect(story.cycles.map(({ cycle }) => cycle)).toEqual(
      Array.from({ length: SAMPLE_STORY.cycles }, (_, i) => i + 1),
    );
    expect(story.workspace.view.cycle).toBe(SAMPLE_STORY.cycles);
    expect(verifyLedger(await story.workspace.stores.state.ledger({})).kind).toBe("whole");
  });

  it("is the same on whatever day it is told, and another with another seed", async () => {
    const shorter = { cycles: 6, leadsPerCycle: 400 } as const;
    const words = ({ cycles }: Told): readonly string[] =>
      cycles.flatMap(({ reports }) => reports.map(({ moves, proposal }) => [...moves, proposal].join("; ")));
    const told = { ...SAMPLE_STORY, ...shorter };
    const [spring, autumn] = [await tell(Date.UTC(2026, 3, 1), told), await tell(Date.UTC(2026, 9, 7, 13), told)];
    expect(words(autumn)).toEqual(words(spring));
    expect(words(await tell(Date.UTC(2026, 3, 1), { ...told, seed: 99 }))).not.toEqual(words(spring));
  });
});
