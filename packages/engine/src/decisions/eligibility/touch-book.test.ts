import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decisionId } from "../../ids.ts";
import { DAY_MS, instant } from "../../time.ts";
import { TouchBook, type Touch, type TouchNews } from "./touch-book.ts";

const START = Date.UTC(2026, 6, 1);
const at = (ms: number) => instant(START + ms);
const book = () => new TouchBook({ keepMs: DAY_MS, complete: true });
const touch = (id: string, ms: number, told: Partial<Touch> = {}): Touch => ({
  decision: decisionId(id),
  subjects: ["person p"],
  channel: "email",
  queue: null,
  at: at(ms),
  ...told,
});
const contacts = (of: TouchBook, since: number, channel: string | null = null) =>
  of.contacts({ subject: "person p", channel, since: at(since) });

describe("the book of touches", () => {
  it("counts what was decided on after a moment, by channel or all together", () => {
    const one = book();
    for (const told of [touch("a", 1), touch("b", 2, { channel: "phone" }), touch("c", 3, { subjects: ["person q"] })])
      one.reserve(told);
    expect([contacts(one, 0), contacts(one, 1), contacts(one, 0, "email"), contacts(one, 2)]).toEqual([2, 1, 1, 0]);
  });
  it("takes a decision once, however often it is asked for, also after it was taken back", () => {
    const one = book();
    expect([one.reserve(touch("a", 1)), one.reserve(touch("a", 1))]).toEqual([true, false]);
    one.report(decisionId("a"), "released");
    expect([one.reserve(touch("a", 1)), contacts(one, 0)]).toEqual([false, 0]);
  });
  it("counts a queue's work as open until it was worked", () => {
    const one = book();
    for (const id of ["a", "b", "c"]) one.reserve(touch(id, 1, { subjects: [], channel: null, queue: "emea" }));
    one.report(decisionId("a"), "worked");
    one.report(decisionId("b"), "released");
    const load = (counts: "assigned" | "open") => one.assignments({ queue: "emea", counts, since: at(0) });
    expect([load("assigned"), load("open")]).toEqual([2, 1]);
  });
  it("counts what is offered once it is taken up or worked, unless it did not happen, in whatever order it hears that", () => {
    const news = fc.shuffledSubarray(["offered", "exposed", "worked", "released"] as const);
    const law = (heard: readonly TouchNews[], early: number): void => {
      const one = new TouchBook({ keepMs: DAY_MS, complete: false });
      for (const each of heard.slice(0, early)) one.report(decisionId("a"), each);
      one.reserve(touch("a", 1));
      for (const each of heard.slice(early)) one.report(decisionId("a"), each);
      one.setComplete(true);
      const isTaken = !heard.includes("offered") || heard.includes("exposed") || heard.includes("worked");
      expect(contacts(one, 0)).toBe(isTaken && !heard.includes("released") ? 1 : 0);
      expect(one.isOffered(decisionId("a"))).toBe(!isTaken && !heard.includes("released"));
    };
    fc.assert(fc.property(news, fc.nat(4), law));
  });
  it("cannot tell before its history is in, and hears news of decisions that it does not know yet", () => {
    const one = new TouchBook({ keepMs: DAY_MS, complete: false });
    one.report(decisionId("a"), "released");
    one.reserve(touch("a", 1));
    one.reserve(touch("b", 1));
    expect([contacts(one, 0), one.assignments({ queue: "emea", counts: "open", since: at(0) })]).toEqual([null, null]);
    one.setComplete(true);
    expect(contacts(one, 0)).toBe(1);
  });
  it("forgets what no window reaches, and so stays as small as the windows", () => {
    const one = book();
    for (let i = 0; i < 30_000; i += 1) one.reserve(touch(`d${i}`, i * 10_000));
    // 10,000 touches a sweep, 8,640 a day: nothing older than a day and a sweep is left.
    expect(one.size).toBeLessThanOrEqual(8_641 + 10_000);
    expect(contacts(one, 29_999 * 10_000 - DAY_MS)).toBe(8_640);
  });
  it("counts the same in any order of arrival", () => {
    const events = fc.uniqueArray(fc.record({ id: fc.nat(40), ms: fc.nat(1000), released: fc.boolean() }), {
      selector: ({ id }) => id,
    });
    fc.assert(
      fc.property(
        events,
        fc.nat(1000),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (told, since, order) => {
          const moves = told.flatMap(({ id, ms, released }) => [
            (of: TouchBook) => void of.reserve(touch(`d${id}`, ms)),
            ...(released ? [(of: TouchBook) => of.report(decisionId(`d${id}`), "released")] : []),
          ]);
          const one = new TouchBook({ keepMs: DAY_MS, complete: false });
          const shuffled = moves.map((move) => ({ move, key: order.next().value })).toSorted((a, b) => a.key - b.key);
          for (const { move } of shuffled) move(one);
          one.setComplete(true);
          expect(contacts(one, since)).toBe(told.filter(({ ms, released }) => !released && ms > since).length);
        },
      ),
    );
  });
});
