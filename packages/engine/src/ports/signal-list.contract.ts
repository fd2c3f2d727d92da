import { expect, it } from "vitest";
import { unitId } from "../ids.ts";
import type { Signal } from "../signals/signal.ts";
import { FIRST_INSTANT } from "../signals/source-clock.ts";
import { instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import { exampleClockRow, exampleSignal, signalItem, START_MS } from "./example-facts.contract.ts";

const plus = (ms: number) => instant(START_MS + ms);

/** Signals as a list: in what order, of what, from when to when, and page by page. */
export function specifySignalList(subject: Subject): void {
  it("lists the newest signals first, of one source, type or unit where asked", async () => {
    const made = (id: string, ms: number, told: Partial<Signal> = {}) =>
      signalItem(exampleSignal("listed-signals", id, { occurredAt: plus(ms), ...told }));
    await subject.load([
      made("b", 5),
      made("a", 5),
      made("c", 1, { unitId: unitId("listed unit") }),
      made("d", 9, { type: "listed_type" }),
    ]);
    const ids = async (query: object) =>
      (await subject.store.signals({ source: "listed-signals", limit: 10, ...query })).map((s) => s.messageId);
    expect(await ids({})).toEqual(["d", "b", "a", "c"]);
    expect(await ids({ limit: 2 })).toEqual(["d", "b"]);
    expect(await ids({ unitId: unitId("listed unit") })).toEqual(["c"]);
    expect((await subject.store.signals({ type: "listed_type", limit: 10 })).map((s) => s.messageId)).toEqual(["d"]);
    expect(await ids({ source: "nobody's" })).toEqual([]);
    expect(await ids({ since: plus(1), until: plus(5) })).toEqual(["b", "a"]);
  });

  it("lists signals page by page, each once, in the order of the whole list", async () => {
    // Eight at each of two moments, and the same ids in two sources: every tie there is.
    const moments = [10, 20].flatMap((ms) => ["paged", "paged-é"].map((source) => ({ ms, source })));
    const names = ["a", "B", "\uffed", "😀"];
    const type = "paged_type";
    await subject.load(
      moments.flatMap(({ ms, source }) =>
        names.map((name) => signalItem(exampleSignal(source, `${name}-${ms}`, { type, occurredAt: plus(ms) }))),
      ),
    );
    const whole = await subject.store.signals({ type, limit: 100 });
    expect(whole).toHaveLength(16);
    const paged: Signal[] = [];
    for (;;) {
      const behind = paged.at(-1);
      const page = await subject.store.signals({ type, limit: 3, ...(behind === undefined ? {} : { behind }) });
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(whole);
  });

  it("lists by the time of our clock: from, to and the next page", async () => {
    const source = "paged-ahead";
    const made = (id: string, ms: number) => signalItem(exampleSignal(source, id, { occurredAt: plus(ms) }));
    await subject.load([made("a", 1_000_000), made("b", 2_000_000), made("c", 3_000_000)]);
    const clocks = [exampleClockRow(source, { fromRaw: FIRST_INSTANT, shiftMs: -600_000, knownAt: plus(0) })];
    const page = await subject.store.signals({ source, limit: 1, clocks, until: plus(1_400_000) });
    expect(page.map((s) => [s.messageId, s.occurredAt])).toEqual([["b", plus(1_400_000)]]);
    const [behind] = page;
    if (behind === undefined) throw new Error("the page is empty");
    const next = await subject.store.signals({ source, limit: 9, clocks, behind });
    expect(next.map((s) => s.messageId)).toEqual(["a"]);
    expect(await subject.store.signals({ source, limit: 9, clocks, since: plus(400_000), behind })).toEqual([]);
  });
}
