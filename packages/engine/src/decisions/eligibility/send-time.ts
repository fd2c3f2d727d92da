import { instant, later, type Instant } from "../../time.ts";
import { localTime } from "./local-time.ts";
import type { StatedEffect, EligibilityRules, SendTime } from "./rules.ts";
import type { Asked } from "./stage.ts";
import { isOpenIn, POLITE_HOURS, type DailyWindow } from "./windows.ts";

/** A contact as the rules state it. */
export type Contact = Extract<StatedEffect, { readonly kind: "contact" }>;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** A week and a day: every weekday comes once, also where a change of the clocks leaves a time of day out. */
const DAYS_AHEAD = 8;

/** Hours in which a channel may be used: its own, those of all channels, or the polite ones. */
export function contactHours(rules: EligibilityRules, channel: string): readonly DailyWindow[] {
  return own(rules.contactHours, channel) ?? own(rules.contactHours, "all") ?? [POLITE_HOURS];
}

/** The narrower windows of a lever; null: it has none. */
export function sendWindow(rules: EligibilityRules, lever: string): readonly DailyWindow[] | null {
  return own(rules.sendWindows, lever) ?? null;
}

/**
 * When a contact would go out. Of a time of day: the next one in the recipient's zone that all windows allow, within eight
 * days of the first moment at which it may.
 *
 * @returns null where there is none, or where the time of day is not one because the recipient may be in several zones.
 */
export function sendTimeOf(rules: EligibilityRules, contact: Contact, asked: Asked): Instant | null {
  const { now, lever } = asked.question;
  const { when } = contact;
  if (when.kind === "elsewhere") return now;
  if (when.kind === "delay") return later(now, when.ms);
  const zones = asked.place?.zones ?? [];
  const [zone, ...others] = zones;
  if (zone === undefined || others.length > 0) return null;
  const windows = [contactHours(rules, contact.channel), sendWindow(rules, lever)].filter((list) => list !== null);
  const from = later(now, when.afterMs ?? 0);
  for (let days = 0; days <= DAYS_AHEAD; days += 1) {
    const at = timeOfDay(zone, from, { days, when });
    if (at !== null && at >= from && windows.every((list) => isOpenIn(list, zones, at))) return at;
  }
  return null;
}

/** The moment at which a zone's clocks show a time of day, so many days on; null where they skip it or the weekday is none of those. */
function timeOfDay(
  zone: string,
  from: Instant,
  { days, when }: { readonly days: number; readonly when: Extract<SendTime, { readonly kind: "local" }> },
): Instant | null {
  const here = localTime(zone, from);
  if (here === null) return null;
  const minutes = Math.floor(from / MINUTE_MS) + days * DAY_MINUTES + when.minuteOfDay - here.minuteOfDay;
  const guess = instant(minutes * MINUTE_MS);
  const shown = localTime(zone, guess);
  if (shown === null) return null;
  // Where the clocks changed in between, the guess is off by the change.
  const off = (shown.day - here.day - days) * DAY_MINUTES + shown.minuteOfDay - when.minuteOfDay;
  const at = off === 0 ? guess : later(guess, -off * MINUTE_MS);
  const local = localTime(zone, at);
  return local !== null && local.minuteOfDay === when.minuteOfDay && when.weekdays.includes(local.weekday) ? at : null;
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
