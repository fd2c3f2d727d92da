import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryFactsStore, memoryStateStore, type FactsStore, type StateStore } from "@ratchet/engine";
import { openEmbeddedStores } from "@ratchet/storage";
import { describe, expect, it } from "vitest";
import { deliver, type Delivered, type Manner } from "./deliver-history.fixture.ts";
import { diceOf, drawHistory, type HistoryEvent } from "./draw-history.fixture.ts";
import { tablesOf, type Tables } from "./tables.fixture.ts";
import { openWorld, type World } from "./world.fixture.ts";

/** `npm run prove` makes it 10,000. */
const HISTORIES = Number(process.env["RATCHET_HISTORIES"] ?? "30");
const FIRST_SEED = Number(process.env["RATCHET_LAWS_SEED"] ?? "20260301");

/** Those that go through SQLite and chDB; `npm run prove` makes it 200. */
const EMBEDDED_HISTORIES = Number(process.env["RATCHET_EMBEDDED_HISTORIES"] ?? "1");

/** A pair of stores, and how to be rid of it. */
interface Opened {
  readonly state: StateStore;
  readonly facts: FactsStore;
  readonly close: () => Promise<void>;
}

interface Ended {
  readonly tables: Tables;
  readonly delivered: Delivered;
}

const inMemory = async (): Promise<Opened> => ({
  state: memoryStateStore(),
  facts: memoryFactsStore(),
  close: async () => {},
});

async function embedded(): Promise<Opened> {
  const directory = mkdtempSync(join(tmpdir(), "ratchet-histories-"));
  const stores = await openEmbeddedStores({ directory });
  return {
    ...stores,
    close: async () => {
      await stores.close();
      rmSync(directory, { recursive: true });
    },
  };
}

async function told(events: readonly HistoryEvent[], manner: Manner, stores: Opened): Promise<Ended> {
  try {
    const world = await openWorld({ state: stores.state, facts: stores.facts });
    const delivered = await deliver(world, events, manner);
    await expectContested(world, delivered);
    return { delivered, tables: await tablesOf(world) };
  } finally {
    await stores.close();
  }
}

/** Of two bodies under one key the first that was acknowledged is the fact, once; the other waits in quarantine. */
async function expectContested({ context }: World, { firsts }: Delivered): Promise<void> {
  const facts = await context.stores.facts.signals({ source: "erp", limit: 100_000 });
  const conflicts = await context.stores.state.quarantined({ limit: 100_000 });
  for (const [messageId, text] of firsts) {
    const first: { readonly value: number } = JSON.parse(text);
    expect(facts.filter((fact) => fact.messageId === messageId).map(({ value }) => value)).toEqual([first.value * 1e6]);
    const flagged = conflicts.filter(({ code, raw }) => code === "inbox.conflict" && raw.includes(`"${messageId}"`));
    expect(flagged.length).toBeGreaterThan(0);
    expect(flagged.some(({ raw }) => raw.includes(`"value":${first.value * 1e6}`))).toBe(false);
  }
}

const lengthOf = (seed: number): number => 100 + diceOf(seed).below(400);

/** The same history twice, in order and as it comes. */
async function toldTwice(seed: number, open: () => Promise<Opened>): Promise<readonly [Ended, Ended]> {
  const history = drawHistory(seed, lengthOf(seed));
  const ordered = await told(history, { kind: "in order" }, await open());
  const asItCame = await told(history, { kind: "as it comes", seed: seed + 1 }, await open());
  return [ordered, asItCame];
}

function expectSame(seed: number, [ordered, asItCame]: readonly [Ended, Ended]): void {
  // The seed with the tables: which history it was.
  expect({ seed, ...asItCame.tables }).toEqual({ seed, ...ordered.tables });
  for (const { sent, accepted, duplicates, quarantined } of [ordered.delivered, asItCame.delivered])
    expect(accepted + duplicates + quarantined).toBe(sent);
  expect(asItCame.delivered.accepted).toBe(ordered.delivered.accepted);
}

describe("histories that arrive late, several times and in any order", () => {
  it(
    `end in the tables of the ordered, exactly-once run (${HISTORIES} of them)`,
    async () => {
      const rows = new Map<string, number>();
      let events = 0;
      let copies = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
        const both = await toldTwice(seed, inMemory);
        expectSame(seed, both);
        const [ordered, asItCame] = both;
        events += ordered.delivered.sent;
        copies += asItCame.delivered.sent;
        for (const [name, table] of Object.entries(ordered.tables))
          rows.set(name, (rows.get(name) ?? 0) + table.length);
      }
      // One to five copies of each, three in the mean. Tables of nothing would be equal, too.
      expect(copies / events).toBeGreaterThan(2.5);
      expect([...rows].filter(([, count]) => count < HISTORIES)).toEqual([]);
    },
    60_000 + HISTORIES * 2_000,
  );

  it(
    `do so in the embedded stores (${EMBEDDED_HISTORIES} of them)`,
    async () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + EMBEDDED_HISTORIES; seed += 1) {
        const both = await toldTwice(seed, embedded);
        expectSame(seed, both);
        // And in the same as the references of the ports.
        expect(both[0].tables).toEqual((await toldTwice(seed, inMemory))[0].tables);
      }
    },
    60_000 + EMBEDDED_HISTORIES * 20_000,
  );
});
