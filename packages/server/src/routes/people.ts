import {
  isoOf,
  mergedRows,
  parseInstant,
  personRecord,
  type ConsentRecord,
  type ContactAnswer,
  type FoundPerson,
  type Instant,
} from "@ratchet/engine";
import { ROUTES, type ContactView, type PersonView } from "@ratchet/protocol";
import type { Hono } from "hono";
import { speaker } from "../access/speaker.ts";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { liftSuppressions } from "../people/lift-suppressions.ts";
import { erasePerson } from "../people/erase-person.ts";

const EVERY_CHANNEL = "all";

/** Who the surrogates are, who may be contacted, and forgetting somebody. */
export function peopleRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  const { people, stores } = context;
  on(app, "person", async (c) => personView(await people.find(readQuery(c, ROUTES.person.query).person)));
  on(app, "mergePeople", async (c) => {
    const { person, former } = await readBody(c, ROUTES.mergePeople.request);
    const [one, other] = [people.refsOf(person)[0], people.refsOf(former)[0]];
    if (one === undefined || other === undefined || one === other)
      throw new ProblemError("person.same", "name two records, not one twice");
    const firstAt = stores.clock();
    // What the records are called, too: nothing may have been heard of them but decisions.
    const called = [person, former]
      .flatMap((name) => context.surrogates.formerly(name))
      .filter(({ ref }) => ref === one || ref === other);
    await stores.state.learn([
      ...called.map(({ ref, relation, value }) => ({ ref, relation, value, firstAt })),
      ...mergedRows(one, other, firstAt),
    ]);
    return personView(await people.find(person));
  });
  on(app, "merges", async () => {
    const merged = context.merges.merged();
    const former = [...merged.keys()];
    const both = await stores.state.firstDecided(former);
    const decided = await stores.state.decidedUnits();
    return {
      merged: merged.size,
      decided_before: both.size,
      decided,
      share: decided === 0 ? null : both.size / decided,
    };
  });
  on(app, "erasePerson", async (c) => {
    const { person, by } = await readBody(c, ROUTES.erasePerson.request);
    return erasePerson(context, person, speaker(c, by));
  });
  on(app, "contactAllowed", async (c) => {
    const { unit, channel = EVERY_CHANNEL } = readQuery(c, ROUTES.contactAllowed.query);
    return answered(context, unit, channel);
  });
  on(app, "suppress", async (c) => {
    const body = await readBody(c, ROUTES.suppress.request);
    return recorded(context, { ...body, kind: "suppressed" });
  });
  on(app, "liftSuppressions", async (c) => {
    const { person, channel = EVERY_CHANNEL, by, reason } = await readBody(c, ROUTES.liftSuppressions.request);
    await liftSuppressions(context, { person, channel, by: speaker(c, by), reason });
    return answered(context, person, channel);
  });
  on(app, "recordConsent", async (c) => recorded(context, await readBody(c, ROUTES.recordConsent.request)));
}

interface ToRecord extends Pick<ConsentRecord, "kind" | "basis" | "source"> {
  readonly person: string;
  readonly channel?: string;
  readonly message_id: string;
  readonly at?: string;
  readonly expires_at?: string;
}

/** Durable before it is answered, and in force with the answer. */
async function recorded(context: AppContext, asked: ToRecord): Promise<ContactView> {
  const { people, stores, surrogates } = context;
  const { person, channel = EVERY_CHANNEL, kind, basis, source } = asked;
  if (source === "engine")
    throw new ProblemError(
      "person.reserved_source",
      'nothing that learns may say who is contacted; "engine" is no source here',
    );
  const now = stores.clock();
  const said = asked.at === undefined ? now : timeOf(asked.at);
  const expiresAt = asked.expires_at === undefined ? null : timeOf(asked.expires_at);
  // Only what the request itself names, and not who that is known to be by now: whoever asks later finds it by all that is known then,
  // and an erasure writes it down under every name.
  const refs = people.refsOf(person);
  if (refs.length === 0) throw new ProblemError("person.unnamed", `"${person}" names nobody`);
  const messageId = surrogates.message(asked.message_id, { userId: person });
  const at = said < now ? said : now;
  const receipts = await stores.state.recordConsents(
    refs.map((ref) => ({ ref, kind, basis, channel, source, messageId, at, expiresAt })),
  );
  if (receipts.includes("conflict"))
    throw new ProblemError(
      "person.conflict",
      `another word of "${source}" about this person was recorded under this message_id; that one stands: send a new message_id`,
    );
  return answered(context, person, channel);
}

function timeOf(text: string): Instant {
  const parsed = parseInstant(text);
  if (parsed.kind === "err") throw new ProblemError(parsed.error.code, parsed.error.message);
  return parsed.value;
}

async function answered({ people, stores }: AppContext, named: string, channel: string): Promise<ContactView> {
  return contactView(await people.allowed(named, { channel, now: stores.clock() }), channel);
}

function contactView(answer: ContactAnswer, channel: string): ContactView {
  if (answer.kind === "allowed") return { allowed: true, channel, rule: null, source: null, since: null };
  const { rule, source, since } = answer;
  return { allowed: false, channel, rule, source, since: isoOf(since) };
}

function personView({ refs, rows }: FoundPerson): PersonView {
  const record = personRecord(refs, rows);
  return {
    refs: record.refs,
    identifiers: record.identifiers.map(({ relation, value }) => ({ kind: relation, value })),
    unit_id: record.unitId,
    other_units: record.otherUnits,
    account: record.account,
    account_by: record.accountBy,
    former_accounts: record.formerAccounts,
    first_seen_at: record.firstSeenAt === null ? null : isoOf(record.firstSeenAt),
  };
}
