import { probability, type Probability } from "@ratchet/stats";
import type { MachineHints } from "./received-signal.ts";

/** One thing that speaks for or against a person, and how strongly. */
interface HumanEvidence {
  readonly name: "vendor-flag" | "prefetch-agent" | "scanner-agent" | "instant" | "many-links" | "honeypot" | "browser";
  /** Added to the log-odds that a person did it. */
  readonly logOdds: number;
  readonly sentence: string;
}

/** The probability that a person opened or clicked, and what it rests on. */
export interface HumanJudgement {
  readonly probability: Probability;
  readonly evidence: readonly HumanEvidence[];
}

/** What is known of an open or click beside its message's hints. */
export interface EngagementCircumstances {
  readonly type: "opened" | "clicked";
  /** Since the message was delivered, ms; null where that is unknown. */
  readonly sinceDeliveredMs: number | null;
  /** Distinct links of the same message that were clicked within a few seconds, this one included; 1 where nothing else is known. */
  readonly linksAtOnce: number;
  /** The link is one that no reader can see. */
  readonly honeypot: boolean;
}

/** Prior log-odds: most opens are fetched by machines before anybody reads, most clicks are made by people. */
const PRIOR = { opened: 0, clicked: 1.5 } as const;

/** Image proxies and mail clients that fetch every picture whether it is looked at or not. */
const PREFETCH = /GoogleImageProxy|YahooMailProxy|ggpht\.com|Thunderbird\/.*proxy|^Mozilla\/5\.0$/iu;
/** Security scanners, link checkers, libraries. */
const SCANNER =
  /bot\b|crawler|spider|scan|barracuda|proofpoint|mimecast|symantec|messagelabs|urldefense|safelinks|headless|phantom|curl\/|python|java\/|go-http|okhttp|libwww|wget/iu;
const BROWSER = /Mozilla\/5\.0 \([^)]+\).*(?:Chrome|Safari|Firefox|Edg)\/\d/u;

/** A person needs longer than this to read a subject, open and click. */
export const INSTANT_MS = 2_000;
/** More links at once than a hand can click. */
export const LINKS_MIN = 3;
/** What each of these two signs takes from the log-odds. Both show only beside other signals, so they are read when a metric is measured. */
const SIGN_LOG_ODDS = 3;

/**
 * Judges whether a person opened or clicked: independent pieces of evidence, added up as log-odds and kept with their sentences.
 *
 * The weights are judgements, stated here and shown with every verdict; metrics that use the probability inherit no more than it says.
 */
export function humanProbability(hints: MachineHints | null, circumstances: EngagementCircumstances): HumanJudgement {
  const evidence = [...evidenceOfHints(hints), ...evidenceOfCircumstances(circumstances)];
  const logOdds = evidence.reduce<number>((sum, { logOdds: weight }) => sum + weight, PRIOR[circumstances.type]);
  return { probability: probability(1 / (1 + Math.exp(-logOdds))), evidence };
}

function evidenceOfHints(hints: MachineHints | null): readonly HumanEvidence[] {
  if (hints === null) return [];
  const { vendorSaysMachine, userAgent } = hints;
  return [
    ...(vendorSaysMachine === true
      ? [{ name: "vendor-flag", logOdds: -4, sentence: "the vendor says that a machine did it" } as const]
      : []),
    ...(vendorSaysMachine === false
      ? [{ name: "vendor-flag", logOdds: 1, sentence: "the vendor saw no machine" } as const]
      : []),
    ...(userAgent === undefined ? [] : evidenceOfAgent(userAgent)),
  ];
}

function evidenceOfAgent(userAgent: string): readonly HumanEvidence[] {
  if (SCANNER.test(userAgent))
    return [{ name: "scanner-agent", logOdds: -4, sentence: "the program that did it is a scanner or a library" }];
  if (PREFETCH.test(userAgent))
    return [{ name: "prefetch-agent", logOdds: -2.5, sentence: "a mail service fetches every picture this way" }];
  return BROWSER.test(userAgent) ? [{ name: "browser", logOdds: 1, sentence: "it came from an ordinary browser" }] : [];
}

function evidenceOfCircumstances({
  type,
  sinceDeliveredMs,
  linksAtOnce,
  honeypot,
}: EngagementCircumstances): readonly HumanEvidence[] {
  const instant = sinceDeliveredMs !== null && sinceDeliveredMs < INSTANT_MS;
  return [
    ...(honeypot
      ? [{ name: "honeypot", logOdds: -6, sentence: "nobody can see the link that was clicked" } as const]
      : []),
    ...(linksAtOnce >= LINKS_MIN
      ? [
          {
            name: "many-links",
            logOdds: -SIGN_LOG_ODDS,
            sentence: `${linksAtOnce} links of the message were clicked at once`,
          } as const,
        ]
      : []),
    ...(instant
      ? [
          {
            name: "instant",
            logOdds: -SIGN_LOG_ODDS,
            sentence: `${type} within ${INSTANT_MS / 1000} seconds of delivery`,
          } as const,
        ]
      : []),
  ];
}

/**
 * The least probability, as a signal has it, with which it still reaches `min` after so many signs of a machine.
 *
 * @param min - in [0, 1].
 */
export function humanProbabilityNeeded(min: number, signs: number): number {
  if (signs === 0) return min;
  return 1 / (1 + ((1 - min) / min) * Math.exp(-SIGN_LOG_ODDS * signs));
}
