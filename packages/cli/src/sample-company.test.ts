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
      const { job_id } = await ratchet.sample();
      await expect(ratchet.sample()).rejects.toThrow("another piece of work is running");
      await expect.poll(async () => (await ratchet.job(job_id)).state, { timeout: 60_000 }).toBe("done");
      await expect(ratchet.sample()).rejects.toThrow("has been set up before");

      const today = await ratchet.today();
      expect(today).toMatchObject({
        state: "running",
        workspace: { name: "Sample company", source: "sample" },
        counts: { decisions: 16 * 900, backlog: 0 },
      });
      expect(today.lift_over_cycles).toHaveLength(16);
      const statuses = (await ratchet.changes()).changes.map(({ status }) => status);
      expect(statuses.toSorted()).toEqual(["pending", "promoted", "rolled_back"]);
      expect((await ratchet.ledger({ limit: 1 })).verification.kind).toBe("whole");

      // The newest decision was made by the promoted playbook: it walks back to outcomes, and one of those forward again.
      const [newest] = (await ratchet.decisions({ source: "engine", limit: 50 })).decisions.filter(
        ({ holdout }) => !holdout,
      );
      const back = await ratchet.trace(newest?.decision_id ?? "");
      expect(back).toMatchObject({
        playbook: { version: 2 },
        change: { status: "promoted", approvals: [{ role: "lever-owner" }] },
      });
      const [outcome] = back.change?.evidence?.sample ?? [];
      const forward = await ratchet.trace(outcome?.decision_id ?? "");
      expect(forward.contributed_to.map(({ id }) => id)).toContain(back.change?.id);
      expect(forward.later.altered.length).toBeGreaterThan(0);

      expect(await ratchet.decide({ point: today.workspace.point ?? "", unit_id: "a new account" })).toMatchObject({
        playbook_version: today.playbook_version,
      });
    } finally {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
