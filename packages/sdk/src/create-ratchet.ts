import type {
  DecisionRequest,
  DecisionView,
  ParametersOf,
  QueryOf,
  RequestOf,
  ResponseOf,
  RouteName,
} from "@ratchet/protocol";
import { access, type Access } from "./access.ts";
import { PATHS, pathOf } from "./paths.ts";
import { problemOf, RatchetError } from "./ratchet-error.ts";
import { webhooks, type Webhooks } from "./webhooks.ts";
import { send, type RatchetOptions, type RequestBody } from "./transport.ts";

/** Gives a call up from outside. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

type Query<Name extends RouteName> = Exclude<QueryOf<Name>, null>;
type Answer<Name extends RouteName> = Promise<ResponseOf<Name>>;

/** What a file upload may hold. */
export type FileBody = Extract<RequestBody, { kind: "bytes" }>["value"];

/**
 * Everything that the server does, as functions. Each answers the server's own document (snake_case, as `@ratchet/protocol` describes it)
 * or rejects with a `RatchetError`.
 */
export interface RatchetApi {
  /** Asks what to do with one unit. Safe to repeat: the same unit, point and window give the same decision. */
  readonly decide: (request: DecisionRequest, options?: CallOptions) => Promise<DecisionView>;
  /** Up to 100 decisions at once, in the order asked for. */
  readonly decideMany: (
    requests: readonly DecisionRequest[],
    options?: CallOptions,
  ) => Promise<readonly DecisionView[]>;
  /** Up to 10,000 units in order, the likeliest first. */
  readonly rank: (request: RequestOf<"rank">, options?: CallOptions) => Answer<"rank">;
  /** Makes a decision again from its record alone, and says whether it came out the same. */
  readonly replayDecision: (decisionId: string, options?: CallOptions) => Answer<"replayDecision">;
  /** Reports what happened. Once it resolves, everything accepted is durable; look at `rejected` for the rest. */
  readonly signals: (signals: RequestOf<"signals">["signals"], options?: CallOptions) => Answer<"signals">;
  /** What happened, newest first. For the next page ask the same with the `next_cursor` of the one before as `cursor`. */
  readonly listSignals: (query?: Query<"listSignals">, options?: CallOptions) => Answer<"listSignals">;
  /** Reports what became of decisions: delivered, worked, overridden, suppressed, skipped. Durable once it resolves, as signals are. */
  readonly executions: (
    executions: RequestOf<"executions">["executions"],
    options?: CallOptions,
  ) => Answer<"executions">;
  /** What people did otherwise, counted by reason. */
  readonly overrides: (query?: Query<"overrides">, options?: CallOptions) => Answer<"overrides">;
  readonly today: (options?: CallOptions) => Answer<"today">;
  readonly changes: (options?: CallOptions) => Answer<"changes">;
  readonly change: (changeId: string, options?: CallOptions) => Answer<"change">;
  /** Approves exactly the bytes that `revision` names; refused with `change.stale_revision` where the change has moved on. */
  readonly approve: (changeId: string, approval: RequestOf<"approve">) => Answer<"approve">;
  readonly reject: (changeId: string, rejection: RequestOf<"reject">) => Answer<"reject">;
  /** Takes a running change back. Needs no role. */
  readonly undo: (changeId: string, undo: RequestOf<"undo">) => Answer<"undo">;
  readonly results: (query?: Query<"results">, options?: CallOptions) => Answer<"results">;
  readonly evidence: (digest: string, options?: CallOptions) => Answer<"evidence">;
  readonly decisions: (query?: Query<"decisions">, options?: CallOptions) => Answer<"decisions">;
  readonly decision: (decisionId: string, options?: CallOptions) => Answer<"decision">;
  readonly trace: (decisionId: string, options?: CallOptions) => Answer<"trace">;
  readonly ledger: (query?: Query<"ledger">, options?: CallOptions) => Answer<"ledger">;
  readonly playbook: (query?: Query<"playbook">, options?: CallOptions) => Answer<"playbook">;
  readonly status: (options?: CallOptions) => Answer<"status">;
  readonly imports: Imports;
  readonly quarantine: (query?: Query<"quarantine">, options?: CallOptions) => Answer<"quarantine">;
  /** Reads quarantined rows again, certain ones or all that wait, and lets in what fits now. */
  readonly replayQuarantine: (rows?: RequestOf<"replayQuarantine">) => Answer<"replayQuarantine">;
  readonly sources: Sources;
  readonly health: Health;
  readonly access: Access;
  readonly webhooks: Webhooks;
  readonly people: People;
  readonly notes: Notes;
  /** Rows of a CRM, with the key of a source of kind `api`. */
  readonly crm: Crm;
  /** Sets an empty workspace up from a playbook, and a policy where there is one: YAML texts, or the same documents. */
  readonly setUp: (request: RequestOf<"setUp">) => Answer<"setUp">;
  /** Fills an empty workspace with the sample company; follow it with `job`. */
  readonly sample: (request?: RequestOf<"sample">) => Answer<"sample">;
  readonly job: (jobId: string, options?: CallOptions) => Answer<"job">;
  readonly runCycle: (options?: CallOptions) => Answer<"runCycle">;
}

