import {
  memoryFactsStore,
  memoryStateStore,
  type FactsStore,
  type InboxItem,
  type LedgerEntry,
  type StateStore,
  type StoredDocument,
} from "@ratchet/engine";

/** In-memory stores that remember everything that was written, so that it can be written again elsewhere. */
export interface Recording {
  readonly stores: { readonly state: StateStore; readonly facts: FactsStore };
  readonly written: () => {
    readonly entries: readonly LedgerEntry[];
    readonly documents: readonly StoredDocument[];
    readonly items: readonly InboxItem[];
  };
}

export function recordingStores(): Recording {
  const state = memoryStateStore();
  const entries: LedgerEntry[] = [];
  const documents: StoredDocument[] = [];
  const items: InboxItem[] = [];
  return {
    stores: {
      facts: memoryFactsStore(),
      state: {
        ...state,
        append: async (added, named) => {
          await state.append(added, named);
          entries.push(...added);
          documents.push(...named);
        },
        acknowledge: async (heard) => {
          const receipts = await state.acknowledge(heard);
          items.push(...heard.filter((_, i) => receipts[i] === "accepted"));
          return receipts;
        },
      },
    },
    written: () => ({ entries, documents, items }),
  };
}
