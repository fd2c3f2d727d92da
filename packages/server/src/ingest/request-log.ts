/** One request of a source, as its owner sees it when something does not arrive. Never a body. */
interface LoggedRequest {
  readonly at: number;
  readonly route: string;
  readonly status: number;
  readonly sent: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** A vendor's events that are deliberately no signals; not among the sent. */
  readonly ignored?: number;
  /** The first thing that was wrong, in a sentence; null where nothing was. */
  readonly fault: string | null;
}

/** What became of everything that a source sent since the server started: `accepted + duplicates + quarantined = sent`. */
interface SourceTally {
  readonly requests: number;
  readonly sent: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** A vendor's events that are deliberately no signals; not among the sent. */
  readonly ignored: number;
  readonly lastAt: number | null;
}

/** The last requests of each source, in memory. */
export interface RequestLog {
  readonly add: (source: string, request: LoggedRequest) => void;
  /** Newest first. */
  readonly latest: (source: string) => readonly LoggedRequest[];
  readonly tally: (source: string) => SourceTally;
  /** Puts another text in place of each fault: they may quote a sender. */
  readonly rewrite: (rewrite: (fault: string) => string) => void;
}

/** Requests that came with a key that nobody has, or were refused before the key in their body was read, are kept under this name. */
export const UNKNOWN_SOURCE = "unknown key";

const KEPT = 100;
const NONE: SourceTally = {
  requests: 0,
  sent: 0,
  accepted: 0,
  duplicates: 0,
  quarantined: 0,
  ignored: 0,
  lastAt: null,
};

export function openRequestLog(): RequestLog {
  const kept = new Map<string, LoggedRequest[]>();
  const tallies = new Map<string, SourceTally>();
  return {
    add: (source, request) => {
      const requests = kept.get(source) ?? [];
      requests.push(request);
      // Now and then, not at every request: it copies all of them.
      kept.set(source, requests.length < 2 * KEPT ? requests : requests.slice(-KEPT));
      const before = tallies.get(source) ?? NONE;
      tallies.set(source, {
        requests: before.requests + 1,
        sent: before.sent + request.sent,
        accepted: before.accepted + request.accepted,
        duplicates: before.duplicates + request.duplicates,
        quarantined: before.quarantined + request.quarantined,
        ignored: before.ignored + (request.ignored ?? 0),
        lastAt: request.at,
      });
    },
    latest: (source) => (kept.get(source) ?? []).slice(-KEPT).toReversed(),
    tally: (source) => tallies.get(source) ?? NONE,
    rewrite: (rewrite) => {
      for (const [source, requests] of kept)
        kept.set(
          source,
          requests.map((request) => (request.fault === null ? request : { ...request, fault: rewrite(request.fault) })),
        );
    },
  };
}