/** Who sends to the server, each with a key of its own. A key is answered once, when it is made. */
interface Sources {
  readonly list: (options?: CallOptions) => Answer<"sources">;
  readonly create: (source: RequestOf<"createSource">) => Answer<"createSource">;
  /** A new key. The old one holds for another 24 hours, or as long as told. */
  readonly rotateKey: (sourceId: string, change?: RequestOf<"rotateSourceKey">) => Answer<"rotateSourceKey">;
  /** What its vendor signs with from now on; what the old secret signs is taken likewise. */
  readonly rotateSecret: (sourceId: string, change: RequestOf<"rotateSourceSecret">) => Answer<"rotateSourceSecret">;
  /** Says what its words mean, or mends its mapping; what waits in quarantine can then be read again. */
  readonly set: (sourceId: string, settings: RequestOf<"setSource">) => Answer<"setSource">;
  readonly disable: (sourceId: string) => Answer<"disableSource">;
  /** Takes its messages again, with the key that it has. */
  readonly enable: (sourceId: string) => Answer<"enableSource">;
  /** The last requests, newest first, for finding out why something does not arrive. */
  readonly requests: (sourceId: string, options?: CallOptions) => Answer<"sourceRequests">;
}

/** Whether the data are good enough to learn from. */
interface Health {
  /** The last look at the data. */
  readonly data: (options?: CallOptions) => Answer<"dataHealth">;
  /** A look that is taken now. */
  readonly check: (options?: CallOptions) => Answer<"checkDataHealth">;
  readonly incidents: (query?: Query<"incidents">, options?: CallOptions) => Answer<"incidents">;
  /** Nothing is wrong with an incident's data, and why: it blocks nothing any more. */
  readonly resolve: (incidentId: string, explanation: RequestOf<"resolveIncident">) => Answer<"resolveIncident">;
}

/** Who is behind the surrogates, and who may be contacted. A person is named by e-mail, telephone, the sender's id, or a surrogate. */
interface People {
  readonly find: (person: string, options?: CallOptions) => Answer<"person">;
  /** A record was merged or converted into another: the older unit keeps the assignments. */
  readonly merge: (people: RequestOf<"mergePeople">) => Answer<"mergePeople">;
  /** Units that turned out to be one, and how many had been decided for. */
  readonly merges: (options?: CallOptions) => Answer<"merges">;
  /** Ask before every message. Every channel where none is named. */
  readonly allowed: (unit: string, channel?: string, options?: CallOptions) => Answer<"contactAllowed">;
  readonly suppress: (suppression: RequestOf<"suppress">) => Answer<"suppress">;
  /** The suppressions of a person that stand were a mistake: a person says so, with a reason for the ledger. */
  readonly lift: (lifting: RequestOf<"liftSuppressions">) => Answer<"liftSuppressions">;
  readonly consent: (consent: RequestOf<"recordConsent">) => Answer<"recordConsent">;
  /** Leaves no byte of the person's identifiers in the data directory. Cannot be undone. */
  readonly erase: (erasure: RequestOf<"erasePerson">) => Answer<"erasePerson">;
}

/** Objects of a CRM as they are now, up to 1,000 a call in any order; what changed becomes signals. The same rows again add nothing. */
interface Crm {
  readonly accounts: (rows: RequestOf<"upsertAccounts">) => Answer<"upsertAccounts">;
  readonly contacts: (rows: RequestOf<"upsertContacts">) => Answer<"upsertContacts">;
  readonly leads: (rows: RequestOf<"upsertLeads">) => Answer<"upsertLeads">;
  readonly opportunities: (rows: RequestOf<"upsertOpportunities">) => Answer<"upsertOpportunities">;
  /** An object by everything heard, an opportunity with who plays which part in it. */
  readonly record: (record: Query<"record">, options?: CallOptions) => Answer<"record">;
  /** Which accounts leads belong to, and which leads wait for a person to say. */
  readonly matching: (options?: CallOptions) => Answer<"matching">;
  readonly setMatching: (rules: RequestOf<"setMatching">) => Answer<"setMatching">;
}

