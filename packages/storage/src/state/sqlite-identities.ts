import { setImmediate as breathe } from "node:timers/promises";
import type { IdentityConflicts } from "@ratchet/engine";
import { conflictsAmong, type Claim } from "@ratchet/engine/drivers";
import type { SqliteDatabase } from "./open-database.ts";
import { text } from "./row.ts";

/** Rows read at once: some milliseconds, after which others get a turn. */
const PAGE = 2_000;

/** `PeopleStore.identityConflicts` on SQLite. Only names with several users are held; whether those are one is asked for them alone. */
export async function identityConflicts(sqlite: SqliteDatabase): Promise<IdentityConflicts> {
  const page = sqlite.prepare(
    `select ref, value from people where relation = 'with_user' and (ref, value) > (?, ?) order by ref, value limit ?`,
  );
  const sameAs = sqlite.prepare("select value from people where ref = ? and relation = 'same_as'");
  const contested: Claim[] = [];
  let claimed = 0;
  let [ref, users]: [string, string[]] = ["", []];
  const close = (): void => {
    if (users.length > 0) claimed += 1;
    if (users.length > 1) contested.push({ ref, users });
  };
  for (let last = ""; ;) {
    const rows = page.all(ref, last, PAGE);
    for (const row of rows) {
      const next = text(row, "ref");
      if (next !== ref) {
        close();
        [ref, users] = [next, []];
      }
      last = text(row, "value");
      users.push(last);
    }
    if (rows.length < PAGE) break;
    await breathe();
  }
  close();
  const same = contested
    .flatMap((claim) => claim.users)
    .flatMap((user) => sameAs.all(user).map((row) => [user, text(row, "value")] as const));
  return { ...conflictsAmong(contested, same), claimed };
}
