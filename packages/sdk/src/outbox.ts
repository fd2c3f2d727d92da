import type { ExecutionRequest, SignalBatchResponse, SignalRequest } from "@ratchet/protocol";
import { clientProblem, RatchetError } from "./ratchet-error.ts";
import { delayAfter, type RetryPolicy, type Surroundings } from "./retries.ts";

/** Something to tell the server, with the message id that makes telling it twice harmless. */
export type Report =
  | { readonly kind: "outcome"; readonly body: SignalRequest }
  | { readonly kind: "execution"; readonly body: ExecutionRequest };

/**
 * A report that will not arrive: the queue was `full`, the caller's own words were `unusable`, or the server `rejected` it. What the server
 * rejected is in its quarantine, and can be mended there.
 */
export interface Loss {
  readonly kind: "full" | "unusable" | "rejected";
  /** null where there was nothing to make one of. */
  readonly report: Report | null;
  readonly why: string;
}

/** What became of everything that was reported: `accepted + duplicates + waiting + lost` is all of it. */
export interface OutboxStatus {
  readonly waiting: number;
  readonly accepted: number;
  /** The server had them already. */
  readonly duplicates: number;
  readonly lost: number;
  /** The last hundred. */
  readonly losses: readonly Loss[];
  /** Why nothing goes out at the moment; null while it does. */
  readonly failing: { readonly code: string; readonly message: string } | null;
}

/** Whether a report was taken. */
export type Taken =
  { readonly kind: "queued"; readonly messageId: string } | ({ readonly kind: "lost" } & Pick<Loss, "why">);

/** How an outbox works. */
export interface OutboxSettings {
  /** Most reports that wait. One more is lost, and said to be. */
  readonly waitingMax: number;
  /** How long reports are collected before they are sent. */
  readonly collectMs: number;
  readonly onLoss: (loss: Loss) => void;
}

/** Sends one batch. @throws RatchetError */
export type SendBatch = (kind: Report["kind"], bodies: readonly Report["body"][]) => Promise<SignalBatchResponse>;

const POLICY: RetryPolicy = { attemptsMax: Number.POSITIVE_INFINITY, baseMs: 200, delayMsMax: 30_000 };
const BATCH_MAX = 500;
const LOSSES_KEPT = 100;
/** Refusals that no later try changes. Everything else is tried again for as long as there is room to wait. */
const FOR_GOOD = [400, 413, 422];
/** Of several; of one it is for good. */
const TOO_LARGE = 413;

/** Reports that wait to be sent, in the order in which they came. Bounded, and says of every report that will not arrive why. */
export class Outbox {
  readonly #send: SendBatch;
  readonly #settings: OutboxSettings;
  readonly #around: Surroundings;
  readonly #waiting: Report[] = [];
  readonly #losses: Loss[] = [];
  #accepted = 0;
  #duplicates = 0;
  #lost = 0;
  #failures = 0;
  #failing: RatchetError | null = null;
  #batchMax = BATCH_MAX;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #underWay: Promise<boolean> | null = null;
  #isClosed = false;

  constructor(send: SendBatch, settings: OutboxSettings, around: Surroundings) {
    this.#send = send;
    this.#settings = settings;
    this.#around = around;
  }