/** What people wrote, and what it says: the questions that machines cannot answer, and how well everybody reads. */
interface Notes {
  /** Texts that wait for a person. Name yourself with `by`, and what you have answered is left out. */
  readonly reviews: (query?: Query<"outcomeReviews">, options?: CallOptions) => Answer<"outcomeReviews">;
  /** By question one of its labels, or `cannot_tell`. Safe to repeat. */
  readonly label: (reviewId: string, answer: RequestOf<"labelReview">) => Answer<"labelReview">;
  readonly status: (options?: CallOptions) => Answer<"labelsStatus">;
  /** Learns from the answers now, rather than after the next 25. */
  readonly train: (options?: CallOptions) => Answer<"trainLabels">;
}

/** Bringing a CSV in: upload, look, start, follow. */
export interface Imports {
  /** Sends the file (`.csv` or `.csv.gz`) and answers a guessed mapping with the first rows. */
  readonly upload: (name: string, file: FileBody, options?: CallOptions) => Answer<"upload">;
  /** What a mapping makes of the first rows. Nothing is stored. Faults of the mapping itself reject with `map.…`. */
  readonly preview: (uploadId: string, mapping: Mapping, options?: CallOptions) => Answer<"previewImport">;
  readonly start: (uploadId: string, mapping: Mapping) => Answer<"startImport">;
  readonly list: (options?: CallOptions) => Answer<"imports">;
  readonly progress: (importId: string, options?: CallOptions) => Answer<"import">;
}

/** A mapping as YAML text, or as the same document. */
export type Mapping = RequestOf<"startImport">["mapping"];

interface Extras<Name extends RouteName> {
  readonly query?: QueryOf<Name> | undefined;
  readonly body?: RequestBody;
  readonly options?: CallOptions | undefined;
}

type Caller = <Name extends RouteName>(
  name: Name,
  parameters: ParametersOf<Name>,
  extras?: Extras<Name>,
) => Answer<Name>;

const json = (value: unknown): RequestBody => ({ kind: "json", value });

/** A client of one server. Holds no connection and no state. */
export function createRatchet(server: RatchetOptions): RatchetApi {
  const call: Caller = (name, parameters, { body, query, options } = {}) =>
    send(server, {
      method: PATHS[name][0],
      path: pathOf(name, parameters),
      query: query ?? undefined,
      signal: options?.signal,
      ...(body === undefined ? {} : { body }),
    });
  return {
    ...readers(call),
    ...writers(call),
    ...deciders(call),
    imports: imports(call),
    sources: sources(call),
    health: health(call),
    access: access(call),
    webhooks: webhooks(call),
    people: people(call),
    notes: notes(call),
    crm: crm(call),
  };
}

type Readers = Pick<
  RatchetApi,
  | "today"
  | "changes"
  | "change"
  | "results"
  | "listSignals"
  | "overrides"
  | "evidence"
  | "decisions"
  | "decision"
  | "replayDecision"
  | "trace"
  | "ledger"
  | "playbook"
  | "status"
  | "quarantine"
  | "job"
>;

function readers(call: Caller): Readers {
  return {
    today: (options) => call("today", {}, { options }),
    changes: (options) => call("changes", {}, { options }),
    change: (id, options) => call("change", { change_id: id }, { options }),
    results: (query, options) => call("results", {}, { query, options }),
    listSignals: (query, options) => call("listSignals", {}, { query, options }),
    overrides: (query, options) => call("overrides", {}, { query, options }),
    evidence: (digest, options) => call("evidence", { digest }, { options }),
    decisions: (query, options) => call("decisions", {}, { query, options }),
    decision: (id, options) => call("decision", { decision_id: id }, { options }),
    replayDecision: (id, options) => call("replayDecision", { decision_id: id }, { options }),
    trace: (id, options) => call("trace", { decision_id: id }, { options }),
    ledger: (query, options) => call("ledger", {}, { query, options }),
    playbook: (query, options) => call("playbook", {}, { query, options }),
    status: (options) => call("status", {}, { options }),
    quarantine: (query, options) => call("quarantine", {}, { query, options }),
    job: (id, options) => call("job", { job_id: id }, { options }),
  };
}

type Writers = Pick<
  RatchetApi,
  "signals" | "executions" | "approve" | "reject" | "undo" | "replayQuarantine" | "sample" | "setUp" | "runCycle"
>;

