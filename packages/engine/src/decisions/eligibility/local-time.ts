import type { Instant } from "../../time.ts";

/** The clock on a wall somewhere. */
export interface LocalTime {
  /** Minutes since local midnight, 0 … 1439. */
  readonly minuteOfDay: number;
  /** ISO 8601: 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** Whole local days since 1970-01-01: tells one day from the next. */
  readonly day: number;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/**
 * Clocks have been changed at whole quarters of an hour of UTC, everywhere, since 1980: within one the offset of a zone is constant. A law
 * of the test holds all zones of the runtime to it.
 */
const QUARTER_MS = 15 * MINUTE_MS;
/** More zones than there are: texts that only look like one cannot fill memory. */
const ZONES_MAX = 2000;

interface ZoneClock {
  readonly format: Intl.DateTimeFormat;
  /** The quarter of an hour that was asked for last, and the offset then, in ms. */
  quarter: number;
  offsetMs: number;
}

/** By name; null: the runtime knows no such zone. A cache only: the same question always has the same answer. */
const clocks = new Map<string, ZoneClock | null>();

/** Whether the runtime's time zone data has a zone of this name, such as `Europe/Berlin`. Offsets such as `+02:00` are none: they know no summer. */
export function isTimeZone(name: string): boolean {
  return clockOf(name) !== null;
}

/** What the clocks of a zone show. null: no such zone. */
export function localTime(zone: string, at: Instant): LocalTime | null {
  const clock = clockOf(zone);
  if (clock === null) return null;
  const quarter = Math.floor(at / QUARTER_MS);
  if (clock.quarter !== quarter) {
    clock.offsetMs = offsetAt(clock.format, quarter * QUARTER_MS);
    clock.quarter = quarter;
  }
  const minutes = Math.floor((at + clock.offsetMs) / MINUTE_MS);
  const day = Math.floor(minutes / DAY_MINUTES);
  // 1970-01-01 was a Thursday.
  return { minuteOfDay: minutes - day * DAY_MINUTES, weekday: ((((day + 3) % 7) + 7) % 7) + 1, day };
}

/**
 * The zones that a region may have, by its ISO 3166 code, such as `US`; from the runtime's CLDR data. Empty where it knows no such region:
 * nothing may then be concluded.
 */
export function zonesOfRegion(region: string): readonly string[] {
  const known = regions.get(region);
  if (known !== undefined) return known;
  const zones = /^[A-Za-z]{2}$/u.test(region) ? zonesIn(region.toUpperCase()) : [];
  if (regions.size >= ZONES_MAX) regions.clear();
  regions.set(region, zones);
  return zones;
}

const regions = new Map<string, readonly string[]>();

/** Node 20 has the list as a property, later ones as a method; both are ECMA-402's Locale Info proposal. */
function zonesIn(region: string): readonly string[] {
  const locale = new Intl.Locale(`und-${region}`);
  const method: unknown = Reflect.get(locale, "getTimeZones");
  const listed: unknown =
    typeof method === "function" ? Reflect.apply(method, locale, []) : Reflect.get(locale, "timeZones");
  if (!Array.isArray(listed)) return [];
  const zones = listed.filter((zone): zone is string => typeof zone === "string" && isTimeZone(zone));
  // A list of which a part is unknown to the runtime would promise too much.
  return zones.length === listed.length ? zones : [];
}

function clockOf(zone: string): ZoneClock | null {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  if (clocks.size >= ZONES_MAX) clocks.clear();
  const made = /^[A-Za-z]/u.test(zone) ? clockFor(zone) : null;
  clocks.set(zone, made);
  return made;
}

function clockFor(zone: string): ZoneClock | null {
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    return { format, quarter: Number.NaN, offsetMs: 0 };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** How far a zone's clocks are ahead of UTC, in ms. */
function offsetAt(format: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - ms;
}
