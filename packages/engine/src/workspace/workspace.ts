import type { Decision } from "../decisions/decision.ts";
import { decide, type DecideOutcome, type DecisionRequest } from "../decisions/decide.ts";
import type { Withheld } from "../decisions/eligibility/eligible.ts";
import type { DecisionFrame } from "../decisions/plan.ts";
import type { Edit, Playbook } from "../decisions/playbook.ts";
import { digestOf, type Digest } from "../digest.ts";
import type { PolicyHistory } from "../evidence/policy-history.ts";
import type { ChangeState } from "../governance/change.ts";
import { chain, type LedgerDraft } from "../governance/ledger.ts";
import type { Policy } from "../governance/policy.ts";
import { ENGINE, type ActorId, type ChangeId, type DecisionId, type UnitId } from "../ids.ts";
import type { FactsStore } from "../ports/facts-store.ts";
import type { InboxItem, Receipt, StateStore, StoredDocument } from "../ports/state-store.ts";
import type { ConsentBook } from "../signals/consent-book.ts";
import type { Signal } from "../signals/signal.ts";
import type { Clock } from "../time.ts";
import { frameOf } from "./frame.ts";
import { leaseOf, UNENDING, type Lease } from "./lease.ts";
import { openShelf } from "./shelf.ts";
import { openSpares } from "./spares.ts";
import { StandingKeeper } from "./standing-keeper.ts";
import { ownReport, Uptake } from "./uptake.ts";
import { EMPTY_VIEW, evolveView, type WorkspaceView } from "./view.ts";

/** What a workspace stands on. */
export interface WorkspaceStores {
  readonly state: StateStore;
  readonly facts: FactsStore;
  readonly clock: Clock;
  /** What was said about contacting anybody, in memory; absent: nobody ever said anything, as in a simulation. */
  readonly consents?: Pick<ConsentBook, "of">;
  /** Who is decided for where records turned out to be one; absent: each for itself. */
  readonly resolveUnit?: (unit: UnitId) => UnitId;
}

/** What a new workspace begins with. */
export interface WorkspaceSeed {
  /** Secret, random, never changed: every cohort follows from it. */
  readonly salt: string;
  readonly policy: Policy;
  /** Version 1. */
  readonly playbook: Playbook;
  readonly createdBy: ActorId;
}

/** What is to be written, and what to answer once it is. */
export interface Decided<T> {
  readonly drafts: readonly LedgerDraft[];
  readonly documents: readonly StoredDocument[];
  readonly answer: T;
}

/** The workspace has no ledger yet: create it first. */
export class WorkspaceEmptyError extends Error {
  readonly code = "workspace.empty";
  constructor() {
    super("this workspace has not been set up: choose the sample company, or import a CSV");
  }
}

/**
 * One workspace, open: the ledger's current reading in memory, so that a decision touches no store but the inbox.
 *
 * Holds no judgement: what to do is decided by the pure functions of the loop; this loads, calls them, appends, and only then acts.
 */
export class Workspace {
  readonly stores: WorkspaceStores;
  #view: WorkspaceView = EMPTY_VIEW;
  #documents = new Map<Digest, unknown>();
  readonly #shelf = openShelf();
  #policy: Policy | null = null;
  #frame: DecisionFrame | null = null;
  #lease: Lease = UNENDING;
  readonly #spares = openSpares();
  readonly #standing: StandingKeeper;
  readonly #uptake: Uptake;
  /** Decisions on their way to the inbox. */
  readonly #deciding = new Map<DecisionId, Promise<Decision>>();
  /** Appends run one after the other: each must name the head that the one before left. */
  #appending: Promise<unknown> = Promise.resolve();

  private constructor(stores: WorkspaceStores) {
    this.stores = stores;
    this.#standing = new StandingKeeper(stores.consents ?? null);
    this.#uptake = new Uptake(this.#standing, (items) => this.report(items));
  }

  /** Reads the ledger and everything that it names as in force. */
  static async open(stores: WorkspaceStores): Promise<Workspace> {
    const workspace = new Workspace(stores);
    for (const entry of await stores.state.ledger({})) workspace.#view = evolveView(workspace.#view, entry);
    await workspace.#load();
    return workspace;
  }

