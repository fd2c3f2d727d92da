import type { MeasureQuery } from "../outcomes/cell.ts";
import { humanProbabilityMinOf, isMachineMade } from "../outcomes/metric.ts";
import { humanProbabilityNeeded } from "../signals/human-probability.ts";
import { CLICKS_MAX, linkOfSignal, mailOf, signsOfMachine, type MailEngagement } from "../signals/mail-engagement.ts";
import type { Signal } from "../signals/signal.ts";
import { compareCodePoints } from "./code-point-order.ts";

/**
 * Whether a signal is as likely a person's doing as a metric asks for, by what it says of itself and, of opens and clicks, by what else
 * the person did with that mail.
 *
 * @param told - signals of the metric's type, and those that were delivered.
 */
export function likelyHuman(
  query: MeasureQuery,
  told: { readonly ofType: readonly Signal[]; readonly delivered: readonly Signal[] },
): (signal: Signal) => boolean {
  const { metric, knownAt = Infinity } = query;
  const min = humanProbabilityMinOf(metric);
  const mails = min > 0 && isMachineMade(metric.signal) ? mailsOf(told, knownAt) : new Map<string, MailEngagement>();
  const needed = [0, 1, 2].map((signs) => humanProbabilityNeeded(min, signs));
  return (signal) => {
    const stored = signal.detail?.humanProbability ?? 1;
    const mail = mails.size === 0 ? null : mailOf(signal);
    const engagement = mail === null ? undefined : mails.get(mail);
    const signs = engagement === undefined ? 0 : signsOfMachine(signal.occurredAt, engagement);
    return stored >= (needed[signs] ?? min);
  };
}

function mailsOf(
  { ofType, delivered }: { readonly ofType: readonly Signal[]; readonly delivered: readonly Signal[] },
  knownAt: number,
): ReadonlyMap<string, MailEngagement> {
  const clicks = byMail(ofType, knownAt);
  const deliveries = byMail(delivered, knownAt);
  return new Map(
    [...clicks].map(([mail, own]) => {
      const distinct = new Map(
        own.map((signal) => {
          const click = { atMs: signal.occurredAt, link: linkOfSignal(signal) };
          return [`${click.atMs} ${click.link}`, click];
        }),
      );
      const inOrder = [...distinct.values()].sort((a, b) => a.atMs - b.atMs || compareCodePoints(a.link, b.link));
      const deliveredMs = deliveries
        .get(mail)
        ?.reduce((least, { occurredAt }) => Math.min(least, occurredAt), Infinity);
      return [mail, { clicks: inOrder.slice(0, CLICKS_MAX), deliveredMs: deliveredMs ?? null }];
    }),
  );
}

function byMail(signals: readonly Signal[], knownAt: number): ReadonlyMap<string, readonly Signal[]> {
  const groups = new Map<string, Signal[]>();
  for (const signal of signals) {
    const mail = signal.receivedAt > knownAt ? null : mailOf(signal);
    if (mail === null) continue;
    const group = groups.get(mail);
    if (group === undefined) groups.set(mail, [signal]);
    else group.push(signal);
  }
  return groups;
}
