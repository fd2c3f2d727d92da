import { INSTANT_MS, LINKS_MIN } from "./human-probability.ts";
import type { Signal } from "./signal.ts";

/** Links clicked within so many ms of each other, before or after, were clicked at once. */
export const AT_ONCE_MS = 5_000;
/** Of more clicks in one mail the first so many are looked at: whoever sends them cannot make measuring slow. */
export const CLICKS_MAX = 1_000;

/** What one person did with one mail of one source, by the source's own clock. */
export interface MailEngagement {
  /** Distinct pairs in order of time, then link; at most `CLICKS_MAX`. */
  readonly clicks: readonly { readonly atMs: number; readonly link: string }[];
  /** When it was first delivered; null where nothing says so. */
  readonly deliveredMs: number | null;
}

/** What tells one mail to one person from another: null where the signal does not say. */
export function mailOf({ source, detail }: Signal): string | null {
  const { person = null, properties = {} } = detail ?? {};
  const mail = textOf(properties["vendor_message_id"]);
  return person === null || mail === "" ? null : JSON.stringify([source, person, mail]);
}

/** The clicked link, without what might say who clicked; "" where the signal does not say. */
export function linkOfSignal({ detail }: Signal): string {
  return textOf(detail?.properties["link"]);
}

/**
 * Signs of a machine around an open or a click: as many links of the mail at once as no hand clicks, and sooner after delivery than anybody
 * reads. The same whatever order the signals arrived in.
 *
 * @returns 0, 1 or 2.
 */
export function signsOfMachine(atMs: number, { clicks, deliveredMs }: MailEngagement): number {
  const atOnce = new Set(clicks.filter((click) => Math.abs(click.atMs - atMs) <= AT_ONCE_MS).map(({ link }) => link));
  const isInstant = deliveredMs !== null && atMs >= deliveredMs && atMs - deliveredMs < INSTANT_MS;
  return (atOnce.size >= LINKS_MIN ? 1 : 0) + (isInstant ? 1 : 0);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