  /** Sets an empty workspace up. @throws Error where it has been set up before. */
  async create(seed: WorkspaceSeed): Promise<void> {
    if (this.#view.salt !== null) throw new Error("this workspace has been set up before");
    const policy = digestOf(seed.policy);
    const playbook = digestOf(seed.playbook);
    const at = this.stores.clock();
    const draft = (body: LedgerDraft["body"]): LedgerDraft => ({ at, actor: seed.createdBy, body });
    await this.append(
      [
        draft({ kind: "workspace.created", salt: seed.salt }),
        draft({ kind: "policy.adopted", version: seed.policy.version, digest: policy }),
        draft({ kind: "playbook.published", version: seed.playbook.version, digest: playbook }),
      ],
      [
        { digest: policy, kind: "policy", body: seed.policy },
        { digest: playbook, kind: "playbook", body: seed.playbook },
      ],
    );
  }

  get isEmpty(): boolean {
    return this.#view.salt === null;
  }

  get view(): WorkspaceView {
    return this.#view;
  }

  /** @throws WorkspaceEmptyError */
  get policy(): Policy {
    if (this.#policy === null) throw new WorkspaceEmptyError();
    return this.#policy;
  }

  /** The playbook in force. @throws WorkspaceEmptyError */
  get playbook(): Playbook {
    if (this.#view.playbook === null) throw new WorkspaceEmptyError();
    return this.playbookAt(this.#view.playbook.version);
  }

  /** Any published version. @throws RangeError */
  playbookAt(version: number): Playbook {
    const playbook = this.#shelf.playbook(version);
    if (playbook === null) throw new RangeError(`there is no playbook v${version} that reads`);
    return playbook;
  }

  change(id: ChangeId): ChangeState | null {
    return this.#view.changes.get(id) ?? null;
  }

  /** What the decision path needs. Replaced, never mutated, after each append. @throws WorkspaceEmptyError */
  get frame(): DecisionFrame {
    if (this.#frame === null) throw new WorkspaceEmptyError();
    return this.#frame;
  }

  /** How every decision of the engine was made. */
  get history(): PolicyHistory {
    return {
      playbook: (version) => this.playbookAt(version),
      edits: (change): readonly Edit[] => {
        const state = this.change(change);
        if (state === null) throw new RangeError(`there is no change ${change}`);
        return state.change.edits;
      },
    };
  }

  /**
   * Decides and makes the decision durable before it is answered. A unit's earlier decision in the same window is answered again, also to
   * one who asks while it is still being written: a client that does not wait for its first try contradicts nobody.
   *
   * What the law asks for is asked once more before the answer: an opt-out that was acknowledged meanwhile holds.
   */
  async decide(request: DecisionRequest): Promise<DecideOutcome> {
    const lapsed = this.#lease.lapsed(this.stores.clock());
    const frame = lapsed === null ? this.frame : this.#spares.frame(this.frame, lapsed);
    const outcome = decide(frame, request, this.stores.clock());
    if (outcome.kind === "refused") return outcome;
    let decision: Decision;
    try {
      decision = await this.#reserved(outcome.decision, request.asking);
    } catch (error) {
      // Where no lease is held, nobody would write it down later.
      const spare = this.#lease === UNENDING ? null : this.#spares.answer(this.frame, request, this.stores.clock());
      if (spare === null) throw error;
      if (spare.isNew) this.#standing.reserve(spare.decision);
      return { kind: "decided", decision: spare.decision };
    }
    const leverKind = frame.playbook.levers.find(({ point }) => point === decision.point)?.kind;
    const told = {
      now: this.stores.clock(),
      ...(request.recipient === undefined ? {} : { recipient: request.recipient }),
      ...(leverKind === undefined ? {} : { leverKind }),
    };
    const uptake = { asking: request.asking, isNew: decision === outcome.decision, told };
    const withheld = this.#standing.withheld(decision, told) ?? (await this.#uptake.note(decision, uptake));
    if (withheld === null) return { kind: "decided", decision };
    try {
      await this.#recordWithheld(decision, withheld);
    } catch {
      // Whoever gets no answer may fall back to sending. The fact is written when it is asked for again.
    }
    return { kind: "decided", decision, withheld };
  }

  /**
   * From now on the frame is a lease, for whoever calls `renew` again and again: without it, baselines are served after `ms`; and where the
   * state store takes no decision, the baseline is answered at once and written down when it does again. Selling never waits.
   */
  holdLease(ms: number): void {
    this.#lease = leaseOf(ms, this.stores.clock());
  }

  /** Reads what others wrote to the ledger, and holds the lease anew. @throws where the state store does not answer. */
  async renew(): Promise<void> {
    const run = this.#appending.then(async () => {
      const entries = await this.stores.state.ledger({ afterSeq: this.#view.head.seq });
      if (entries.length > 0) {
        this.#view = entries.reduce(evolveView, this.#view);
        await this.#load();
      }
      await this.#spares.record((decisions) => this.record(decisions));
    });
    this.#appending = run.catch(() => undefined);
    await run;
    this.#lease.renew(this.stores.clock());
  }

  /** Whether decisions are made as the ledger says, in words. */
  get health(): { readonly state: "green" | "red"; readonly sentence: string } {
    const lapsed = this.#lease.lapsed(this.stores.clock());
    const served = this.#shelf.latest();
    const waiting = this.#spares.waiting();
    const faults = [
      ...(lapsed === null ? [] : [`baselines are served: ${lapsed}`]),
      ...this.#shelf.damages().map((damage) => `${damage}; v${served?.version ?? 0} is served`),
      ...(waiting === 0 ? [] : [`${waiting} baselines were answered and wait to be recorded`]),
    ];
    return faults.length === 0
      ? { state: "green", sentence: `decisions follow playbook v${served?.version ?? 0}` }
      : { state: "red", sentence: faults.join("; ") };
  }

  /** What became of decisions, into the inbox, durable on return; what did not happen uses nothing up. */
  async report(items: readonly Extract<InboxItem, { readonly kind: "execution" }>[]): Promise<readonly Receipt[]> {
    const receipts = await this.stores.state.acknowledge(items);
    const heard = items.flatMap(({ execution }, i) => (receipts[i] === "accepted" ? [execution] : []));
    this.#standing.report(heard);
    return receipts;
  }

  /** Takes what a decision uses up before anything is awaited, and gives it back where another one stands in the end, or none. */
  async #reserved(decision: Decision, asking: DecisionRequest["asking"]): Promise<Decision> {
    this.#standing.rebuildSoon(this.stores);
    const take = (one: Decision): (() => void) | null =>
      asking === "offer" ? this.#standing.offer(one) : this.#standing.reserve(one);
    const giveBack = take(decision);
    try {
      const standing = await this.#stands(decision);
      if (giveBack === null || standing.action === decision.action) return standing;
      giveBack();
      take(standing);
      return standing;
    } catch (error) {
      giveBack?.();
      throw error;
    }
  }

  async #stands(decision: Decision): Promise<Decision> {
    const { id } = decision;
    const underWay = this.#deciding.get(id) ?? this.#serve(decision).finally(() => this.#deciding.delete(id));
    this.#deciding.set(id, underWay);
    return underWay;
  }

  /** A contact that an opt-out took back is a fact. One that waits for the morning is still to come. */
  async #recordWithheld(decision: Decision, { rule }: Withheld): Promise<void> {
    if (rule === "quiet-hours" || rule === "send-window") return;
    await this.report([ownReport(decision.id, { kind: "suppressed", reason: rule }, this.stores.clock())]);
  }

  /**
   * The decision that stands under this id: an earlier one, or this one once it is durable. Nothing is looked up for a new one: that its id
   * is taken is what the inbox answers.
   */
  async #serve(decision: Decision): Promise<Decision> {
    const standing = (): Promise<Decision | null> => this.stores.state.servedDecision(decision.id);
    try {
      const [receipt] = await this.record([decision]);
      return receipt === "accepted" ? decision : ((await standing()) ?? decision);
    } catch (error) {
      // A store that takes nothing any more, as on a full disk, may still say what was decided before: that stands.
      const earlier = await standing().catch(() => null);
      if (earlier === null) throw error;
      return earlier;
    }
  }

  /** Decisions into the inbox, durable on return. */
  record(decisions: readonly Decision[]): Promise<readonly Receipt[]> {
    return this.stores.state.acknowledge(
      decisions.map((decision): InboxItem => ({
        kind: "decision",
        source: decision.source,
        messageId: decision.id,
        decision,
      })),
    );
  }

  /** Signals into the inbox, durable on return. */
  receive(signals: readonly Signal[]): Promise<readonly Receipt[]> {
    return this.stores.state.acknowledge(
      signals.map((signal): InboxItem => ({
        kind: "signal",
        source: signal.source,
        messageId: signal.messageId,
        signal,
      })),
    );
  }

  /** Writes to the ledger first; only then does the view, and with it what is decided, move. Calls run one after the other. */
  append(drafts: readonly LedgerDraft[], documents: readonly StoredDocument[]): Promise<void> {
    return this.appendDecided(() => ({ drafts, documents, answer: undefined }));
  }

  /**
   * Asks `decide` when its turn comes, and appends what it says before anybody else's turn: two people who answer at once are heard one
   * after the other, the second on the view that the first one left.
   */
  appendDecided<T>(decide: () => Decided<T>): Promise<T> {
    const run = this.#appending.then(async () => {
      const { drafts, documents, answer } = decide();
      if (drafts.length > 0) await this.#appendNow(drafts, documents);
      return answer;
    });
    this.#appending = run.catch(() => undefined);
    return run;
  }

  /** A stored document's body, cached: documents never change. */
  async document(digest: Digest): Promise<unknown> {
    const cached = this.#documents.get(digest);
    if (cached !== undefined) return cached;
    const stored = await this.stores.state.document(digest);
    if (stored === null) return null;
    this.#documents.set(digest, stored.body);
    return stored.body;
  }

  async #appendNow(drafts: readonly LedgerDraft[], documents: readonly StoredDocument[]): Promise<void> {
    const entries = chain(this.#view.head, drafts);
    const next = entries.reduce(evolveView, this.#view);
    await this.stores.state.append(entries, documents);
    for (const { digest, body } of documents) this.#documents.set(digest, body);
    this.#view = next;
    await this.#load();
  }

  /** Brings playbooks, policy and frame in line with the view. */
  async #load(): Promise<void> {
    await this.#shelf.fill(this.#view.playbooks, (digest) => this.document(digest));
    if (this.#view.policy !== null) this.#policy = await this.#required<Policy>(this.#view.policy.digest);
    this.#standing.adopt(this.#policy?.eligibility);
    // A facts store that does not answer leaves the counters unknown: what they cap is not eligible until it does.
    await this.#standing.rebuild(this.stores).catch(() => {});
    const { rule } = this.#standing;
    const { resolveUnit } = this.stores;
    const served = this.#shelf.latest();
    if (this.#view.playbook !== null && served === null) throw new Error(this.#shelf.damages().join("; "));
    this.#frame =
      this.#policy === null || served === null
        ? null
        : {
            ...frameOf(this.#view, served, this.#policy),
            ...(rule === undefined ? {} : { eligible: rule }),
            ...(resolveUnit === undefined ? {} : { resolveUnit }),
          };
  }

  /** A document that the ledger names, as the type that the ledger says it has. */
  async #required<T>(digest: Digest): Promise<T> {
    const body = await this.document(digest);
    if (body === null) throw new Error(`the ledger names document ${digest}, which the state store does not have`);
    // oxlint-disable-next-line typescript/consistent-type-assertions -- content-addressed: these are the bytes that were stored as a T
    return body as T;
  }
}

/** The engine as the actor of what it appends. */
export function engineDraft(stores: WorkspaceStores, body: LedgerDraft["body"]): LedgerDraft {
  return { at: stores.clock(), actor: ENGINE, body };
}
