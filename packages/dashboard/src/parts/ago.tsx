import { formatAgo, formatMinute } from "../format/times.ts";

/** When it happened: how long ago, with the exact time on hover. */
export function Ago({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={formatMinute(at)} className="nowrap">
      {formatAgo(at, Date.now())}
    </time>
  );
}
