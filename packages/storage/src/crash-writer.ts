import {
  actionId,
  decisionId,
  instant,
  microsOf,
  projectInbox,
  segmentId,
  unitId,
  type Decision,
  type InboxItem,
  type Signal,
} from "@ratchet/engine";
import { propensity } from "@ratchet/engine/drivers";
import { openEmbeddedStores } from "./embedded-stores.ts";

/** The source and the decision point of all that the crash test writes. */
export const SOURCE = "engine";
export const POINT = "email";

const START_MS = Date.UTC(2026, 2, 1);

/** The n-th decision, and the signal that answers it with n + 1 micros. */
export function itemsOf(n: number): readonly InboxItem[] {
  const id = decisionId(`d-${n}`);
  const unit = unitId(`u-${n}`);
  const at = instant(START_MS + n);
  const decision: Decision = {
    id,
    source: SOURCE,
    point: POINT,
    unitId: unit,
    segment: segmentId("all"),
    context: { number: n },
    action: actionId("short"),
    propensity: propensity(0.5),
    cohort: "candidate",
    playbookVersion: 1,
    changeId: null,
    rolloutShare: 0,
    cycle: 1,
    fold: 0,
    reasons: [],
    decidedAt: at,
  };
  const signal: Signal = {
    source: SOURCE,
    messageId: `m-${n}`,
    type: "visit",
    unitId: unit,
    decisionId: id,
    value: microsOf(n + 1),
    occurredAt: at,
    receivedAt: at,
  };
  return [
    { kind: "decision", source: SOURCE, messageId: id, decision },
    { kind: "signal", source: SOURCE, messageId: signal.messageId, signal },
  ];
}

/** The numbers of the call that begins at `from` end before this one: 1 to 150 of them, so that commits and segments end everywhere. */
function endOfCall(from: number): number {
  return from + 1 + ((from * 7_919) % 150);
}

/**
 * Acknowledges numbered items from `first` on, four calls at a time, and projects them at the same time, until it is killed. Says on
 * its output when it has opened, and which numbers are acknowledged. Run as a program by crash.test.ts.
 */
async function writeUntilKilled(directory: string, first: number): Promise<never> {
  const stores = await openEmbeddedStores({ directory });
  process.stdout.write("open\n");
  void (async () => {
    for (;;) {
      const moved = await projectInbox(stores, { maxItems: 700, maxSegments: 1 });
      if (moved === 0) await pause(5);
    }
  })();
  for (let next = first; ;) {
    const calls = [0, 1, 2, 3].map(async () => {
      const from = next;
      const end = endOfCall(from);
      next = end;
      await stores.state.acknowledge(Array.from({ length: end - from }, (_, i) => itemsOf(from + i)).flat());
      process.stdout.write(`acknowledged ${from} ${end}\n`);
    });
    await Promise.all(calls);
    await pause(3);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

const [program, directory, first] = process.argv.slice(1);
if (program?.endsWith("crash-writer.js") === true && directory !== undefined)
  await writeUntilKilled(directory, Number(first));
