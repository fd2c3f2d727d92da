import {
  calibrateProvider,
  STARTING_LABEL_SETS,
  type Clock,
  type MachineReading,
  type ProviderCalibration,
  type StateStore,
  type TextLabeller,
} from "@ratchet/engine";
import { addressFault, guardedFetch, LOOPBACK_HOSTS, type GuardOptions } from "../outgoing/guarded-fetch.ts";
import { openAiLabeller } from "./openai-labeller.ts";

/** An OpenAI-compatible service that also reads texts. The whole text is sent to it. */
export interface LabellerSettings {
  /** Up to and without `/chat/completions`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token; null for a service that wants none. */
  readonly apiKey: string | null;
  /** It may be in a private network. */
  readonly allowPrivate: boolean;
}

/** Why a service cannot be asked; null where it can. */
export function labellerFault(settings: LabellerSettings): string | null {
  return addressFault(settings.url, guardOf(settings));
}

/** The operator who starts the server names the service: this machine is as good a place for it as any, at any port. */
function guardOf({ allowPrivate }: LabellerSettings): GuardOptions {
  return { allowPrivate, trustedHosts: LOOPBACK_HOSTS, limitPorts: false };
}

/** The service as a reader of texts. */
export interface Provider {
  readonly version: string;
  /** Null while it is left alone because it failed. */
  readonly read: (text: string) => Promise<MachineReading | null>;
  readonly calibration: () => Promise<ProviderCalibration>;
  /** Why it is left alone for now; null where it is not. */
  readonly failing: () => string | null;
}

const FAILURES_MAX = 3;
const PAUSE_MS = 5 * 60_000;
const ANSWERED_MAX = 5_000;

/** A provider whose word counts as far as the team's answers bear it out, and which is left alone for a while when it keeps failing. */
export function openProvider(
  settings: LabellerSettings,
  { state, clock, signal }: { readonly state: StateStore; readonly clock: Clock; readonly signal: AbortSignal },
): Provider {
  let failure: { readonly why: string; readonly inARow: number; readonly until: number } | null = null;
  const labeller: TextLabeller = openAiLabeller({
    baseUrl: settings.url,
    apiKey: settings.apiKey,
    model: settings.model,
    sets: STARTING_LABEL_SETS,
    // Its word is neither believed nor cut off here: what it is worth is found out from answers.
    confidenceMin: 0,
    confidenceMax: 1,
    call: guardedFetch(guardOf(settings)),
    signal,
    report: (why, wasAnswered) => {
      // What it answers to one text, however odd, says nothing of the next.
      if (!wasAnswered) failure = { why, inARow: (failure?.inARow ?? 0) + 1, until: clock() + PAUSE_MS };
    },
  });
  const calibration = cachedCalibration(state, settings.model);
  const isPaused = (): boolean => failure !== null && failure.inARow >= FAILURES_MAX && clock() < failure.until;
  return {
    version: settings.model,
    calibration,
    failing: () => (isPaused() ? (failure?.why ?? null) : null),
    read: async (text) => {
      if (isPaused() || signal.aborted) return null;
      const before = failure;
      const readings = await labeller.label(text);
      if (failure === before) failure = null;
      const { calibrate } = await calibration();
      return { labeller: "provider", version: settings.model, readings, calibrate };
    },
  };
}

/** Computed again only when somebody has answered since. */
function cachedCalibration(state: StateStore, version: string): () => Promise<ProviderCalibration> {
  let known: { readonly answered: number; readonly calibration: ProviderCalibration } | null = null;
  return async () => {
    const { answered } = await state.reviewCounts();
    if (known?.answered !== answered)
      known = {
        answered,
        calibration: calibrateProvider(await state.answeredReviews({ limit: ANSWERED_MAX }), version),
      };
    return known.calibration;
  };
}
