/** Every step of the inbox fails once (issue 4: enumerated failpoints). The random kills of a whole process are in `crash.test.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  instant,
  memoryFactsStore,
  personRef,
  projectInbox,
  type ConsentRecord,
  type FactsStore,
  type InboxItem,
  type PeopleRow,
  type QuarantinedRow,
  type StateStore,
} from "@ratchet/engine";
import { decisionItem, exampleDecision, exampleSignal, signalItem } from "@ratchet/engine/contracts";
import { afterAll, describe, expect, it } from "vitest";
import { openAcknowledgedKeys } from "./acknowledged-keys.ts";
import { copyFiles, failAt, ProcessEnds, type Failpoint } from "./failpoint.fixture.ts";
import { keyOf, shortDigest } from "./key-entry.ts";
import { inTransaction, openDatabase, releaseLock, type OpenDatabase } from "./open-database.ts";
import { openSqliteState } from "./sqlite-state-store.ts";

/** `npm run soak:kill` tries every step; otherwise, where there are thousands, some of them. */
const ALL_STEPS = process.env["RATCHET_KILL_ROUNDS"] !== undefined;

const root = mkdtempSync(join(tmpdir(), "ratchet-failpoints-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const AT = instant(Date.UTC(2026, 2, 1));
const row = (n: number): PeopleRow => ({
  ref: personRef(`p_${n}`),
  relation: "email",
  value: `${n}@x.org`,
  firstAt: AT,
});
const consent = (n: number): ConsentRecord => ({
  ref: personRef(`p_${n}`),
  kind: "suppressed",
  basis: "objected",
  channel: "all",
  source: "crm",
  messageId: `c-${n}`,
  at: AT,
  expiresAt: null,
});
const misfit = (n: number): QuarantinedRow => ({
  source: "crm",
  position: `item ${n}`,
  code: "signal.invalid",
  reason: "it does not fit",
  raw: `misfit ${n}`,
  at: AT,
});

/** A decision, and signals of it of which the first tells of a person. */
function call(name: string): readonly InboxItem[] {
  const about = { rows: [row(Number(name))], consents: [consent(Number(name))] };
  const told = (i: number) => signalItem(exampleSignal("crm", `m-${name}-${i}`));
  return [
    decisionItem(exampleDecision("engine", `d-${name}`)),
    { kind: "signal", source: "crm", messageId: `m-${name}-0`, signal: exampleSignal("crm", `m-${name}-0`), about },
    told(1),
    told(2),
  ];
}
const CALLS = ["1", "2", "3", "4"] as const;
const idsOf = (name: string): readonly string[] => [`d-${name}`, `m-${name}-0`, `m-${name}-1`, `m-${name}-2`];
const contradiction = signalItem(exampleSignal("crm", "m-1-1", { type: "another" }));

/** Everything that writes, one after the other; notes what was answered. */
async function scenario(state: StateStore, facts: FactsStore, answered: Set<string>): Promise<void> {
  const noted = async (name: string, work: Promise<unknown>): Promise<void> => {
    await work;
    answered.add(name);
  };
  const project = (): Promise<unknown> => projectInbox({ state, facts }, { maxItems: 3, maxSegments: 100 });
  await noted("1", state.acknowledge(call("1")));
  // Two calls that share a commit.
  await Promise.all([noted("2", state.acknowledge(call("2"))), noted("3", state.acknowledge(call("3")))]);
  await noted("conflict", state.acknowledge([contradiction]));
  await noted("quarantine", state.quarantine([misfit(1), misfit(2)]));
  await noted("people", state.learn([row(10), row(11)]));
  await noted("consents", state.recordConsents([consent(10), consent(11)]));
  await project();
  await noted("4", state.acknowledge(call("4")));
  await noted("released", state.releaseQuarantined([1], AT));
  await project();
}

/** A store that lives on when the process ends, and may be asked for the last time before or after it has done what it was asked. */
function failing(facts: FactsStore, { step }: Failpoint): FactsStore {
  return {
    ...facts,
    load: async (segment) => {
      step();
      await facts.load(segment);
      step();
    },
  };
}

async function idsIn(facts: FactsStore): Promise<readonly string[]> {
  const decisions = await facts.decisions({ limit: 1_000 });
  const signals = await facts.signals({ limit: 1_000 });
  return [...decisions.map(({ id }) => id), ...signals.map(({ messageId }) => messageId)].toSorted();
}

/** What was answered is there, and all of a call or nothing of it. */
async function expectWhole(state: StateStore, facts: FactsStore, answered: ReadonlySet<string>): Promise<void> {
  await projectInbox({ state, facts }, { maxItems: 5, maxSegments: 100 });
  expect(await state.backlog()).toBe(0);
  const ids = await idsIn(facts);
  expect(ids.length).toBe(new Set(ids).size);
  const people = await state.peopleRows(["p_1", "p_2", "p_3", "p_4", "p_10", "p_11"]);
  const refs = new Set<string>(people.map(({ ref }) => ref));
  const consents = new Set<string>((await state.consents({ afterSeq: 0, limit: 100 })).map(({ ref }) => ref));
  for (const name of CALLS) {
    const there = idsOf(name).filter((id) => ids.includes(id)).length;
    expect([name, there]).toEqual([name, answered.has(name) || there > 0 ? 4 : 0]);
    // Who it is about is written with it, or not at all.
    expect([refs.has(`p_${name}`), consents.has(`p_${name}`)]).toEqual([there > 0, there > 0]);
    expect((await state.servedDecision(exampleDecision("engine", `d-${name}`).id)) !== null).toBe(there > 0);
  }
  expect([refs.has("p_10"), refs.has("p_11")]).toEqual(bothIf(answered.has("people") || refs.has("p_10")));
  expect([consents.has("p_10"), consents.has("p_11")]).toEqual(
    bothIf(answered.has("consents") || consents.has("p_10")),
  );
  const rows = await state.quarantined({ limit: 100 });
  const raws = rows.map(({ raw }) => raw).filter((raw) => raw.startsWith("misfit"));
  expect(raws).toEqual(answered.has("quarantine") || raws.length > 0 ? ["misfit 1", "misfit 2"] : []);
  const conflicts = rows.filter(({ code }) => code === "inbox.conflict").length;
  expect(conflicts).toBe(answered.has("conflict") ? 1 : Math.min(conflicts, 1));
  const releasedAt = rows[0]?.releasedAt ?? null;
  expect(releasedAt).toBe(answered.has("released") ? AT : releasedAt);
}

const bothIf = (there: boolean): readonly boolean[] => [there, there];

/** A client that got no answer sends everything again: then all of it is there, once. */
async function expectAllOnceAfterRetry(state: StateStore, facts: FactsStore): Promise<void> {
  await scenario(state, facts, new Set());
  expect(await idsIn(facts)).toEqual(CALLS.flatMap(idsOf).toSorted());
  for (const name of CALLS) expect(new Set(await state.acknowledge(call(name)))).toEqual(new Set(["duplicate"]));
}

/** @returns false where the work came to its end before its n-th step. */
async function endsAt(
  n: number,
  files: { readonly from: string; readonly to: string },
  work: (failpoint: Failpoint) => Promise<void>,
): Promise<boolean> {
  const failpoint = failAt(n, files);
  try {
    await work(failpoint);
    return false;
  } catch (error) {
    if (error instanceof ProcessEnds) return true;
    throw error;
  } finally {
    failpoint.disarm();
  }
}

describe("a process that ends at any step", () => {
  it("of acknowledging, quarantining, writing people down and moving to the facts loses nothing and doubles nothing", async () => {
    const template = join(root, "template");
    await (await openSqliteState({ directory: template })).close();
    let n = 0;
    for (let isEnded = true; isEnded;) {
      n += 1;
      const [directory, copy] = [join(root, `run-${n}`), join(root, `copy-${n}`)];
      copyFiles(template, directory);
      const facts = memoryFactsStore();
      const answered = new Set<string>();
      isEnded = await endsAt(n, { from: directory, to: copy }, async (failpoint) => {
        const state = await openSqliteState({ directory });
        try {
          await scenario(state, failing(facts, failpoint), answered);
        } finally {
          failpoint.disarm();
          // Only so that its timers end: its transaction may be open, and its files are not looked at again.
          await state.close().catch(() => undefined);
        }
      });
      const after = await openSqliteState({ directory: isEnded ? copy : directory });
      await expectWhole(after, facts, answered);
      await expectAllOnceAfterRetry(after, facts);
      await after.close();
      for (const folder of [directory, copy]) rmSync(folder, { recursive: true, force: true });
    }
    // It did end, and went on a step further each time.
    expect(n).toBeGreaterThan(40);
  }, 120_000);

  it("of keeping keys, of making runs of them and of merging runs finds every key that was committed", async () => {
    const run = async (n: number): Promise<{ readonly steps: number; readonly isEnded: boolean }> => {
      const [directory, copy] = [join(root, `keys-${n}`), join(root, `keys-copy-${n}`)];
      copyFiles(join(root, "template"), directory);
      const committed = new Set<number>();
      let steps = 0;
      const isEnded = await endsAt(n, { from: directory, to: copy }, async (failpoint) => {
        const database = await openDatabase(join(directory, "state.db"), directory);
        try {
          keepKeys(database.sqlite, committed);
        } finally {
          steps = failpoint.steps();
          failpoint.disarm();
          if (database.sqlite.inTransaction) database.sqlite.exec("rollback");
          await release(database);
        }
      });
      const where = isEnded ? copy : directory;
      const database = await openDatabase(join(where, "state.db"), where);
      const keys = openAcknowledgedKeys(database.sqlite, RUN);
      // The one that was under way may have been committed without having been told.
      const lost = KEYS.filter((i) => committed.has(i) && keys.find(keyOfNumber(i)) !== digestOfNumber(i));
      const made = KEYS.filter((i) => i > committed.size && keys.find(keyOfNumber(i)) !== null);
      expect({ n, lost, made }).toEqual({ n, lost: [], made: [] });
      keys.close();
      await release(database);
      for (const folder of [directory, copy]) rmSync(folder, { recursive: true, force: true });
      return { steps, isEnded };
    };
    const { steps } = await run(Infinity);
    const stride = ALL_STEPS ? 1 : Math.ceil(steps / 60);
    for (let n = 1; n <= steps; n += stride) expect((await run(n)).isEnded).toBe(true);
    expect(steps).toBeGreaterThan(400);
  }, 900_000);
});

/** Few keys make a run, so that runs are merged, too. */
const RUN = 4;
const KEYS = Array.from({ length: 60 }, (_, i) => i);
const keyOfNumber = (i: number): string => keyOf("crm", `m-${i}`);
const digestOfNumber = (i: number): string => shortDigest(i.toString(16).padStart(64, "0"));

/** One key a commit, with its upkeep. */
function keepKeys(sqlite: OpenDatabase["sqlite"], committed: Set<number>): void {
  const keys = openAcknowledgedKeys(sqlite, RUN);
  try {
    for (const i of KEYS) {
      const settle = inTransaction(sqlite, () => {
        keys.add(keyOfNumber(i), digestOfNumber(i));
        return keys.write();
      });
      settle();
      committed.add(i);
      if (i % RUN === 0) keys.settle();
    }
  } finally {
    keys.close();
  }
}

async function release({ sqlite, kysely }: OpenDatabase): Promise<void> {
  releaseLock(sqlite);
  await kysely.destroy();
}