  add(report: Report): Taken {
    const why = this.#whyNot();
    if (why !== null) return this.#lose({ kind: "full", report, why });
    this.#waiting.push(report);
    if (this.#failures === 0) this.#sendIn(this.#waiting.length >= this.#batchMax ? 0 : this.#settings.collectMs);
    return { kind: "queued", messageId: report.body.message_id };
  }

  /** A report that could not be made. */
  refuse(why: string): Taken {
    return this.#lose({ kind: "unusable", report: null, why });
  }

  /** Sends what waits, until nothing does or the time is up. Never rejects. */
  async flush(timeoutMs: number): Promise<OutboxStatus> {
    const until = this.#around.now() + timeoutMs;
    this.#stopTimer();
    while (this.#waiting.length > 0) {
      const pause = (await this.#sendSome()) ? 0 : this.#pauseMs();
      if (this.#around.now() + pause >= until) break;
      if (pause > 0) await this.#around.wait(pause);
    }
    this.#sendRest();
    return this.status();
  }

  /** As `flush`, and nothing more is sent afterwards. What did not get out can be given to the next client. */
  async close(timeoutMs: number): Promise<readonly Report[]> {
    await this.flush(timeoutMs);
    this.#isClosed = true;
    this.#stopTimer();
    return [...this.#waiting];
  }

  status(): OutboxStatus {
    const failing = this.#failing;
    return {
      waiting: this.#waiting.length,
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      lost: this.#lost,
      losses: [...this.#losses],
      failing: failing === null ? null : { code: failing.code, message: failing.message },
    };
  }

  #whyNot(): string | null {
    if (this.#isClosed) return "the client was closed";
    return this.#waiting.length >= this.#settings.waitingMax ? `${this.#waiting.length} reports wait already` : null;
  }

  #lose(loss: Loss): Taken {
    this.#lost += 1;
    this.#losses.push(loss);
    if (this.#losses.length > LOSSES_KEPT) this.#losses.shift();
    try {
      this.#settings.onLoss(loss);
    } catch {
      // Whoever listens must not stop what is reported.
    }
    return { kind: "lost", why: loss.why };
  }

  #sendIn(ms: number): void {
    if (this.#isClosed || (this.#timer !== null && ms > 0)) return;
    this.#stopTimer();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#sendSome().then(() => this.#sendRest());
    }, ms);
    letGo(this.#timer);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #sendRest(): void {
    if (this.#waiting.length > 0) this.#sendIn(this.#pauseMs());
  }

  #pauseMs(): number {
    return this.#failing === null ? 0 : delayAfter(this.#failures, this.#failing, POLICY, this.#around.random());
  }

  /** One batch at a time. @returns whether it got out. */
  #sendSome(): Promise<boolean> {
    this.#underWay ??= this.#sendBatch().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #sendBatch(): Promise<boolean> {
    const [first] = this.#waiting;
    if (first === undefined) return true;
    const batch = this.#waiting.filter(({ kind }) => kind === first.kind).slice(0, this.#batchMax);
    const bodies = batch.map(({ body }) => body);
    try {
      const answer = await this.#send(first.kind, bodies);
      if (!isTally(answer, batch.length)) throw unreadable();
      this.#settle(batch);
      this.#accepted += answer.accepted;
      this.#duplicates += answer.duplicates;
      for (const loss of rejections(answer, batch)) this.#lose(loss);
      this.#failures = 0;
      this.#failing = null;
      return true;
    } catch (error) {
      this.#noteFailure(error instanceof RatchetError ? error : unreadable(error), batch);
      return false;
    }
  }

  #settle(batch: readonly Report[]): void {
    const sent = new Set(batch);
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((report) => !sent.has(report)));
  }

  #noteFailure(error: RatchetError, batch: readonly Report[]): void {
    if (error.status === TOO_LARGE && batch.length > 1) {
      this.#batchMax = Math.ceil(batch.length / 2);
      return;
    }
    if (FOR_GOOD.includes(error.status)) {
      this.#settle(batch);
      for (const report of batch) this.#lose({ kind: "rejected", report, why: error.message });
      return;
    }
    this.#failures += 1;
    this.#failing = error;
  }
}

/** A program that has nothing else to do may end: what waits is for `close` to send. Browsers have no such thing. */
function letGo(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function")
    timer.unref();
}

/** What a proxy answers in the server's place must not pass for its word that everything is kept. */
function isTally(answer: SignalBatchResponse, sent: number): boolean {
  const { accepted, duplicates, quarantined, rejected }: Readonly<Record<string, unknown>> = { ...answer };
  return (
    typeof accepted === "number" &&
    typeof duplicates === "number" &&
    typeof quarantined === "number" &&
    Array.isArray(rejected) &&
    accepted + duplicates + quarantined === sent
  );
}

function unreadable(cause?: unknown): RatchetError {
  const detail = "the answer was none of the server's; check that no proxy answered instead";
  return new RatchetError(clientProblem("client.unreadable", "Unreadable answer", detail), cause);
}

/** What the server keeps in quarantine: items that did not fit, and those whose message id had been used for something else. */
function rejections({ rejected, quarantined }: SignalBatchResponse, batch: readonly Report[]): readonly Loss[] {
  const listed = rejected.map(({ index, code, message }): Loss => ({
    kind: "rejected",
    report: batch[index] ?? null,
    why: `${code}: ${message}`,
  }));
  const why = "its message id was used before, for something else";
  const conflicts = Array.from({ length: Math.max(0, quarantined - listed.length) }, (): Loss => ({
    kind: "rejected",
    report: null,
    why,
  }));
  return [...listed, ...conflicts];
}
