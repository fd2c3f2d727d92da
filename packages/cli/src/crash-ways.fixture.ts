/** What of a fact tells its message. */
interface Fact {
  readonly messageId: string;
  readonly detail?: { readonly properties: Readonly<Record<string, unknown>> };
}

/** One request of a way in: what it says, and what it was. */
interface WayRequest {
  readonly way: Way;
  /** Numbers of the messages in it. */
  readonly numbers: readonly number[];
  /** One item of it fits nothing, and names itself by this word. */
  readonly misfit: string | null;
}

/** What the clients of every way know. */
export interface WayBook {
  /** By the name of the way: how many messages were ever put into a request, and which of them were acknowledged. */
  readonly sent: Map<string, number>;
  readonly acknowledged: Map<string, Set<number>>;
  /** Misfits of acknowledged requests, and those of any request. */
  readonly misfits: Set<string>;
  readonly misfitsSent: Set<string>;
  /** Requests that a kill left without an answer. */
  readonly cut: WayRequest[];
  readonly faults: string[];
  requests: number;
}

export function newWayBook(): WayBook {
  return {
    sent: new Map(WAYS.map(({ name }) => [name, 0])),
    acknowledged: new Map(WAYS.map(({ name }) => [name, new Set()])),
    misfits: new Set(),
    misfitsSent: new Set(),
    cut: [],
    faults: [],
    requests: 0,
  };
}

/** A way in: how its source is made, and how messages are written. */
export interface Way {
  readonly name: string;
  readonly source: object | null;
  readonly path: string;
  readonly contentType: string;
  readonly item: (n: number) => object;
  /** An item that fits nothing. */
  readonly misfit: (word: string) => object;
  readonly around: (items: readonly object[]) => unknown;
  /** The number of a message, from its fact. */
  readonly numberOf: (fact: Fact) => number;
}

const SECRET = "only-the-vendor-knows";
const AT = "2026-02-01T00:00:00.000Z";
const JSON_TYPE = "application/json";
const afterDash = ({ messageId }: Fact): number => Number(messageId.split("-").at(-1));

export const WAYS: readonly Way[] = [
  {
    name: "erp",
    source: null,
    path: "/v1/signals",
    contentType: JSON_TYPE,
    item: (n) => ({ message_id: `s-${n}`, type: "visit", unit_id: `u-${n}`, occurred_at: AT, source: "erp" }),
    misfit: (word) => ({ message_id: word, type: "Not A Type", unit_id: word, source: "erp" }),
    around: (signals) => ({ signals }),
    numberOf: afterDash,
  },
  {
    name: "site",
    source: { source_id: "site", kind: "segment" },
    path: "/v1/batch",
    contentType: "text/plain",
    item: (n) => ({
      type: "track",
      messageId: `g-${n}`,
      userId: `u-${n}`,
      event: "Visit",
      timestamp: AT,
      context: { traits: { email: `p${n}@firm${n % 50}.example` } },
    }),
    misfit: (word) => ({ type: "nonsense", messageId: word }),
    around: (batch) => ({ batch }),
    numberOf: afterDash,
  },
  {
    name: "events",
    source: { source_id: "events", kind: "cloudevents" },
    path: "/v1/events",
    contentType: "application/cloudevents-batch+json",
    item: (n) => ({
      specversion: "1.0",
      id: `c-${n}`,
      source: "/crm",
      type: "x.visit",
      subject: `lead/u-${n}`,
      time: AT,
    }),
    misfit: (word) => ({ specversion: "0.3", id: word }),
    around: (events) => events,
    numberOf: afterDash,
  },
  {
    name: "mail",
    source: { source_id: "mail", kind: "webhook", vendor: "mailjet", secret: SECRET },
    path: "/hooks/mailjet/mail",
    contentType: JSON_TYPE,
    item: (n) => ({ event: "open", time: 1_770_000_000, MessageID: n + 1, email: `p${n}@firm${n % 50}.example` }),
    misfit: (word) => ({ event: word, time: 1_770_000_000 }),
    around: (events) => events,
    numberOf: ({ detail }) => Number(detail?.properties["vendor_message_id"]) - 1,
  },
];

/** Makes the sources, and answers each way's key. */
export async function makeSources(url: string): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const { name, source } of WAYS) {
    if (source === null) continue;
    const response = await fetch(`${url}/v1/sources`, { method: "POST", body: JSON.stringify(source) });
    const { key }: { readonly key: string } = JSON.parse(await response.text());
    keys.set(name, "secret" in source ? SECRET : key);
  }
  return keys;
}

/** Clients of every way at once, until they are stopped or cut off. What an earlier kill left without an answer is sent again first. */
export function sendEveryWay(
  url: string,
  keys: ReadonlyMap<string, string>,
  book: WayBook,
): { readonly stop: () => void; readonly done: Promise<unknown> } {
  let stopped = false;
  const client = async (way: Way): Promise<void> => {
    while (!stopped && (await send(url, { keys, book }, nextRequest(way, book))));
  };
  return { stop: () => (stopped = true), done: Promise.all([...WAYS, ...WAYS].map(client)) };
}

/** Sends everything again that was never answered. */
export async function sendWaysCut(url: string, keys: ReadonlyMap<string, string>, book: WayBook): Promise<void> {
  for (const request of book.cut.splice(0)) await send(url, { keys, book }, request);
}

/** New messages, some that were told before, and now and then one that fits nothing. */
function nextRequest(way: Way, book: WayBook): WayRequest {
  const cut = book.cut.findIndex((one) => one.way === way);
  const [again] = cut === -1 ? [] : book.cut.splice(cut, 1);
  if (again !== undefined) return again;
  const turn = (book.requests += 1);
  const from = book.sent.get(way.name) ?? 0;
  const fresh = 1 + ((turn * 7) % 40);
  book.sent.set(way.name, from + fresh);
  const numbers = [
    ...Array.from({ length: fresh }, (_, i) => from + i),
    ...(from > 0 && turn % 3 === 0 ? [(turn * 31) % from] : []),
  ];
  const misfit = turn % 5 === 0 ? `misfit-${turn}` : null;
  if (misfit !== null) book.misfitsSent.add(misfit);
  return { way, numbers, misfit };
}

/** @returns false where no answer came. */
async function send(
  url: string,
  { keys, book }: { readonly keys: ReadonlyMap<string, string>; readonly book: WayBook },
  request: WayRequest,
): Promise<boolean> {
  const { way, numbers, misfit } = request;
  const key = keys.get(way.name);
  const items = [...numbers.map(way.item), ...(misfit === null ? [] : [way.misfit(misfit)])];
  try {
    const response = await fetch(`${url}${way.path}`, {
      method: "POST",
      headers: { "content-type": way.contentType, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(way.around(items)),
    });
    const answer = await response.text();
    if (response.status !== 200) {
      book.faults.push(`${way.name} was answered with ${response.status}: ${answer}`);
      return true;
    }
  } catch {
    book.cut.push(request);
    return false;
  }
  for (const n of numbers) book.acknowledged.get(way.name)?.add(n);
  if (misfit !== null) book.misfits.add(misfit);
  return true;
}
