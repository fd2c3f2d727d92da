import { contactAllowed, type ConsentRecord } from "../../signals/consent.ts";
import type { Instant } from "../../time.ts";
import { localTime } from "./local-time.ts";
import type { EligibilityRules } from "./rules.ts";
import { contactHours, sendWindow } from "./send-time.ts";
import type { Asked, Candidate, Stage } from "./stage.ts";
import { isOpen, isOpenIn, type DailyWindow } from "./windows.ts";

/** What the law and good manners ask before anybody is contacted, in the order in which one would say it. */
export function contactStages(rules: EligibilityRules): readonly Stage[] {
  const stages: readonly (Stage & { readonly asked?: boolean })[] = [
    { rule: "suppression", refuses: (candidate, asked) => wordAgainst(candidate, asked, "suppression") },
    { rule: "consent", refuses: (candidate, asked) => wordAgainst(candidate, asked, "consent") },
    {
      rule: "consent-required",
      asked: rules.consentRequired.length > 0,
      refuses: (candidate, asked) => groundMissing(rules, candidate, asked),
    },
    { rule: "quiet-hours", refuses: (candidate, asked) => quiet(rules, candidate, asked) },
    {
      rule: "send-window",
      asked: Object.keys(rules.sendWindows).length > 0,
      refuses: (candidate, asked) => outsideSendWindow(rules, candidate, asked),
    },
  ];
  return stages.filter(({ asked = true }) => asked);
}

/** Channels that a candidate may use; null: none. Where nobody states what a lever's actions do, each may use any. */
function channelOf({ effect }: Candidate, { stated }: Asked): string | null {
  if (effect === null) return stated ? null : "all";
  return effect.kind === "contact" ? effect.channel : null;
}

function wordAgainst(candidate: Candidate, asked: Asked, family: "suppression" | "consent"): string | null {
  const records = asked.consents;
  // Of most people nothing was ever said.
  if (records?.length === 0) return null;
  const channel = channelOf(candidate, asked);
  if (channel === null) return null;
  if (records === null) return family === "suppression" ? "whether anything forbids it cannot be told now" : null;
  const answers = momentsOf(candidate, asked).map((now) => contactAllowed(records, { channel, now }));
  const refusal = answers.find((answer) => answer.kind === "refused");
  return refusal?.kind === "refused" && refusal.rule.startsWith(`${family}.`)
    ? `${refusal.rule} on ${refusal.channel}`
    : null;
}

/** Now, since nobody is decided on who said no; and when it goes out, since consent may have run out by then. */
function momentsOf({ at }: Candidate, { question: { now } }: Asked): readonly Instant[] {
  return at === null || at === now ? [now] : [now, at];
}

function groundMissing({ consentRequired }: EligibilityRules, candidate: Candidate, asked: Asked): string | null {
  const channel = channelOf(candidate, asked);
  if (channel === null || !(consentRequired.includes(channel) || consentRequired.includes("all"))) return null;
  const records = asked.consents ?? [];
  const granted = momentsOf(candidate, asked).every((moment) =>
    records.some((record) => grants(record, channel, moment)),
  );
  return granted ? null : `no consent to ${channel} is recorded`;
}

function grants(record: ConsentRecord, channel: string, now: Instant): boolean {
  return (
    record.kind === "granted" &&
    // Whoever learns from answers has no say in who may be asked.
    record.source !== "engine" &&
    record.at <= now &&
    (record.expiresAt === null || record.expiresAt > now) &&
    (record.channel === "all" || record.channel === channel)
  );
}

function quiet(rules: EligibilityRules, { effect, at }: Candidate, { place }: Asked): string | null {
  if (effect?.kind !== "contact" || effect.when.kind === "elsewhere") return null;
  if (place === null) return "what time it is where the recipient is cannot be told";
  if (at !== null) return closed(contactHours(rules, effect.channel), at, { zones: place.zones, word: "quiet" });
  return place.zones.length > 1
    ? `a time of day is none for a recipient who may be in ${place.zones.length} time zones`
    : "no such time in the next days is one at which the recipient may be contacted";
}

function outsideSendWindow(
  rules: EligibilityRules,
  { effect, at }: Candidate,
  { place, question }: Asked,
): string | null {
  const windows = sendWindow(rules, question.lever);
  if (
    effect?.kind !== "contact" ||
    effect.when.kind === "elsewhere" ||
    windows === null ||
    place === null ||
    at === null
  )
    return null;
  return closed(windows, at, { zones: place.zones, word: "outside the send window" });
}

function closed(
  windows: readonly DailyWindow[],
  at: Instant,
  { zones, word }: { readonly zones: readonly string[]; readonly word: string },
): string | null {
  if (isOpenIn(windows, zones, at)) return null;
  const zone = zones.find((one) => !isOpen(windows, one, at)) ?? "nowhere";
  const minute = localTime(zone, at)?.minuteOfDay ?? 0;
  const among = zones.length > 1 ? `, one of ${zones.length} zones where the recipient may be` : "";
  return `${word}: it is ${clockText(minute)} in ${zone}${among}`;
}

function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
