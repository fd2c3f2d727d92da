import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const data = join(root, "../shared/data");
const launcher = join(root, "packages/cli/bin/ratchet.js");
const absent = !existsSync(data);
if (absent) console.warn("skipped: replays of public logs need ../shared/data, which is not here");

interface Value {
  readonly kind: "estimate" | "refused";
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

interface Report {
  readonly cycles: readonly { readonly proposal: string; readonly moves: readonly string[] }[];
  readonly verdicts: readonly { readonly action: string; readonly verdict: string; readonly remedy: string | null }[];
  readonly summary: {
    readonly units_used: number;
    readonly loop: Value;
    readonly final: Value;
    readonly static_baseline: Value;
    readonly uniform: Value;
    readonly final_minus_uniform: Value;
    readonly final_minus_best_action: Value;
    readonly promotions: readonly { readonly contradicted: boolean }[];
  } | null;
}

async function replay(
  log: string,
  map: string,
  ...options: readonly string[]
): Promise<{ readonly text: string; readonly report: Report }> {
  const args = [launcher, "replay", join(data, log), "--map", join(root, "examples", map), "--json", ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 27 }).catch(
    (failure: { readonly code: number; readonly stdout: string }) => {
      // Exit code 3 is an answer: not enough data.
      if (failure.code === 3) return failure;
      throw failure;
    },
  );
  const report: Report = JSON.parse(stdout);
  return { text: stdout, report };
}

describe.skipIf(absent)("replay of Hillstrom's e-mail challenge, objective visit", () => {
  let run: Awaited<ReturnType<typeof replay>>;
  beforeAll(async () => {
    run = await replay("hillstrom/hillstrom.csv", "hillstrom/map.yaml");
  }, 120_000);

  it("ends on a playbook worth more than the uniform policy, and not less than the best single action", () => {
    const { summary } = run.report;
    expect(summary?.final_minus_uniform.lower).toBeGreaterThan(0);
    expect(summary?.final_minus_best_action.upper).toBeGreaterThanOrEqual(0);
    // The published visit rate of the men's e-mail is 18.28 %.
    expect(summary?.final.upper).toBeGreaterThan(0.1828);
  });

  it("earned more on the way than the static baseline, learning and holdout included", () => {
    const { summary } = run.report;
    expect(summary?.loop.lower).toBeGreaterThan(summary?.static_baseline.upper ?? 1);
  });

  it("promoted something, and nothing that the whole log contradicts", () => {
    const promotions = run.report.summary?.promotions ?? [];
    expect(promotions.length).toBeGreaterThan(0);
    expect(promotions.filter(({ contradicted }) => contradicted)).toEqual([]);
  });

  it("uses about a third of the rows: those on which engine and log agree", () => {
    // Binomial with p = 1/3 over 64,000 rows: standard deviation 119; four of them.
    expect(Math.abs((run.report.summary?.units_used ?? 0) - 64_000 / 3)).toBeLessThan(4 * 120);
  });

  it("gives the same bytes for the same seed, and other draws for another", async () => {
    const [again, other] = [
      await replay("hillstrom/hillstrom.csv", "hillstrom/map.yaml"),
      await replay("hillstrom/hillstrom.csv", "hillstrom/map.yaml", "--seed", "2"),
    ];
    expect(again.text).toBe(run.text);
    expect(other.text).not.toBe(run.text);
    expect((other.report.summary?.promotions ?? []).filter(({ contradicted }) => contradicted)).toEqual([]);
  }, 120_000);
});

describe.skipIf(absent)("replays of logs that cannot answer", () => {
  it("cannot tell spend apart on Hillstrom, says so, and promotes nothing that the whole log contradicts", async () => {
    const { report } = await replay("hillstrom/hillstrom.csv", "hillstrom/map.yaml", "--objective", "spend");
    expect(report.verdicts.map(({ verdict }) => verdict)).toEqual(
      report.verdicts.map(() => expect.stringMatching(/^(too early|cannot tell|better)$/u)),
    );
    expect((report.summary?.promotions ?? []).filter(({ contradicted }) => contradicted)).toEqual([]);
  }, 120_000);

  it("finds the marketing sample too small, and proposes nothing", async () => {
    const { report } = await replay("marketing_ab_sample/marketing_AB_sample.csv", "marketing-ab/map.yaml");
    expect(report.verdicts).toMatchObject([{ action: "ad", verdict: "too early" }]);
    expect(report.cycles.filter(({ proposal }) => proposal.startsWith("chg_"))).toEqual([]);
    expect(report.summary?.promotions).toEqual([]);
  }, 120_000);

  it("refuses the CRM, whose actions nobody drew at random", async () => {
    const { report, text } = await replay("maven_crm/sales_pipeline.csv", "maven-crm/map.yaml");
    expect(report.cycles).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({ verdict: "cannot tell", proposals: 0 });
  }, 60_000);
});
