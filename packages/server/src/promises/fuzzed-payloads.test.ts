import { memoryFactsStore, memoryStateStore, projectInbox, type QuarantineEntry } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { diceOf } from "./draw-history.fixture.ts";
import { MARKERS } from "./mutate-json.fixture.ts";
import { NOW, RECORDS_SOURCE, waysInto, type Shot, type Way } from "./ways-in.fixture.ts";
import { openWorld, type World } from "./world.fixture.ts";

/** `npm run prove` makes it 100,000. */
const PAYLOADS = Number(process.env["RATCHET_PAYLOADS"] ?? "2000");
const FIRST_SEED = Number(process.env["RATCHET_LAWS_SEED"] ?? "20260301");
/** Shots at one world: quarantines that are looked at after each shot should stay small. */
const SHOTS_PER_WORLD = 300;

/** What a whole refusal may say; nothing of the body was taken then, and its sender knows. */
const REFUSALS = [400, 401, 409, 413, 415, 422];

interface Counts {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

/** A world under fire. */
interface Range {
  readonly world: World;
  readonly ways: readonly Way[];
  /** Everything that was answered with a 2xx, by the answers and tallies. */
  total: Counts;
  lastSeq: number;
}

async function openRange(): Promise<Range> {
  const world = await openWorld({ state: memoryStateStore(), facts: memoryFactsStore() });
  world.turnTo(NOW);
  const ways = await waysInto(world);
  return { world, ways, total: { sent: 0, accepted: 0, duplicates: 0, quarantined: 0 }, lastSeq: 0 };
}

/** Fires one shot and says what is wrong with what came of it. */
async function fire(range: Range, shot: Shot): Promise<readonly string[]> {
  const { context, post } = range.world;
  const before = context.requestLog.tally(shot.source);
  const response = await post(shot.path, shot.body, shot.headers);
  const answer = await response.text();
  const rows = await context.stores.state.quarantined({ afterSeq: range.lastSeq, limit: 10_000 });
  range.lastSeq = rows.at(-1)?.seq ?? range.lastSeq;
  const counts = difference(context.requestLog.tally(shot.source), before);
  range.total = sumOf(range.total, counts);
  const said = [answer, ...rows.map(({ reason }) => reason), context.requestLog.latest(shot.source)[0]?.fault ?? ""];
  const isRefused = response.status !== 200;
  return [
    ...(isRefused && !REFUSALS.includes(response.status) ? [`status ${response.status}: ${answer}`] : []),
    ...(isRefused && rows.length + counts.sent > 0 ? [`refused, and yet taken: ${answer}`] : []),
    ...(isRefused && shot.texts !== null && !mayBeRefused(shot, answer)
      ? [`a readable batch was refused: ${answer}`]
      : []),
    ...(counts.accepted + counts.duplicates + counts.quarantined === counts.sent
      ? []
      : [`the sum: ${JSON.stringify(counts)}`]),
    ...(rows.length === counts.quarantined ? [] : [`${rows.length} rows for ${counts.quarantined} quarantined`]),
    ...(said.some(quotesSomebody) ? [`quotes a person: ${said.filter(quotesSomebody).join(" | ").slice(0, 300)}`] : []),
    ...rows
      .filter((row) => !isVerbatim(shot, row))
      .map(({ code, raw }) => `not as sent (${code}): ${raw.slice(0, 300)}`),
    ...(Reflect.get({}, "polluted") === undefined ? [] : ["polluted"]),
  ];
}

function difference(after: Counts, before: Counts): Counts {
  return {
    sent: after.sent - before.sent,
    accepted: after.accepted - before.accepted,
    duplicates: after.duplicates - before.duplicates,
    quarantined: after.quarantined - before.quarantined,
  };
}

function sumOf(a: Counts, b: Counts): Counts {
  return {
    sent: a.sent + b.sent,
    accepted: a.accepted + b.accepted,
    duplicates: a.duplicates + b.duplicates,
    quarantined: a.quarantined + b.quarantined,
  };
}

/**
 * A single message whose text is the whole body is refused as a body where it is none. Mailgun's signature stands in the body: one that no
 * guard lets through cannot be known for Mailgun's, and what nobody signed is kept nowhere.
 */
function mayBeRefused({ path }: Shot, answer: string): boolean {
  if (path.startsWith("/hooks/mailgun/")) return answer.includes("body.too_deep");
  return path === "/v1/events" && answer.includes("request.not_json");
}

const quotesSomebody = (text: string): boolean =>
  text.toLowerCase().includes("secret.example") || text.replaceAll(/\D/gu, "").includes(MARKERS.phone.slice(1));

const utf8 = (text: string): string => Buffer.from(text).toString("utf8");

/**
 * A row holds its item as it was sent, a conflict's too, and a spoilt body itself. A webhook's body may turn out to be a
 * list where one event was meant: then each of its items is one.
 */
function isVerbatim({ path, texts, whole }: Shot, { raw }: QuarantineEntry): boolean {
  if (texts === null) return true;
  if (path.includes("salesforce-outbound")) return isCutOutOf(utf8(whole), raw);
  if (path.startsWith("/hooks/")) return utf8(whole).includes(raw);
  return texts.some((text) => raw === utf8(text) || raw.endsWith(`"data":${utf8(text)}}`));
}

/** One notification of a SOAP message is kept with what stands around them all. */
function isCutOutOf(whole: string, raw: string): boolean {
  let head = 0;
  while (head < raw.length && raw[head] === whole[head]) head += 1;
  let tail = 0;
  while (tail < raw.length - head && raw.at(-1 - tail) === whole.at(-1 - tail)) tail += 1;
  return whole.includes(raw.slice(head, raw.length - tail));
}

/** Reading a row again comes to what reading it came to, and changes nothing. */
async function replayFaults({ world }: Range): Promise<readonly string[]> {
  const { state } = world.context.stores;
  const before = await state.quarantined({ waiting: true, limit: 100_000 });
  const response = await world.post(ROUTES.replayQuarantine.path, "{}");
  const replayed = ROUTES.replayQuarantine.response.parse(await response.json());
  const after = await state.quarantined({ waiting: true, limit: 100_000 });
  const rows = new Map(before.map((row) => [row.seq, row]));
  return [
    ...(JSON.stringify(after) === JSON.stringify(before) ? [] : ["a replay changed the quarantine"]),
    ...replayed.still.flatMap(({ seq, code }) => {
      const row = rows.get(seq);
      // What a body as a whole was refused for is not always what it is refused for as one event; and another body may have come since.
      return row?.code === code || row?.code.startsWith("body.") === true || code.endsWith(".conflict")
        ? []
        : [`read again as ${code}, first as ${row?.code}: ${row?.source} ${row?.raw.slice(0, 300)}`];
    }),
    ...(replayed.still.some(({ message }) => quotesSomebody(message)) ? ["a replay quotes a person"] : []),
  ];
}

/** Every accepted item is one fact. Rows of a CRM are none themselves: they tell what changed. */
async function lossesOf({ world, total }: Range): Promise<readonly string[]> {
  const { facts } = world.context.stores;
  await projectInbox(world.context.stores, { maxItems: 10_000, maxSegments: 100 });
  const told = (await facts.signals({ source: RECORDS_SOURCE, limit: 1_000_000 })).length;
  const signals = (await facts.counts()).signals - told;
  const accepted = total.accepted - world.context.requestLog.tally(RECORDS_SOURCE).accepted;
  return signals === accepted ? [] : [`${signals} facts of ${accepted} accepted`];
}

describe("whatever is sent, on every way in", () => {
  it(
    `is taken, known already, or kept as it was sent with its reason (${PAYLOADS} payloads)`,
    async () => {
      const faults = new Map<string, string>();
      const totals = new Map<string, Counts>();
      let fired = 0;
      for (let seed = FIRST_SEED; fired < PAYLOADS; seed += 1) {
        const dice = diceOf(seed);
        const range = await openRange();
        for (let n = 0; n < SHOTS_PER_WORLD && fired < PAYLOADS; n += 1, fired += 1) {
          const way = range.ways[n % range.ways.length];
          if (way === undefined) throw new Error("there is no way in");
          const before = range.total;
          const shot = way.draw(dice, n);
          const found = await fire(range, shot);
          for (const fault of found)
            faults.set(`${way.name}: ${fault.slice(0, 24)}`, `seed ${seed} shot ${n}: ${fault}`);
          const own = difference(range.total, before);
          totals.set(way.name, sumOf(totals.get(way.name) ?? own, own));
        }
        for (const fault of [...(await replayFaults(range)), ...(await lossesOf(range))])
          faults.set(fault.slice(0, 60), `seed ${seed}: ${fault}`);
      }
      expect([...faults].map((fault) => fault.join(" => "))).toEqual([]);
      // A fuzz that only meets the front door proves nothing: on every way something gets in and something does not.
      expect([...totals].filter(([, { accepted, quarantined }]) => accepted === 0 || quarantined === 0)).toEqual([]);
    },
    120_000 + PAYLOADS * 20,
  );
});
