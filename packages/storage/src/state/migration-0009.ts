import type { Migration } from "kysely";

/** Sources whose key or secret is being changed: what was there before holds for a while. */
export const keysInChange: Migration = {
  up: async (db) => {
    for (const [name, type] of [
      ["key_end", "text"],
      ["former_key_digest", "text"],
      ["former_key_end", "text"],
      ["former_key_until", "integer"],
      ["former_secret", "text"],
      ["former_secret_until", "integer"],
    ] as const)
      await db.schema.alterTable("sources").addColumn(name, type).execute();
  },
};
