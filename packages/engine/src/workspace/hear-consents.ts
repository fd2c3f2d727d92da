import type { StateStore } from "../ports/state-store.ts";
import { ConsentBook } from "../signals/consent-book.ts";

/** Records that are read at once at open. */
const PAGE = 5000;

/**
 * A state store in front of which nothing is acknowledged that a decision does not know yet: what is said about contacting anybody, and who
 * turns out to be whom, is in the book when the call resolves.
 */
export async function hearConsents(
  state: StateStore,
): Promise<{ readonly state: StateStore; readonly consents: ConsentBook }> {
  const consents = new ConsentBook((refs) => state.peopleRows(refs));
  for (let afterSeq = 0; ;) {
    const page = await state.consents({ afterSeq, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) break;
    await consents.hear(page);
    afterSeq = last.seq;
  }
  return {
    consents,
    state: {
      ...state,
      acknowledge: async (items) => {
        const receipts = await state.acknowledge(items);
        const told = items.flatMap((item, i) =>
          receipts[i] === "accepted" && item.kind === "signal" && item.about !== undefined ? [item.about] : [],
        );
        for (const { consents: said } of told) if (said.length > 0) await consents.hear(said);
        for (const { rows } of told) if (rows.length > 0) await consents.learn(rows);
        return receipts;
      },
      learn: async (rows) => {
        await state.learn(rows);
        await consents.learn(rows);
      },
      recordConsents: async (records) => {
        const receipts = await state.recordConsents(records);
        // What contradicts an earlier record stands nowhere, so it must not be heard either.
        await consents.hear(records.filter((_, i) => receipts[i] !== "conflict"));
        return receipts;
      },
    },
  };
}
