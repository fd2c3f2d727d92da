import { randomUUID } from "node:crypto";
import { actorId, identifiersIn, liftId, suppressionsIn, type ConsentRecord } from "@ratchet/engine";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import { namesSomebody } from "../ingest/flat-properties.ts";
import { mentionsOf } from "./mentions.ts";

/** Who says that a person's suppressions were a mistake, and why. */
interface Lifting {
  readonly person: string;
  readonly channel: string;
  readonly by: string;
  readonly reason: string;
}

/**
 * Takes back the suppressions of a person that stand now, by name: one that comes later counts. The ledger says who did it and why, before
 * it has any effect.
 *
 * @throws ProblemError `person.not_suppressed`; `person.named_in_reason`, since nothing in the ledger can ever be erased.
 */
export async function liftSuppressions(
  { people, stores, surrogates, workspace }: Pick<AppContext, "people" | "stores" | "surrogates" | "workspace">,
  { person, channel, by, reason }: Lifting,
): Promise<void> {
  const found = await people.find(person);
  const identifiers = [...identifiersIn(found.rows), ...surrogates.formerly(person)];
  if (namesSomebody(reason) || mentionsOf(identifiers)(reason))
    throw new ProblemError(
      "person.named_in_reason",
      "the reason names somebody, and the ledger keeps it for ever; say why without saying who",
    );
  const refs = [...new Set([...people.refsOf(person), ...found.refs])];
  const standing = suppressionsIn(people.consentsOf(refs), channel);
  if (standing.length === 0)
    throw new ProblemError("person.not_suppressed", "no suppression of this person stands: there is nothing to lift");
  const at = stores.clock();
  const body = {
    kind: "suppression.lifted",
    lifting: randomUUID(),
    records: new Set(standing.map(liftId)).size,
    reason,
  } as const;
  await workspace.current().append([{ at, actor: actorId(by), body }], []);
  await stores.state.recordConsents(
    standing.map((record): ConsentRecord => ({
      ...record,
      kind: "lifted",
      source: by,
      messageId: liftId(record),
      at,
      expiresAt: null,
    })),
  );
}
