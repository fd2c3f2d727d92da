import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  actorId,
  identifiersIn,
  projectInbox,
  unitsNamed,
  type ConsentRecord,
  type Identifier,
  type PeopleRow,
  type PersonRef,
} from "@ratchet/engine";
import type { ErasureView } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { eraseFromRecords } from "../crm/erase-from-records.ts";
import { ProblemError } from "../http/problem-error.ts";
import { forgetUploadName } from "../uploads/upload-store.ts";
import { ERASED, mentionsOf, withoutMentions } from "./mentions.ts";

/** Everything that was acknowledged by now. */
const EVERYTHING = { maxItems: 20_000, maxSegments: 10_000 };

type ErasureContext = Pick<
  AppContext,
  "stores" | "people" | "surrogates" | "uploadDirectory" | "jobs" | "imports" | "requestLog" | "workspace"
>;

/**
 * Erases a person: the rows that say who the surrogates are, every stored text that quotes the person, what senders told in words in the
 * facts, uploaded files; then rewrites the files that held them. What was asked about contacting is kept, under keyed hashes alone.
 *
 * The people rows go last: an erasure that was cut short finds the person again, and does it all once more.
 *
 * @throws ProblemError `workspace.busy` while an import runs, which would write the person down again.
 */
export async function erasePerson(context: ErasureContext, named: string, by: string): Promise<ErasureView> {
  if (context.jobs.running() !== null)
    throw new ProblemError(
      "workspace.busy",
      "an import is running and may write the person down again; erase after it",
    );
  const { stores, people, surrogates } = context;
  const { state, facts, clock } = stores;
  const { refs: known, rows } = await people.find(named);
  const refs = [...new Set([...people.refsOf(named), ...known])].toSorted();
  const isSurrogate = refs.some((ref) => ref === named.trim());
  const identifiers = [...identifiersIn(rows), ...(isSurrogate ? [] : surrogates.formerly(named))];

  await projectInbox({ state, facts }, EVERYTHING);
  const suppressed = await keepObjections(context, refs, rows);
  const texts = await eraseTexts(context, identifiers);
  const uploads = await removeUploads(context);
  const units = [...new Set(identifiers.flatMap((identifier) => unitsNamed(identifier)))];
  const written = await state.forgetTexts({ persons: refs, units });
  await facts.erase({ persons: refs, units });
  const gone = await state.forgetPeople(refs);
  await state.shred();

  const erasure = randomUUID();
  const body = { kind: "person.erased", erasure, texts: texts + written, rows: gone } as const;
  await context.workspace.current().append([{ at: clock(), actor: actorId(by), body }], []);
  return { erasure_id: erasure, refs: refs.length, rows: gone, texts: texts + written, uploads, suppressed };
}

/** Every lasting name of the person keeps what any of them was asked for: afterwards nothing says that they belong together. */
async function keepObjections(
  { stores, people }: ErasureContext,
  refs: readonly PersonRef[],
  rows: readonly PeopleRow[],
): Promise<boolean> {
  const records = people.consentsOf(refs).filter(({ kind }) => kind !== "granted");
  const browsers = new Set(rows.flatMap(({ ref, relation }) => (relation === "anonymous_id" ? [ref] : [])));
  const copies = refs
    .filter((ref) => !browsers.has(ref))
    .flatMap((ref) => records.map((record): ConsentRecord => ({ ...record, ref })));
  await stores.state.recordConsents(copies);
  return records.length > 0;
}

async function eraseTexts(
  { stores, imports, requestLog }: ErasureContext,
  identifiers: readonly Identifier[],
): Promise<number> {
  const mentions = mentionsOf(identifiers);
  // A sender's id is what a unit is called in decisions, and a word of any setting: there it says nothing of a person.
  const direct = mentionsOf(
    identifiers.filter(({ relation }) => relation !== "user_id" && relation !== "anonymous_id"),
  );
  const inFileName = mentionsOf([...identifiers, ...nameWords(identifiers)]);
  imports.rewrite((run) => {
    const text = withoutMentions(JSON.stringify(run), direct);
    return inFileName(run.file) ? { ...JSON.parse(text), file: ERASED } : JSON.parse(text);
  });
  await imports.save();
  requestLog.rewrite((fault) => (mentions(fault) ? ERASED : fault));
  const records = await eraseFromRecords(stores.state, direct);
  const texts = await stores.state.rewriteTexts((text, place) => {
    // A row in quarantine is about whom it names; a decision and a setting are about more.
    if (place === "quarantine") return mentions(text) ? ERASED : text;
    // Nobody can say of a note or a reply which of its words are about whom.
    if (place === "text") return mentions(text) ? "" : text;
    return withoutMentions(text, direct);
  });
  return records + texts;
}

/** A file may be called by a surname alone. */
function nameWords(identifiers: readonly Identifier[]): readonly Identifier[] {
  return identifiers
    .filter(({ relation }) => relation === "name")
    .flatMap(({ value }) => value.split(/\s+/u).map((word) => ({ relation: "name", value: word }) as const));
}

/** Uploads wait for an import and can be sent again; nobody can say of a packed or half-read one whom it names. */
async function removeUploads({ uploadDirectory, stores }: ErasureContext): Promise<number> {
  const ids = await readdir(uploadDirectory).catch(() => []);
  for (const id of ids) {
    await rm(join(uploadDirectory, id), { force: true, recursive: true });
    await forgetUploadName(stores.state, id);
  }
  return ids.length;
}
