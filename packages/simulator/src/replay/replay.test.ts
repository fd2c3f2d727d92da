import { mersenneRng } from "@ratchet/stats";
import type { LoggedRow } from "@ratchet/engine";
import { describe, expect, it } from "vitest";
import { drawLog, OFFER, replayOf, STORY } from "./log-example.contract.ts";
import type { ReplayInput } from "./replay-input.ts";
import { replay, type ReplayCycle } from "./replay.ts";
import type { ReplaySummary } from "./summarise.ts";

async function run(
  input: ReplayInput,
): Promise<{ readonly cycles: readonly ReplayCycle[]; readonly summary: ReplaySummary }> {
  const cycles: ReplayCycle[] = [];
  const events = replay(input);
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { cycles, summary: next.value };
    cycles.push(next.value);
  }
}

const planted = drawLog(mersenneRng(7), { rows: 9000, rate: (action) => (action === STORY ? 0.35 : 0.15) });

/** Segments by whether a lead is busy. */
const bySegment = { lever: { ...replayOf(planted.slice(0, 1)).lever, segmentBy: [{ field: "busy" }] } };

describe("a replay", () => {
  it("ends on the action that is best in the log, through proposal, approval, rollout and promotion", async () => {
    const { cycles, summary } = await run(replayOf(planted));
    expect(summary.finalPlaybook.segments["all"]?.[STORY]).toBeGreaterThan(0.85);
    expect(summary.bestAction).toBe(STORY);
    expect(summary.promotions.map(({ contradicted }) => contradicted)).toContain(false);
    expect(summary.promotions.map(({ contradicted }) => contradicted)).not.toContain(true);
    expect(summary.finalMinusUniform.kind === "estimate" ? summary.finalMinusUniform.lower : 0).toBeGreaterThan(0);
    expect(cycles.flatMap(({ approvals }) => approvals)[0]).toMatch(/approved by .* as lever-owner$/u);
    // A third of the rows: those on which engine and log agree. Binomial; four standard errors.
    expect(Math.abs(summary.unitsUsed - 3000)).toBeLessThan(4 * Math.sqrt(9000 * (1 / 3) * (2 / 3)));
  });

  it("gives the same events for the same seed, and others for another", async () => {
    const rows = planted.slice(0, 3000);
    const [a, b, c] = [await run(replayOf(rows)), await run(replayOf(rows)), await run(replayOf(rows, { seed: 2 }))];
    expect(JSON.stringify(a)).toBe(JSON.stringify(b));
    expect(JSON.stringify(a)).not.toBe(JSON.stringify(c));
  });

  it("changes nothing while nobody approves", async () => {
    const { cycles, summary } = await run(replayOf(planted, { approve: "none" }));
    expect(summary.finalPlaybook.version).toBe(1);
    expect(cycles.some(({ report }) => report.proposed !== null)).toBe(true);
  });

  it("finds what is best in each segment", async () => {
    const rows = drawLog(mersenneRng(3), {
      rows: 12_000,
      rate: (action, busy) => (action === (busy ? OFFER : STORY) ? 0.4 : 0.15),
    });
    const { summary } = await run(replayOf(rows, bySegment));
    expect(summary.finalMinusBestAction?.kind === "estimate" ? summary.finalMinusBestAction.lower : 0).toBeGreaterThan(
      0,
    );
  });

  it("ends a last, shorter cycle with the log, and counts every row", async () => {
    const { cycles, summary } = await run(replayOf(planted.slice(0, 1200)));
    expect(cycles.map(({ rowsRead }) => rowsRead)).toEqual([500, 1000, 1200]);
    expect(summary).toMatchObject({ rowsRead: 1200, cycles: 3 });
  });

  it("refuses a log that was not randomised, and an empty one", async () => {
    const unsaid = planted.slice(0, 5).map((row): LoggedRow => ({ ...row, propensity: null }));
    await expect(run(replayOf(unsaid, { leastPropensity: 0.5 }))).rejects.toThrow(
      "only a randomised log can be replayed",
    );
    await expect(run(replayOf([], { leastPropensity: 0.5 }))).rejects.toThrow("no row that can be replayed");
  });
});

describe("a log with uneven propensities", () => {
  // Busy leads convert at 50 %, others at 10 %, whatever they get; busy ones mostly got the story.
  const chance = (action: string, busy: boolean): number => (action === STORY ? (busy ? 0.8 : 0.1) : busy ? 0.1 : 0.45);
  const rows = drawLog(mersenneRng(11), { rows: 12_000, chance, rate: (_, busy) => (busy ? 0.5 : 0.1) });

  it("is replayed as if every action had been drawn as the playbook says: no action looks better than it is", async () => {
    const { cycles, summary } = await run(replayOf(rows));
    const last = cycles.at(-1)?.report.snapshot;
    for (const { effect } of last?.actions ?? []) {
      if (effect.kind === "refused") throw new Error(effect.message);
      // Truth 0; four standard errors. Without the rejection the story's rate would be 0.45 against 0.14: fifteen of them.
      expect(Math.abs(effect.estimate)).toBeLessThan(4 * effect.standardError);
    }
    expect(summary.promotions).toEqual([]);
    // Every kept row stands for one draw of the playbook: 0.4·0.5 + 0.6·0.1 = 0.26, whatever it drew.
    if (summary.loop.kind === "refused") throw new Error(summary.loop.message);
    expect(Math.abs(summary.loop.value - 0.26)).toBeLessThan(4 * summary.loop.standardError);
  });

  it("values every single action on the whole log without bias", async () => {
    const { summary } = await run(replayOf(rows));
    for (const { value } of summary.actions) {
      if (value.kind === "refused") throw new Error(value.message);
      expect(Math.abs(value.value - 0.26)).toBeLessThan(4 * value.standardError);
    }
  });
});
