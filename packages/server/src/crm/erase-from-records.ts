import { RECORD_KINDS, type RecordKey, type RecordKind, type StateStore } from "@ratchet/engine";
import { withoutMentions, type Mentions } from "../people/mentions.ts";

/** Objects read at once. */
const PAGE = 200;

/**
 * Takes out of every object of a CRM what names a person: a word in an account's or an opportunity's attributes. The person's own objects
 * go with the person.
 *
 * @returns how many versions changed.
 */
export async function eraseFromRecords(state: StateStore, mentions: Mentions): Promise<number> {
  let changed = 0;
  for (const kind of RECORD_KINDS) changed += await eraseKind(state, kind, mentions);
  return changed;
}

async function eraseKind(state: StateStore, kind: RecordKind, mentions: Mentions): Promise<number> {
  let changed = 0;
  let after: RecordKey | undefined;
  for (;;) {
    const keys = await state.recordKeys({ kind, limit: PAGE, ...(after === undefined ? {} : { after }) });
    const versions = await state.recordVersions(keys);
    const erased = versions.flatMap((version) => {
      const before = JSON.stringify(version.fields);
      const text = withoutMentions(before, mentions);
      return text === before ? [] : [{ ...version, fields: JSON.parse(text) }];
    });
    if (erased.length > 0) await state.putRecordVersions(erased, []);
    changed += erased.length;
    after = keys.at(-1);
    if (keys.length < PAGE) return changed;
  }
}