function writers(call: Caller): Writers {
  return {
    signals: (signals, options) => call("signals", {}, { body: json({ signals }), options }),
    executions: (executions, options) => call("executions", {}, { body: json({ executions }), options }),
    approve: (id, approval) => call("approve", { change_id: id }, { body: json(approval) }),
    reject: (id, rejection) => call("reject", { change_id: id }, { body: json(rejection) }),
    undo: (id, undo) => call("undo", { change_id: id }, { body: json(undo) }),
    replayQuarantine: (rows = {}) => call("replayQuarantine", {}, { body: json(rows) }),
    setUp: (request) => call("setUp", {}, { body: json(request) }),
    sample: (request = {}) => call("sample", {}, { body: json(request) }),
    runCycle: (options) => call("runCycle", {}, { options }),
  };
}

function deciders(call: Caller): Pick<RatchetApi, "decide" | "decideMany" | "rank"> {
  const many = async (body: RequestOf<"decide">, options?: CallOptions): Promise<readonly DecisionView[]> => {
    const answer = await call("decide", {}, { body: json(body), options });
    return "decisions" in answer ? answer.decisions : [answer];
  };
  return {
    rank: (request, options) => call("rank", {}, { body: json(request), options }),
    decideMany: (requests, options) => many({ requests: [...requests] }, options),
    decide: async (request, options) => {
      const [decision] = await many(request, options);
      if (decision === undefined) throw new RatchetError(problemOf(200, undefined));
      return decision;
    },
  };
}

function imports(call: Caller): Imports {
  return {
    upload: (name, file, options) =>
      call("upload", {}, { query: { name }, body: { kind: "bytes", value: file }, options }),
    preview: (id, mapping, options) => call("previewImport", { upload_id: id }, { body: json({ mapping }), options }),
    start: (id, mapping) => call("startImport", {}, { body: json({ upload_id: id, mapping }) }),
    list: (options) => call("imports", {}, { options }),
    progress: (id, options) => call("import", { import_id: id }, { options }),
  };
}

function sources(call: Caller): Sources {
  return {
    list: (options) => call("sources", {}, { options }),
    create: (source) => call("createSource", {}, { body: json(source) }),
    rotateKey: (id, change = {}) => call("rotateSourceKey", { source_id: id }, { body: json(change) }),
    rotateSecret: (id, change) => call("rotateSourceSecret", { source_id: id }, { body: json(change) }),
    set: (id, settings) => call("setSource", { source_id: id }, { body: json(settings) }),
    disable: (id) => call("disableSource", { source_id: id }),
    enable: (id) => call("enableSource", { source_id: id }),
    requests: (id, options) => call("sourceRequests", { source_id: id }, { options }),
  };
}

function crm(call: Caller): Crm {
  return {
    accounts: (rows) => call("upsertAccounts", {}, { body: json(rows) }),
    contacts: (rows) => call("upsertContacts", {}, { body: json(rows) }),
    leads: (rows) => call("upsertLeads", {}, { body: json(rows) }),
    opportunities: (rows) => call("upsertOpportunities", {}, { body: json(rows) }),
    record: (query, options) => call("record", {}, { query, options }),
    matching: (options) => call("matching", {}, { options }),
    setMatching: (rules) => call("setMatching", {}, { body: json(rules) }),
  };
}

function notes(call: Caller): Notes {
  return {
    reviews: (query, options) => call("outcomeReviews", {}, { query, options }),
    label: (id, answer) => call("labelReview", { review_id: id }, { body: json(answer) }),
    status: (options) => call("labelsStatus", {}, { options }),
    train: (options) => call("trainLabels", {}, { options }),
  };
}

function health(call: Caller): Health {
  return {
    data: (options) => call("dataHealth", {}, { options }),
    check: (options) => call("checkDataHealth", {}, { options }),
    incidents: (query, options) => call("incidents", {}, { query, options }),
    resolve: (id, explanation) => call("resolveIncident", { incident_id: id }, { body: json(explanation) }),
  };
}

function people(call: Caller): People {
  return {
    find: (person, options) => call("person", {}, { query: { person }, options }),
    merges: (options) => call("merges", {}, { options }),
    merge: (both) => call("mergePeople", {}, { body: json(both) }),
    allowed: (unit, channel, options) =>
      call("contactAllowed", {}, { query: { unit, ...(channel === undefined ? {} : { channel }) }, options }),
    suppress: (suppression) => call("suppress", {}, { body: json(suppression) }),
    lift: (lifting) => call("liftSuppressions", {}, { body: json(lifting) }),
    consent: (consent) => call("recordConsent", {}, { body: json(consent) }),
    erase: (erasure) => call("erasePerson", {}, { body: json(erasure) }),
  };
}
