/** Every write behind a row of a CRM fails once, before it and after it, and the server starts again (issue 4). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant, memoryFactsStore, memoryStateStore, RECORD_KINDS, type StateStore } from "@ratchet/engine";
import { afterAll, expect, it } from "vitest";
import { compose } from "../compose.ts";
import type { AppContext } from "../context.ts";
import { openLog } from "../log.ts";

const NOW = instant(Date.UTC(2026, 2, 1));
const directory = mkdtempSync(join(tmpdir(), "ratchet-crm-crash-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const WRITES = ["acknowledge", "learn", "putRecordVersions", "quarantine", "putSetting"] as const;

/** The store of a process that ends at its `n`-th step: before or after one of its writes; nothing that it does later matters. */
function endingAt(state: StateStore, n: number): { readonly state: StateStore; readonly steps: () => number } {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps >= n) throw new Error(`the process ended before step ${n}`);
  };
  const ending = Object.fromEntries(
    WRITES.map((name) => [
      name,
      async (...given: readonly never[]) => {
        step();
        const answer: unknown = await Reflect.apply(state[name], state, given);
        step();
        return answer;
      },
    ]),
  );
  return { state: { ...state, ...ending }, steps: () => steps };
}

async function start(state: StateStore): Promise<AppContext> {
  const composed = await compose({
    state,
    facts: memoryFactsStore(),
    storeNames: { state: "memory", facts: "memory" },
    directory: null,
    uploadDirectory: directory,
    clock: () => NOW,
    sample: null,
    rhythm: null,
    log: openLog("silent"),
  });
  return composed.context;
}

const source = { id: "crm", carriesOutcomes: true };
const day = (n: number): string => new Date(Date.UTC(2026, 1, n)).toISOString();

/** What a sender sends until it is answered, each as often as it likes. */
const CALLS: readonly { readonly kind: (typeof RECORD_KINDS)[number]; readonly rows: readonly object[] }[] = [
  { kind: "account", rows: [{ id: "acme", updated_at: day(1), domain: "acme.com" }] },
  {
    kind: "lead",
    rows: [
      { id: "l-1", updated_at: day(5), email: "ann@acme.com", stage: "working", email_opted_out: true },
      { id: "l-1", updated_at: day(2), email: "ann@acme.com", stage: "new", account_id: null },
    ],
  },
  {
    kind: "opportunity",
    rows: [
      { id: "o-1", updated_at: day(6), account_id: "acme", stage: "demo", amount: 5, status: "won" },
      { id: "o-1", updated_at: day(3), account_id: "acme", stage: "new", amount: 3, status: "open" },
      { id: "o-2", updated_at: day(3) },
    ],
  },
];

async function sendAll({ crm, matching }: AppContext): Promise<void> {
  for (const { kind, rows } of CALLS)
    await crm.take({ source, kind, rows, rawOf: (i) => JSON.stringify(rows[i]), requestId: "r", now: NOW });
  const when = '{ id: r, when: { domain: "acme*" }, account: by-rule }';
  await matching.setRules(`api_version: ratchet.matching/v1\nrules:\n  - ${when}\n`);
}

/** The later row of each call first and alone: how a sender sends again is its own affair. */
async function sendAgain({ crm }: AppContext): Promise<void> {
  for (const { kind, rows } of CALLS)
    for (const row of [...rows, ...rows.toReversed()])
      await crm.take({ source, kind, rows: [row], rawOf: () => JSON.stringify(row), requestId: "r", now: NOW });
}

/** What is there in the end; how often a row was kept aside is its sender's affair, too. */
async function endOf(state: StateStore): Promise<unknown> {
  const keys = (await Promise.all(RECORD_KINDS.map((kind) => state.recordKeys({ kind, limit: 100 })))).flat();
  const { items = [] } = (await state.openSegment(1000)) ?? {};
  const rejected = await state.quarantined({ limit: 100 });
  const versions = await state.recordVersions(keys);
  const consents = await state.consents({ afterSeq: 0, limit: 100 });
  const people = await state.peopleRows([...versions.map(({ object }) => object), ...consents.map(({ ref }) => ref)]);
  return {
    versions: versions.map((version) => ({ ...version, reported: null })),
    // Which of several rows something is told of depends on which came first; that it is told once does not.
    reported: versions.flatMap(({ object, reported }) => reported.map((what) => `${object} ${what}`)).toSorted(),
    people: people.map(({ ref, relation, value }) => [ref, relation, value].join(" ")).toSorted(),
    signals: items
      .flatMap((item) => (item.kind === "signal" ? [[item.signal.type, item.signal.detail?.properties["to"]]] : []))
      .map(([type, to]) => `${String(type)} ${String(to ?? "")}`)
      .toSorted(),
    consents: consents.map(({ ref, kind }) => [ref, kind].join(" ")),
    rejected: [...new Set(rejected.map(({ raw, code }) => `${code} ${raw}`))].toSorted(),
  };
}

/** The workspace's secret is the same in each: so are its surrogates. */
async function stateStore(): Promise<StateStore> {
  const state = memoryStateStore();
  await state.putSetting("surrogate_key", "5".repeat(64));
  return state;
}

it("rows that come again after the server stopped at any step end in what they would have ended in", async () => {
  const whole = await stateStore();
  const uninterrupted = await start(whole);
  await sendAll(uninterrupted);
  await sendAgain(uninterrupted);
  const expected = await endOf(whole);
  let stops = 0;
  for (let n = 1; ; n += 1) {
    const state = await stateStore();
    const ending = endingAt(state, n);
    const ended = await start(ending.state)
      .then(sendAll)
      .then(
        () => "came to its end",
        () => "stopped",
      );
    if (ended === "came to its end") break;
    stops += 1;
    const again = await start(state);
    await sendAgain(again);
    await sendAll(again);
    expect(await endOf(state), `stopped at step ${n}`).toEqual(expected);
  }
  expect(stops).toBeGreaterThan(20);
});

it("leads that were being matched by new rules are matched by them with the next start", async () => {
  const state = await stateStore();
  const calls = await start(state);
  for (const { kind, rows } of CALLS)
    await calls.crm.take({ source, kind, rows, rawOf: () => "", requestId: "r", now: NOW });
  const stopping: StateStore = { ...state, putRecordVersions: async () => Promise.reject(new Error("it ended")) };
  const rules = 'api_version: ratchet.matching/v1\nrules:\n  - { id: r, when: { domain: "acme*" }, account: x }\n';
  await state.putRecordVersions([], await state.recordVersions(await state.recordKeys({ kind: "account", limit: 9 })));
  await expect((await start(stopping)).matching.setRules(rules)).rejects.toThrow("it ended");
  const { matching } = await start(state);
  expect(await matching.view()).toMatchObject({ rules: 1, leads: 1 });
  expect(await state.setting("matching_unfinished")).toBe("");
});
