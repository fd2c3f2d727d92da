import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitId } from "../ids.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import { instant, type Instant } from "../time.ts";
import { findPerson } from "./find-person.ts";
import { personRecord, type PeopleRow, type PersonRecord } from "./people.ts";
import type { AccountReference, PersonReference } from "./received-signal.ts";
import { sightingOf } from "./sighting.ts";
import { surrogatesOf } from "./surrogate.ts";

const surrogates = surrogatesOf("a key of this workspace, thirty-two bytes");
const day = (n: number): Instant => instant(Date.UTC(2026, 2, n));

interface Told {
  readonly person: PersonReference;
  readonly account?: AccountReference;
  readonly unit?: string;
  readonly day?: number;
}

function rowsOf({ person, account, unit, day: n = 1 }: Told): readonly PeopleRow[] {
  const sighting = sightingOf(
    {
      source: "crm",
      messageId: "m",
      type: "page_viewed",
      person,
      account: account ?? null,
      unitId: unit === undefined ? null : unitId(unit),
      channel: null,
      at: day(n),
      heardAt: day(n),
    },
    surrogates,
  );
  return sighting?.rows ?? [];
}

/** The person that a reference leads to after messages came in this order. */
async function recordOf(told: readonly Told[], reference: PersonReference): Promise<PersonRecord> {
  const state = memoryStateStore();
  for (const one of told) await state.learn(rowsOf(one));
  const ref = surrogates.person(reference);
  if (ref === null) throw new Error("the test names nobody");
  const { refs, rows } = await findPerson(ref, (asked) => state.peopleRows(asked));
  return personRecord(refs, rows);
}

const values = (record: PersonRecord): readonly string[] => record.identifiers.map(({ value }) => value);

describe("a person", () => {
  it("is one under every id that was ever named together with another", async () => {
    const told = [
      { person: { anonymousId: "browser-1" } },
      { person: { userId: "u1", anonymousId: "browser-1" } },
      { person: { userId: "u1", email: "Ann@Acme.com", name: "Ann" } },
    ];
    const record = await recordOf(told, { anonymousId: "browser-1" });
    expect(values(record)).toEqual(["browser-1", "ann@acme.com", "Ann", "u1"]);
    expect(await recordOf(told, { email: "ann@acme.com" })).toEqual(record);
    expect(values(await recordOf(told, { userId: "u2" }))).toEqual([]);
  });

  it("survives an alias and a lead's conversion: both histories, and the older unit", async () => {
    const told = [
      { person: { userId: "lead-17" }, unit: "lead-17", account: { accountId: "early" }, day: 1 },
      { person: { userId: "contact-4" }, unit: "contact-4", account: { accountId: "late" }, day: 5 },
      { person: { userId: "contact-4", formerId: "lead-17" }, day: 6 },
    ];
    const record = await recordOf(told, { userId: "contact-4" });
    expect(record).toMatchObject({
      unitId: "lead-17",
      otherUnits: ["contact-4"],
      account: surrogates.account({ accountId: "late" }),
      formerAccounts: [surrogates.account({ accountId: "early" })],
      firstSeenAt: day(1),
    });
    expect(await recordOf(told, { userId: "lead-17" })).toEqual(record);
  });

  it("belongs to the account that a message names, else to its address's domain, and never to a free-mail domain", async () => {
    const byDomain = await recordOf([{ person: { email: "ann@acme.com" } }], { email: "ann@acme.com" });
    expect(byDomain).toMatchObject({ account: surrogates.account({ domain: "acme.com" }), accountBy: "domain" });
    const told = [{ person: { email: "ann@acme.com" }, account: { accountId: "A-1" } }];
    expect(await recordOf(told, { email: "ann@acme.com" })).toMatchObject({
      account: surrogates.account({ accountId: "A-1" }),
      accountBy: "message",
    });
    const free = await recordOf([{ person: { email: "ann@gmail.com" } }], { email: "ann@gmail.com" });
    expect(free).toMatchObject({ account: null, accountBy: null });
  });

  it("is not joined with another by a browser that both used, unless they are one person anyway", async () => {
    const shared = [
      { person: { userId: "u1", anonymousId: "lobby" } },
      { person: { userId: "u2", anonymousId: "lobby" } },
    ];
    expect(values(await recordOf(shared, { userId: "u1" }))).toEqual(["u1"]);
    expect(values(await recordOf(shared, { anonymousId: "lobby" }))).toEqual(["lobby"]);
    const one = [...shared, { person: { userId: "u2", formerId: "u1" } }];
    // The former id may have been a browser's: it is kept as both.
    expect(values(await recordOf(one, { userId: "u1" }))).toEqual(["lobby", "u1", "u1", "u2"]);
  });
});

const told: fc.Arbitrary<Told> = fc.record({
  person: fc.record(
    {
      userId: fc.constantFrom("u1", "u2", "u3"),
      email: fc.constantFrom("a@acme.com", "b@gmail.com"),
      anonymousId: fc.constantFrom("b1", "b2"),
      formerId: fc.constantFrom("u1", "b1"),
    },
    { requiredKeys: [] },
  ),
  account: fc.record({ accountId: fc.constantFrom("x", "y") }),
  unit: fc.constantFrom("u1", "x"),
  day: fc.integer({ min: 1, max: 9 }),
});

const EVERYBODY: readonly PersonReference[] = [
  ...["u1", "u2", "u3"].map((userId) => ({ userId })),
  ...["a@acme.com", "b@gmail.com"].map((email) => ({ email })),
  ...["b1", "b2"].map((anonymousId) => ({ anonymousId })),
];

describe("the law of people", () => {
  it("makes the same persons of the same messages in any order and number", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(told, { maxLength: 8 }), fc.infiniteStream(fc.nat()), async (messages, keys) => {
        const shuffled = [...messages, ...messages]
          .map((one) => ({ one, key: keys.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ one }) => one);
        for (const reference of EVERYBODY)
          expect(await recordOf(shuffled, reference)).toEqual(await recordOf(messages, reference));
      }),
      { numRuns: 60 },
    );
  });

  it("gives every reference of a person the same record: no reference belongs to two persons", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(told, { maxLength: 8 }), async (messages) => {
        const records = await Promise.all(EVERYBODY.map((reference) => recordOf(messages, reference)));
        const overlapping = records.flatMap((one) =>
          records.filter(({ refs }) => refs.some((ref) => one.refs.includes(ref))).map(({ refs }) => [refs, one.refs]),
        );
        for (const [refs, same] of overlapping) expect(refs).toEqual(same);
      }),
      { numRuns: 200 },
    );
  });
});
