import type { DecisionRequest, DecisionView, ExecutionRequest, SignalRequest } from "@ratchet/protocol";
import { createRatchet, type RatchetApi } from "./create-ratchet.ts";
import { decidedFrom, fallbackAnswer, type Answer } from "./answer.ts";
import { Outbox, type Loss, type OutboxStatus, type Report, type Taken } from "./outbox.ts";
import { PATHS } from "./paths.ts";
import { executionFrom, outcomeFrom, unitOf, type ExecutionReport, type OutcomeReport, type Who } from "./reports.ts";
import { REAL, withRetries, type RetryPolicy, type Surroundings } from "./retries.ts";
import { send, type RatchetOptions } from "./transport.ts";

/** How a client that never stands in the way works. */
export interface RatchetSettings extends RatchetOptions {
  /** How long a decision may take, all tries together, in milliseconds; 300 where absent. Then the fallback is answered. */
  readonly timeoutMs?: number;
  /** Most tries of one decision within that time; 3 where absent. */
  readonly attemptsMax?: number;
  /** By decision point: the action that you take where no answer comes, and where you are to do your own thing. */
  readonly fallback?: Readonly<Record<string, string>>;
  /** Most reports that wait for a server that does not take them; 10,000 where absent. */
  readonly waitingMax?: number;
  /** How long reports are collected before they are sent, in milliseconds; 500 where absent. */
  readonly collectMs?: number;
  /** What the last client could not send: the answer of its `close`. */
  readonly unsent?: readonly Report[];
  /** Hears of every answer that is a fallback. */
  readonly onFallback?: (answer: Extract<Answer, { readonly kind: "fallback" }>) => void;
  /** Hears of every report that will not arrive. */
  readonly onLoss?: (loss: Loss) => void;
}

/** What is asked about one unit, at one decision point. */
export type Question = Who &
  Pick<DecisionRequest, "point" | "context" | "person" | "account" | "mode"> & {
    /** What a retry of yours repeats; the client's own retries always do. */
    readonly idempotencyKey?: string;
    /** In place of the settings' fallback. */
    readonly fallback?: string;
    readonly signal?: AbortSignal;
  };

const DECIDE_MS = 300;
const CLOSE_MS = 5000;
const RETRIES: Omit<RetryPolicy, "attemptsMax"> = { baseMs: 20, delayMsMax: 500 };
const ATTEMPTS_MAX = 3;
const WAITING_MAX = 10_000;
const COLLECT_MS = 500;
const REPORTED_MS = 10_000;

/**
 * A client for where selling happens: a decision is answered in time whatever the server does, by your own baseline if need be, and what you
 * report waits until it can be sent. Nothing here throws or rejects.
 *
 * @example
 * const ratchet = new Ratchet({ url: "http://localhost:4600", key: process.env.RATCHET_KEY, fallback: { content: "case_study" } });
 * const answer = await ratchet.decide({ unit: "account-1", point: "content" });
 */
export class Ratchet {
  /** Everything else that the server does. These functions reject with a `RatchetError`. */
  readonly api: RatchetApi;
  readonly #settings: RatchetSettings;
  readonly #around: Surroundings;
  readonly #outbox: Outbox;

  /** @param around - clock and chance, for tests. */
  constructor(settings: RatchetSettings, around: Surroundings = REAL) {
    const { timeoutMs: _, ...options } = settings;
    this.#settings = settings;
    this.#around = around;
    this.api = createRatchet(options);
    const sendBatch = (kind: Report["kind"], bodies: readonly Report["body"][]) =>
      send<Awaited<ReturnType<RatchetApi["signals"]>>>(
        { ...options, timeoutMs: REPORTED_MS },
        kind === "outcome"
          ? { method: PATHS.signals[0], path: PATHS.signals[1], body: { kind: "json", value: { signals: bodies } } }
          : {
              method: PATHS.executions[0],
              path: PATHS.executions[1],
              body: { kind: "json", value: { executions: bodies } },
            },
      );
    const { waitingMax = WAITING_MAX, collectMs = COLLECT_MS, onLoss = () => {}, unsent = [] } = settings;
    this.#outbox = new Outbox(sendBatch, { waitingMax, collectMs, onLoss }, around);
    for (const report of unsent) this.#outbox.add(report);
  }

  /**
   * What to do with one unit. `kind` says whether the server decided or you fall back, and why; `action` is what to do in both cases.
   *
   * Asked again within the decision window, the server gives the same decision. A fallback is not recorded: it has no id, and an outcome
   * after it is reported by its unit.
   */
  async decide(question: Question): Promise<Answer> {
    const unit = unitOf(question);
    const baseline = question.fallback ?? this.#settings.fallback?.[question.point];
    try {
      const { timeoutMs = DECIDE_MS, attemptsMax = ATTEMPTS_MAX } = this.#settings;
      const body = requestFrom(question, unit, keyOfCall());
      const view = await withRetries(
        (leftMs) =>
          send<DecisionView>(
            { ...this.#settings, timeoutMs: leftMs },
            {
              method: PATHS.decide[0],
              path: PATHS.decide[1],
              body: { kind: "json", value: body },
              signal: question.signal,
            },
          ),
        { policy: { ...RETRIES, attemptsMax }, until: this.#around.now() + timeoutMs, around: this.#around },
      );
      return decidedFrom(view, { unit, baseline });
    } catch (cause) {
      const answer = fallbackAnswer(cause, { unit, point: question.point, baseline });
      try {
        this.#settings.onFallback?.(answer);
      } catch {
        // Whoever listens must not stop selling.
      }
      return answer;
    }
  }

  /** Reports what came of it. Sent later, and again until it is taken; twice is once. */
  outcome(report: OutcomeReport): Taken {
    return this.#take(() => ({ kind: "outcome", body: outcomeFrom(report, keyOfCall()) satisfies SignalRequest }));
  }

  /** Reports what became of a decision: delivered, worked, overridden, suppressed, skipped. Sent as outcomes are. */
  execution(report: ExecutionReport): Taken {
    return this.#take(() => ({
      kind: "execution",
      body: executionFrom(report, keyOfCall()) satisfies ExecutionRequest,
    }));
  }

  /** Sends what waits, until nothing does or the time is up. */
  flush(timeoutMs: number = CLOSE_MS): Promise<OutboxStatus> {
    return this.#outbox.flush(timeoutMs);
  }

  /** What became of everything that was reported. */
  status(): OutboxStatus {
    return this.#outbox.status();
  }

  /** Sends what waits and stops. Keep the answer, if it is not empty, and give it to the next client as `unsent`. */
  close(timeoutMs: number = CLOSE_MS): Promise<readonly Report[]> {
    return this.#outbox.close(timeoutMs);
  }

  #take(make: () => Report): Taken {
    try {
      return this.#outbox.add(make());
    } catch (cause) {
      return this.#outbox.refuse(cause instanceof Error ? cause.message : String(cause));
    }
  }
}

/** What the tries of one call have in common. */
function keyOfCall(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function requestFrom(question: Question, unit: string, key: string): DecisionRequest {
  const { point, context, person, account, mode, idempotencyKey = key } = question;
  return {
    point,
    unit_id: unit,
    idempotency_key: idempotencyKey,
    ...(context === undefined ? {} : { context }),
    ...(person === undefined ? {} : { person }),
    ...(account === undefined ? {} : { account }),
    ...(mode === undefined ? {} : { mode }),
  };
}
