import { expect, it } from "vitest";
import { context, open, pass, setUp } from "../memory-app.fixture.ts";
import { openLog } from "../log.ts";
import { startCycles } from "./cycle-clock.ts";

const WEEK_MS = 7 * 86_400_000;

it("ends a cycle when it is due, counted from the last one, and never before", { timeout: 20_000 }, async () => {
  await open();
  const cycles = startCycles(context.workspace, context.data, { cycleMs: WEEK_MS, watchMs: 5 }, openLog("silent"));
  try {
    expect(await cycles.nextAt()).toBeNull();
    await setUp();
    const created = context.stores.clock();
    expect(await cycles.nextAt()).toBe(created + WEEK_MS);
    pass(WEEK_MS - 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(context.workspace.current().view.cycle).toBe(0);
    pass(1);
    await expect.poll(() => context.workspace.current().view.cycle).toBe(1);
    expect(await cycles.nextAt()).toBe(created + 2 * WEEK_MS);
    await Promise.all([cycles.runNow(), cycles.runNow()]);
    expect(context.workspace.current().view.cycle).toBe(3);
  } finally {
    await cycles.stop();
  }
});
