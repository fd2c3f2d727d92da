import { probability } from "@ratchet/stats";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { actionId, decisionId, personRef } from "../ids.ts";
import type { Signal } from "../signals/signal.ts";
import { instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import {
  decisionItem,
  exampleDecision,
  exampleMetric,
  exampleSignal,
  signalItem,
  START_MS,
} from "./example-facts.contract.ts";
import type { InboxItem } from "./state-store.ts";

const plus = (ms: number) => instant(START_MS + ms);

/** One thing that happened with a mail. */
interface Touch {
  readonly type: "delivered" | "clicked" | "opened";
  readonly atMs: number;
  readonly person: string | null;
  readonly mail: string | null;
  readonly link: string | null;
  readonly human: number | null;
  readonly heardAfterMs: number;
}

const HUMAN: Touch = {
  type: "clicked",
  atMs: 60_000,
  person: "p_1",
  mail: "mail-1",
  link: "https://example.com/a",
  human: 0.8,
  heardAfterMs: 1_000,
};

function signalOf(source: string, i: number, touch: Touch): Signal {
  const { type, atMs, person, mail, link, human, heardAfterMs } = touch;
  return exampleSignal(source, `m-${i}`, {
    type,
    decisionId: decisionId(`${source}-${i}`),
    occurredAt: plus(atMs),
    receivedAt: plus(atMs + heardAfterMs),
    detail: {
      person: person === null ? null : personRef(person),
      account: null,
      currency: null,
      humanProbability: human === null ? null : probability(human),
      properties: { ...(mail === null ? {} : { vendor_message_id: mail }), ...(link === null ? {} : { link }) },
    },
  });
}

/** The touches that count, one decision each, by their index. */
export function specifyEngagement(subject: Subject): void {
  const counted = async (
    source: string,
    touches: readonly Touch[],
    {
      type = "clicked",
      min,
      knownMs,
    }: { readonly type?: string; readonly min?: number; readonly knownMs?: number } = {},
  ): Promise<readonly number[]> => {
    const { cells } = await subject.store.measure({
      source,
      point: "email",
      metric: {
        ...exampleMetric("conversion", 1_000_000),
        signal: type,
        ...(min === undefined ? {} : { humanProbabilityMin: min }),
      },
      watermark: plus(10_000_000),
      ...(knownMs === undefined ? {} : { knownAt: plus(knownMs) }),
    });
    return touches.flatMap((_, i) => (cells.some((c) => c.action === `${i}` && c.nonZero === 1) ? [i] : []));
  };
  const load = (source: string, touches: readonly Touch[], order?: readonly number[]): Promise<number> => {
    const items: readonly InboxItem[] = touches.map((touch, i) => signalItem(signalOf(source, i, touch)));
    const decisions = touches.map((_, i) =>
      decisionItem(exampleDecision(source, `${source}-${i}`, { action: actionId(`${i}`) })),
    );
    return subject.load([...decisions, ...(order ?? [...items.keys()]).flatMap((i) => items[i] ?? [])]);
  };

  it("takes three links of a mail at once for a machine's clicks, and one after the other for a person's", async () => {
    const links = ["a", "b", "c"].map((link) => ({ ...HUMAN, link }));
    const touches = [
      ...links.map((touch, i) => ({ ...touch, atMs: 60_000 + 1_000 * i })),
      ...links.map((touch, i) => ({ ...touch, mail: "mail-2", atMs: 60_000 + 6_000 * i })),
      ...links.map((touch, i) => ({ ...touch, mail: "mail-3", person: `p_${i}` })),
      ...links.map((touch) => ({ ...touch, mail: "mail-4", link: "a" })),
      ...links.map((touch) => ({ ...touch, mail: null })),
    ];
    await load("links", touches);
    expect(await counted("links", touches)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(await counted("links", touches, { min: 0 })).toHaveLength(15);
    // Log-odds of 0.8 are 1.39; three less are those of 0.17.
    expect(await counted("links", touches, { min: 0.15 })).toHaveLength(15);
    expect(await counted("links", touches, { min: 0.2 })).toHaveLength(12);
    // Known when the third was not yet: two links at once are a hand's.
    expect(await counted("links", touches, { knownMs: 62_000 })).toContain(0);
  });

  it("takes what is clicked within two seconds of delivery for a machine's, whichever of both is heard of first", async () => {
    const delivered = { ...HUMAN, type: "delivered", link: null, human: null, atMs: 100_000 } as const;
    const touches = [
      { ...delivered, heardAfterMs: 900_000 },
      { ...HUMAN, atMs: 101_999 },
      { ...HUMAN, atMs: 102_000 },
      { ...HUMAN, atMs: 99_999 },
      { ...HUMAN, atMs: 100_000, human: 0.99 },
      { ...HUMAN, atMs: 101_000, mail: "mail-2" },
      { ...HUMAN, type: "opened", atMs: 101_000 } as const,
    ];
    await load("instant", touches, [3, 2, 1, 0, 4, 5, 6]);
    expect(await counted("instant", touches)).toEqual([2, 3, 4, 5]);
    expect(await counted("instant", touches, { knownMs: 500_000 })).toEqual([1, 2, 3, 4, 5]);
    expect(await counted("instant", touches, { type: "opened" })).toEqual([]);
  });

  const touch: fc.Arbitrary<Touch> = fc.record({
    type: fc.constantFrom("delivered", "clicked", "clicked", "clicked"),
    atMs: fc.constantFrom(10_000, 11_999, 12_000, 14_000, 15_000, 15_001, 20_000),
    person: fc.constantFrom("p_1", "p_1", "p_2", null),
    mail: fc.constantFrom("one", "one", "zwei", null),
    link: fc.constantFrom("a", "b", "c", "d", null),
    human: fc.constantFrom(null, 0.3, 0.8, 0.99),
    heardAfterMs: fc.constantFrom(1, 5_000),
  });

  it("counts random clicks as the definition says, in whatever order they came", async () => {
    let history = 0;
    const recipe = fc.record({
      touches: fc.array(touch, { minLength: 5, maxLength: 25, size: "max" }),
      min: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
      knownMs: fc.constantFrom(undefined, 16_000),
    });
    await fc.assert(
      fc.asyncProperty(recipe, async ({ touches, min, knownMs }) => {
        history += 1;
        const source = `engaged-${history}`;
        await load(source, touches);
        const known = touches.filter(
          ({ atMs, heardAfterMs }) => knownMs === undefined || atMs + heardAfterMs <= knownMs,
        );
        const expected = touches.flatMap((own, i) => {
          if (own.type !== "clicked" || !known.includes(own)) return [];
          const same = known.filter(
            (o) => own.mail !== null && o.mail === own.mail && own.person !== null && o.person === own.person,
          );
          const links = same
            .filter((o) => o.type === "clicked" && Math.abs(o.atMs - own.atMs) <= 5_000)
            .map((o) => o.link);
          const delivered = Math.min(...same.filter((o) => o.type === "delivered").map((o) => o.atMs));
          const signs =
            Number(new Set(links).size >= 3) + Number(own.atMs >= delivered && own.atMs - delivered < 2_000);
          const p = own.human ?? 1;
          const odds = (p / (1 - p)) * Math.exp(-3 * signs);
          return min === 0 || p === 1 || odds >= min / (1 - min) ? [i] : [];
        });
        expect(await counted(source, touches, { min, ...(knownMs === undefined ? {} : { knownMs }) })).toEqual(
          expected,
        );
      }),
      { numRuns: 15, seed: 20_260_301, endOnFailure: true },
    );
  }, 120_000);
}
