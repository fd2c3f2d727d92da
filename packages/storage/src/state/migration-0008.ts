import { sql, type Migration } from "kysely";

/** What waits in quarantine for one thing to be known (whose an opportunity is) is found by it. */
export const quarantineByReading: Migration = {
  up: async (db) => {
    await sql`create index quarantine_waiting_by_reading on quarantine (reading, seq)
      where released_at is null and reading is not null`.execute(db);
  },
};
