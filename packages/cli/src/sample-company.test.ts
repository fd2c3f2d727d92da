import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRatchet } from "@ratchet/sdk";
import { openLog, startServer } from "@ratchet/server";
import { expect, it } from "vitest";
import { runSampleCompany } from "./sample-company.ts";

it(
  "fills an empty workspace once, with a past that can be traced and a present that decides",
  { timeout: 120_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "ratchet-sample-"));
    const server = await startServer({ directory, port: 0, sample: runSampleCompany, log: openLog("silent") });
    try {
      const ratchet = createRatchet({ url: server.url, timeoutMs: 60_000 });
      const { job_id } = await ratchet.sample({ seed: 1, cycles: 8 });
      await expect(ratchet.sample()).rejects.toThrow("another piece of work is running");
      await expect.poll(async () => (await ratchet.job(job_id)).state, { timeout: 60_000 }).toBe("done");
      await expect(ratchet.sample()).rejects.toThrow("has been set up before");

      const today = await ratchet.today();
      expect(today).toMatchObject({
        state: "running",
        workspace: { name: "Sample company", source: "sample" },
        counts: { decisions: 8000, backlog: 0 },
      });
      expect(today.lift_over_cycles.map(({ cycle }) => cycle)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect((await ratchet.ledger({ limit: 1 })).verification.kind).toBe("whole");

      // In eight weeks some change has been proposed: its evidence rests on outcomes of decisions that can be walked from.
      const [decision] = (await ratchet.decisions({ source: "engine", limit: 500 })).decisions.filter(
        ({ change_id }) => change_id !== null,
      );
      const trace = await ratchet.trace(decision?.decision_id ?? "");
      expect(trace.story.length).toBeGreaterThan(2);
      expect(await ratchet.decide({ point: today.workspace.point ?? "", unit_id: "a new account" })).toMatchObject({
        playbook_version: today.playbook_version,
      });
    } finally {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
