import { instant, type Source, type SourceKind, type StateStore } from "@ratchet/engine";
import { SourceKeyTakenError } from "@ratchet/engine/drivers";
import type { OpenDatabase } from "./open-database.ts";

/** Who sends to us, on SQLite. */
export function sqliteSources({ kysely }: OpenDatabase): Pick<StateStore, "sources" | "putSource"> {
  return {
    sources: async () => {
      const rows = await kysely.selectFrom("sources").selectAll().orderBy("id").execute();
      return rows.map(
        ({
          id,
          kind,
          vendor,
          mapping,
          settings,
          key_digest,
          secret,
          carries_outcomes,
          created_at,
          disabled_at,
        }): Source => ({
          id,
          kind: kindOf(kind),
          vendor,
          mapping,
          ...(settings === null ? {} : { settings }),
          keyDigest: key_digest,
          secret,
          carriesOutcomes: carries_outcomes === 1,
          createdAt: instant(created_at),
          disabledAt: disabled_at === null ? null : instant(disabled_at),
        }),
      );
    },
    putSource: async ({ id, keyDigest, carriesOutcomes, createdAt, disabledAt, ...rest }) => {
      const holder = await kysely
        .selectFrom("sources")
        .select("id")
        .where("key_digest", "=", keyDigest)
        .executeTakeFirst();
      if (holder !== undefined && holder.id !== id) throw new SourceKeyTakenError();
      const row = {
        ...rest,
        settings: rest.settings ?? null,
        key_digest: keyDigest,
        carries_outcomes: carriesOutcomes ? 1 : 0,
        created_at: createdAt,
        disabled_at: disabledAt,
      };
      await kysely
        .insertInto("sources")
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
    },
  };
}

const KINDS: ReadonlyMap<string, SourceKind> = new Map(
  (["api", "segment", "cloudevents", "webhook", "file"] as const).map((kind) => [kind, kind]),
);

/** @throws TypeError where the stored word is no kind of source. */
function kindOf(stored: string): SourceKind {
  const kind = KINDS.get(stored);
  if (kind === undefined) throw new TypeError(`not a kind of source: ${stored}`);
  return kind;
}
