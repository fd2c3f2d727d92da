import type { Instant } from "../../time.ts";
import { localTime, zonesOfRegion, isTimeZone } from "./local-time.ts";
import type { Context } from "../../context.ts";

/**
 * Hours of a local day on which something may happen: from `fromMinute` on, and no longer at `toMinute`. Where it ends before it begins it
 * runs over midnight, and the day that counts is the one on which it began.
 */
export interface DailyWindow {
  /** Minutes since local midnight, 0 … 1439. */
  readonly fromMinute: number;
  /** 1 … 1440; never `fromMinute`. */
  readonly toMinute: number;
  /** ISO weekdays, 1 Monday … 7 Sunday; never empty. */
  readonly weekdays: readonly number[];
}

/** 1 … 7. */
const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

/**
 * What law and good manners allow where a team says nothing: 8 to 21 h where the recipient is.
 *
 * @see 47 CFR § 64.1200(c)(1): no telephone solicitation before 8 a.m. or after 9 p.m., the called party's local time.
 */
export const POLITE_HOURS: DailyWindow = { fromMinute: 8 * 60, toMinute: 21 * 60, weekdays: EVERY_DAY };

/** Where a recipient's clock is: the zones it may be in, at least one, and what the context said. */
export interface Whereabouts {
  readonly zones: readonly string[];
  readonly said: string;
}

/** Which keys of the context name the recipient's place. */
export interface PlaceFields {
  /** Holds an IANA zone: `Europe/Berlin`. */
  readonly zone: string;
  /** Holds an ISO 3166 country code: `DE`. Used where the zone is absent. */
  readonly region: string;
}

/**
 * Every zone that the recipient may be in, so that what is allowed in all of them is allowed. null where nothing is said, or what is said
 * is no zone that the runtime knows: nobody can then tell what time it is there.
 */
export function whereabouts(context: Context, fields: PlaceFields): Whereabouts | null {
  const zone = own(context, fields.zone);
  // A zone that is misspelt is not mended by a country: somebody has to look at it.
  if (typeof zone === "string" && zone !== "") return isTimeZone(zone) ? { zones: [zone], said: zone } : null;
  const region = own(context, fields.region);
  if (typeof region !== "string") return null;
  const zones = zonesOfRegion(region);
  return zones.length === 0 ? null : { zones, said: region };
}

/** Whether a moment lies in one of the windows, by the clocks of a zone. Unknown zone: no. */
export function isOpen(windows: readonly DailyWindow[], zone: string, at: Instant): boolean {
  const local = localTime(zone, at);
  return local !== null && windows.some((window) => holds(window, local.minuteOfDay, local.weekday));
}

/** Whether it lies in one of the windows wherever the recipient may be. */
export function isOpenIn(windows: readonly DailyWindow[], zones: readonly string[], at: Instant): boolean {
  return zones.length > 0 && zones.every((zone) => isOpen(windows, zone, at));
}

function holds({ fromMinute, toMinute, weekdays }: DailyWindow, minute: number, weekday: number): boolean {
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute && weekdays.includes(weekday);
  const dayBefore = weekday === 1 ? 7 : weekday - 1;
  return (minute >= fromMinute && weekdays.includes(weekday)) || (minute < toMinute && weekdays.includes(dayBefore));
}

/** What a context has under a key of its own; a key such as `constructor` names nothing else. */
export function own(context: Context, key: string): Context[string] | undefined {
  return Object.hasOwn(context, key) ? context[key] : undefined;
}
