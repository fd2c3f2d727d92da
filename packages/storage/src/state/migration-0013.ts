import type { Migration } from "kysely";

/** Signals wait as the rows that they become: what is in `rows` is neither parsed nor encoded again on its way to the facts. */
export const rowsInBlocks: Migration = {
  up: async (db) => {
    await db.schema.alterTable("inbox_blocks").addColumn("rows", "blob").execute();
  },
};
