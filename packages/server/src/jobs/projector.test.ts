import {
  actionId,
  decide,
  memoryFactsStore,
  memoryStateStore,
  parseUnitId,
  type Decision,
  type FactsStore,
} from "@ratchet/engine";
import { expect, it } from "vitest";
import { context, open, setUp } from "../memory-app.fixture.ts";
import { openLog } from "../log.ts";
import { startProjector } from "./projector.ts";

/** A decision as the engine makes it. */
async function decisionOf(unit: string): Promise<Decision> {
  await open();
  await setUp();
  const unitId = parseUnitId(unit);
  if (unitId.kind === "err") throw new Error(unitId.error.message);
  const workspace = context.workspace.current();
  const outcome = decide(
    workspace.frame,
    { point: "content", unitId: unitId.value, context: {} },
    workspace.stores.clock(),
  );
  if (outcome.kind === "refused") throw new Error(outcome.message);
  return { ...outcome.decision, action: actionId("plain") };
}

it(
  "keeps trying a facts store that fails, says so meanwhile, and then loses and doubles nothing",
  { timeout: 20_000 },
  async () => {
    const state = memoryStateStore();
    const working = memoryFactsStore();
    let broken = true;
    const facts: FactsStore = {
      ...working,
      load: (segment) => (broken ? Promise.reject(new Error("the engine died")) : working.load(segment)),
    };
    const decision = await decisionOf("u-1");
    await state.acknowledge([{ kind: "decision", source: decision.source, messageId: decision.id, decision }]);
    const projector = startProjector({ state, facts }, openLog("silent"));
    try {
      await expect
        .poll(() => projector.health(), { timeout: 5000 })
        .toMatchObject({ state: "red", sentence: expect.stringContaining("the engine died") });
      expect(await state.backlog()).toBe(1);
      broken = false;
      await expect.poll(() => state.backlog(), { timeout: 5000 }).toBe(0);
      await expect.poll(() => projector.health().state).toBe("green");
      expect(await working.counts()).toEqual({ decisions: 1, signals: 0 });
    } finally {
      await projector.stop();
    }
  },
);
