import { parseEpochMs, parseInstant, type Instant } from "@ratchet/engine";
import { numberAt } from "./json.ts";

/** Vendors' times. Each reader takes anything, and answers null for what is no time. */
export type ReadTime = (value: unknown) => Instant | null;

/** When an event says that it happened: null where it does not say, and the receiver then says when it heard. */
export type SaidTime = Instant | "unreadable" | null;

/** What an event says under a time's name, told apart from silence: to date it by our own clock would be to make a time up. */
export function said(read: ReadTime, value: unknown): SaidTime {
  const isSilent = value === undefined || value === null || (typeof value === "string" && value.trim() === "");
  return isSilent ? null : (read(value) ?? "unreadable");
}

/** Seconds since 1970, with or without a fraction, as a number or in digits. */
export const epochSeconds: ReadTime = (value) => fromMs(numberAt(value), 1000);

/** Milliseconds since 1970. */
export const epochMillis: ReadTime = (value) => fromMs(numberAt(value), 1);

/** ISO 8601, also with a blank before the zone (`2022-04-19 03:33:50 +00:00`). Without a zone it is UTC. */
export const isoTime: ReadTime = (value) => {
  if (typeof value !== "string" || value.length > 64) return null;
  const parsed = parseInstant(value.trim().replace(/ (?=[+-]\d{2}:?\d{2}$)/u, ""));
  return parsed.kind === "ok" ? parsed.value : null;
};

/** The compact ISO of some mail servers, in UTC: `20171012T013104`. */
export const compactTime: ReadTime = (value) => {
  const parts = typeof value === "string" ? /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z?$/u.exec(value) : null;
  return parts === null ? null : isoTime(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
};

const MAIL_DATE =
  /^(?:[A-Z][a-z]{2}, ?)?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|UT|UTC|GMT)(?: \([A-Z]{1,5}\))?$/u;

/** A mail header's date: `Wed, 11 Oct 2017 18:31:04 -0700`. Without a zone it is not read: it could be any. */
export const mailDate: ReadTime = (value) =>
  typeof value === "string" && value.length <= 64 && MAIL_DATE.test(value.trim())
    ? fromMs(Date.parse(value.trim()), 1)
    : null;

/** ISO 8601, or a mail header's date. */
export const anyTime: ReadTime = (value) => isoTime(value) ?? compactTime(value) ?? mailDate(value);

function fromMs(value: number | null, scale: number): Instant | null {
  if (value === null || !Number.isFinite(value)) return null;
  const parsed = parseEpochMs(Math.round(value * scale));
  return parsed.kind === "ok" ? parsed.value : null;
}
