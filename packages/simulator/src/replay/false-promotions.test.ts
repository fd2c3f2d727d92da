import { mersenneRng } from "@ratchet/stats";
import { expect, it } from "vitest";
import { drawLog, replayOf } from "./log-example.contract.ts";
import { replay } from "./replay.ts";

/** `RATCHET_LONG_TESTS=1` runs more and longer logs: minutes instead of seconds. */
const long = process.env["RATCHET_LONG_TESTS"] === "1";
const { logs, rows } = long ? { logs: 400, rows: 9000 } : { logs: 100, rows: 1800 };

/** Rollouts that were started, and those that ended in a promotion, on a log in which all actions are alike. */
async function onAaLog(seed: number): Promise<{ readonly started: number; readonly promoted: number }> {
  const log = drawLog(mersenneRng(seed), { rows, rate: () => 0.25 });
  const base = replayOf(log, { seed, cycleRows: 300 });
  // Proposals on a coin's throw, one step, no waiting: as many rollouts as such a short log can hold.
  const rollout = { ...base.policy.rollout, steps: [0.5], minUnitsPerStep: 20, maxCycles: 3 };
  const events = replay({ ...base, policy: { ...base.policy, rollout, proposeConfidence: 0.5 } });
  let started = 0;
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { started, promoted: next.value.promotions.length };
    started += next.value.report.moves.filter((move) => move.includes("canary at")).length;
  }
}

it(
  "promotes on logs without any effect no more often than alpha, however often it looks and tries",
  async () => {
    let started = 0;
    let fooled = 0;
    for (let seed = 1; seed <= logs; seed++) {
      const found = await onAaLog(seed);
      started += found.started;
      if (found.promoted > 0) fooled++;
    }
    // A test of something: most logs bring at least one rollout.
    expect(started).toBeGreaterThan(logs / 2);
    // alpha = 0.05 for all looks at one rollout, both ways; four binomial standard errors.
    expect(fooled / logs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / logs));
    console.info(`${started} rollouts on ${logs} logs without effect, promoted on ${fooled}`);
  },
  long ? 3_600_000 : 60_000,
);
