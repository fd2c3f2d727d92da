import { instant, type Source, type SourceKind, type StateStore } from "@ratchet/engine";
import { SourceKeyTakenError } from "@ratchet/engine/drivers";
import type { OpenDatabase } from "./open-database.ts";
import type { StateTables } from "./tables.ts";

/** Who sends to us, on SQLite. */
export function sqliteSources({ kysely }: OpenDatabase): Pick<StateStore, "sources" | "putSource"> {
  return {
    sources: async () => (await kysely.selectFrom("sources").selectAll().orderBy("id").execute()).map(sourceOf),
    putSource: async (source) => {
      const { id, ...row } = rowOf(source);
      const holder = await kysely
        .selectFrom("sources")
        .select("id")
        .where("key_digest", "=", row.key_digest)
        .executeTakeFirst();
      if (holder !== undefined && holder.id !== id) throw new SourceKeyTakenError();
      await kysely
        .insertInto("sources")
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
    },
  };
}

type SourceRow = StateTables["sources"];

function sourceOf(row: SourceRow): Source {
  const { id, vendor, mapping, secret } = row;
  return {
    id,
    kind: kindOf(row.kind),
    vendor,
    mapping,
    ...(row.settings === null ? {} : { settings: row.settings }),
    keyDigest: row.key_digest,
    ...(row.key_end === null ? {} : { keyEnd: row.key_end }),
    ...formerKeyOf(row),
    secret,
    ...formerSecretOf(row),
    carriesOutcomes: row.carries_outcomes === 1,
    createdAt: instant(row.created_at),
    disabledAt: row.disabled_at === null ? null : instant(row.disabled_at),
  };
}

function formerKeyOf({ former_key_digest, former_key_end, former_key_until }: SourceRow): Pick<Source, "formerKey"> {
  if (former_key_digest === null || former_key_until === null) return {};
  const end = former_key_end === null ? {} : { end: former_key_end };
  return { formerKey: { digest: former_key_digest, ...end, until: instant(former_key_until) } };
}

function formerSecretOf({ former_secret, former_secret_until }: SourceRow): Pick<Source, "formerSecret"> {
  if (former_secret === null || former_secret_until === null) return {};
  return { formerSecret: { secret: former_secret, until: instant(former_secret_until) } };
}

function rowOf(source: Source): SourceRow {
  const { id, kind, vendor, mapping, secret, formerKey, formerSecret } = source;
  return {
    id,
    kind,
    vendor,
    mapping,
    settings: source.settings ?? null,
    key_digest: source.keyDigest,
    key_end: source.keyEnd ?? null,
    former_key_digest: formerKey?.digest ?? null,
    former_key_end: formerKey?.end ?? null,
    former_key_until: formerKey?.until ?? null,
    secret,
    former_secret: formerSecret?.secret ?? null,
    former_secret_until: formerSecret?.until ?? null,
    carries_outcomes: source.carriesOutcomes ? 1 : 0,
    created_at: source.createdAt,
    disabled_at: source.disabledAt,
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
