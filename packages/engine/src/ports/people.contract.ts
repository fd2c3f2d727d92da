import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { personRef, unitId } from "../ids.ts";
import type { ConsentRecord } from "../signals/consent.ts";
import type { PeopleRow } from "../signals/people.ts";
import { keptMergeRows } from "../signals/unit-merge.ts";
import { instant } from "../time.ts";
import { exampleDecision, decisionItem, exampleSignal, signalItem, START_MS } from "./example-facts.contract.ts";
import type { StateStore } from "./state-store.ts";

const at = (ms: number): PeopleRow["firstAt"] => instant(START_MS + ms);
const row = (ref: string, relation: PeopleRow["relation"], value: string, ms = 0): PeopleRow => ({
  ref: personRef(ref),
  relation,
  value,
  firstAt: at(ms),
});
const objection = (ref: string, messageId: string): ConsentRecord => ({
  ref: personRef(ref),
  kind: "suppressed",
  basis: "unsubscribed",
  channel: "email",
  source: "mailer",
  messageId,
  at: at(0),
  expiresAt: null,
});

/** The people of a state store: what is told once is kept, in whatever order it comes, and what is forgotten is gone. */
export function specifyPeople(store: () => StateStore): void {
  describe("people", () => {
    it("keeps the earliest time of what is told twice", async () => {
      const rows = [row("p_twice", "email", "a@x.com", 5), row("p_twice", "email", "a@x.com", 3)];
      await store().learn(rows);
      await store().learn([row("p_twice", "email", "a@x.com", 9)]);
      expect(await store().peopleRows(["p_twice"])).toEqual([row("p_twice", "email", "a@x.com", 3)]);
    });

    it("lists the rows of several references in one order, and nothing for those it does not know", async () => {
      await store().learn([row("p_b", "user_id", "u"), row("p_a", "with", "p_b"), row("p_a", "email", "e")]);
      expect(await store().peopleRows(["p_b", "p_a", "p_unknown"])).toEqual([
        row("p_a", "email", "e"),
        row("p_a", "with", "p_b"),
        row("p_b", "user_id", "u"),
      ]);
      expect(await store().peopleRows([])).toEqual([]);
    });

    it("finds names that two persons claim, unless somebody called them one", async () => {
      const before = await store().identityConflicts();
      await store().learn([
        row("p_shared", "with_user", "p_u1"),
        row("p_shared", "with_user", "p_u2"),
        row("p_own", "with_user", "p_u1"),
        row("p_merged", "with_user", "p_u3"),
        row("p_merged", "with_user", "p_u4"),
        row("p_merged", "with", "p_u5"),
        row("p_u4", "same_as", "p_former"),
        row("p_former", "same_as", "p_u4"),
        row("p_former", "same_as", "p_u3"),
        row("p_u3", "same_as", "p_former"),
      ]);
      const found = await store().identityConflicts();
      expect(found.claimed - before.claimed).toBe(3);
      expect(found.conflicts - before.conflicts).toBe(1);
      expect(found.examples).toContain("p_shared");
    });

    it("learns with an acknowledgement, once, and keeps nothing of it in the inbox or in quarantine", async () => {
      const signal = exampleSignal("crm", "m-with-person");
      const about = { rows: [row("p_inbox", "email", "inbox@x.com")], consents: [objection("p_inbox", "m-1")] };
      const item = { ...signalItem(signal), about };
      expect(await store().acknowledge([item, item])).toEqual(["accepted", "duplicate"]);
      expect(await store().peopleRows(["p_inbox"])).toEqual(about.rows);
      expect(await store().consents({ afterSeq: 0, limit: 1000 })).toContainEqual({
        ...objection("p_inbox", "m-1"),
        seq: expect.any(Number),
      });
      const other = {
        ...signalItem({ ...signal, type: "reply" }),
        about: { rows: [row("p_no", "email", "no")], consents: [] },
      };
      expect(await store().acknowledge([other])).toEqual(["conflict"]);
      expect(await store().peopleRows(["p_no"])).toEqual([]);
      const segment = await store().openSegment(1000);
      expect(segment?.items).toContainEqual(signalItem(signal));
      await store().closeSegment(segment?.number ?? 0);
      expect(JSON.stringify(await store().quarantined({ limit: 1000 }))).not.toContain("p_no");
    });

    it("ends in the same table whatever the order, and however often it is told", async () => {
      const tellings = fc.array(
        fc.record({
          ref: fc.constantFrom("1", "2", "3"),
          relation: fc.constantFrom<PeopleRow["relation"][]>("email", "with", "unit"),
          value: fc.constantFrom("v", "w"),
          ms: fc.integer({ min: 0, max: 5 }),
        }),
        { minLength: 1, maxLength: 12 },
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(tellings, fc.infiniteStream(fc.nat()), async (told, keys) => {
          run += 1;
          const rows = (place: string) =>
            told.map(({ ref, relation, value, ms }) => row(`p_${place}${run}_${ref}`, relation, value, ms));
          const shuffled = [...rows("b"), ...rows("b")]
            .map((one) => ({ one, key: keys.next().value ?? 0 }))
            .toSorted((a, b) => a.key - b.key);
          await store().learn(rows("a"));
          for (const { one } of shuffled) await store().learn([one]);
          const table = async (place: string) =>
            (await store().peopleRows(["1", "2", "3"].map((ref) => `p_${place}${run}_${ref}`))).map(
              ({ ref, ...rest }) => ({ ...rest, ref: ref.slice(-1) }),
            );
          expect(await table("b")).toEqual(await table("a"));
        }),
        { numRuns: 40 },
      );
    });

    it("tells which units are one: persons and accounts by their senders' ids, a mailbox by itself, nobody for being seen together", async () => {
      expect(await store().unitMerges()).toEqual([]);
      const merged = (one: string, other: string, ms: number) => [
        row(one, "merged_with", other, ms),
        row(other, "merged_with", one, ms),
      ];
      await store().learn([
        row("p_lead", "user_id", "lead-9"),
        row("p_lead", "unit", "account-of-ann"),
        row("p_contact", "user_id", "contact-1"),
        row("p_mail", "email", "ann@home.example"),
        row("p_lead", "with", "p_seen"),
        row("p_lead", "same_as", "p_seen"),
        ...merged("p_contact", "p_lead", 10),
        ...merged("p_lead", "p_contact", 30),
        ...merged("p_contact", "p_mail", 20),
        row("a_old", "account_id", "twin-1"),
        row("a_kept", "account_id", "twin-2"),
        ...merged("a_old", "a_kept", 40),
      ]);
      const found = await store().unitMerges();
      expect(found.toSorted((a, b) => a.knownAt - b.knownAt)).toEqual([
        { units: ["contact-1", "lead-9"], knownAt: at(10) },
        { units: ["contact-1", "p_mail"], knownAt: at(20) },
        { units: ["twin-2", "twin-1"], knownAt: at(40) },
      ]);
      await store().forgetPeople(["p_lead"]);
      expect(await store().unitMerges()).toHaveLength(2);
      // What was kept of the merges of somebody who is erased is no row of theirs.
      const kept = found.filter(({ units }) => units.includes(unitId("p_mail")));
      await store().learn(keptMergeRows(kept));
      await store().forgetPeople(["p_contact", "p_mail"]);
      expect((await store().unitMerges()).toSorted((a, b) => a.knownAt - b.knownAt)).toMatchObject([
        { units: ["contact-1", "p_mail"], knownAt: at(20) },
        { knownAt: at(40) },
      ]);
    });

    it("forgets a person with everything that points there, and learns it again when told again", async () => {
      await store().learn([
        row("p_gone", "email", "g@x.com"),
        row("p_stays", "with", "p_gone"),
        row("p_stays", "email", "s"),
      ]);
      expect(await store().forgetPeople(["p_gone"])).toBe(2);
      expect(await store().peopleRows(["p_gone", "p_stays"])).toEqual([row("p_stays", "email", "s")]);
      await store().learn([row("p_gone", "email", "g@x.com", 7)]);
      expect(await store().peopleRows(["p_gone"])).toEqual([row("p_gone", "email", "g@x.com", 7)]);
    });

    it("appends consent records once each, numbered, and keeps them when the person is forgotten", async () => {
      const before = await store().consents({ afterSeq: 0, limit: 1000 });
      const last = before.at(-1)?.seq ?? 0;
      const told = [objection("p_c", "c-1"), objection("p_c", "c-1"), objection("p_d", "c-1")];
      expect(await store().recordConsents(told)).toEqual(["accepted", "duplicate", "accepted"]);
      await store().forgetPeople(["p_c", "p_d"]);
      const after = await store().consents({ afterSeq: last, limit: 1000 });
      const [one, other] = after;
      expect(after).toEqual([
        { ...objection("p_c", "c-1"), seq: one?.seq },
        { ...objection("p_d", "c-1"), seq: other?.seq },
      ]);
      expect(other?.seq).toBeGreaterThan(one?.seq ?? Infinity);
      expect(await store().consents({ afterSeq: after.at(-1)?.seq ?? 0, limit: 10 })).toEqual([]);
    });

    it("flags a record that says something else under an id that has spoken, and keeps the first (never silently)", async () => {
      const last = (await store().consents({ afterSeq: 0, limit: 1000 })).at(-1)?.seq ?? 0;
      const first = objection("p_e", "e-1");
      const granted: ConsentRecord = { ...objection("p_e", "e-2"), kind: "granted", basis: "consent" };
      expect(await store().recordConsents([first, granted])).toEqual(["accepted", "accepted"]);
      const others: readonly ConsentRecord[] = [
        { ...first, channel: "phone" },
        { ...first, basis: "complained" },
        { ...first, expiresAt: at(9) },
        { ...granted, kind: "withdrawn" },
      ];
      expect(await store().recordConsents(others)).toEqual(others.map(() => "conflict"));
      // Of all that is said of one message only its time may differ: where the sender names none it is the time of each try.
      expect(await store().recordConsents([{ ...first, at: at(5) }, granted])).toEqual(["duplicate", "duplicate"]);
      const kept = await store().consents({ afterSeq: last, limit: 1000 });
      expect(kept).toEqual([first, granted].map((record) => expect.objectContaining(record)));
      expect(kept).toHaveLength(2);
    });
  });

  describe("rewriting texts", () => {
    it("changes what quotes a sender, wherever it is, and counts it", async () => {
      const decision = exampleDecision("engine", "d-rewritten", { context: { note: "about MARKER" } });
      const quarantined = {
        source: "crm",
        position: "1",
        code: "c",
        reason: "got MARKER",
        raw: '{"n":"MARKER"}',
        at: at(0),
      };
      await store().acknowledge([decisionItem(decision)]);
      await store().closeSegment((await store().openSegment(1000))?.number ?? 0);
      await store().quarantine([quarantined]);
      await store().putSetting("an upload", "MARKER.csv");
      const changed = await store().rewriteTexts((text) => text.replaceAll("MARKER", "(erased)"));
      expect(changed).toBe(4);
      expect((await store().servedDecision(decision.id))?.context).toEqual({ note: "about (erased)" });
      expect((await store().quarantined({ limit: 1000 })).at(-1)).toMatchObject({
        reason: "got (erased)",
        raw: '{"n":"(erased)"}',
      });
      expect(await store().setting("an upload")).toBe("(erased).csv");
      expect(await store().rewriteTexts((text) => text)).toBe(0);
      await store().shred();
      expect(await store().setting("an upload")).toBe("(erased).csv");
    });
  });
}
