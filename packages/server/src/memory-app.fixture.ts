/** For tests: the whole application on the in-memory references of both ports. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  actionId,
  actorId,
  defaultPolicy,
  firstPlaybook,
  instant,
  memoryFactsStore,
  memoryStateStore,
  metricId,
  type FactsStore,
  type WorkspaceSeed,
} from "@ratchet/engine";
import { problemSchema, ROUTES, statusOf, type Problem } from "@ratchet/protocol";
import { afterAll, expect } from "vitest";
import { compose, type ComposeOptions } from "./compose.ts";
import type { AppContext } from "./context.ts";
import { createApp } from "./create-app.ts";
import { openLog } from "./log.ts";

/** Simulated time begins here. */
const START = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;
export const OWNER = "person:owner";

let now = START;
export let context: AppContext;
let app: ReturnType<typeof createApp>;

/** Where the applications of this test file kept their uploads. */
const uploadDirectories: string[] = [];
afterAll(async () => {
  for (const directory of uploadDirectories.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** Lets time go by. */
export function pass(ms: number): void {
  now += ms;
}

/** A fresh application on memory stores, under a clock that only moves when it is told. */
export async function open(
  facts: FactsStore = memoryFactsStore(),
  elsewhere: Pick<ComposeOptions, "elsewhere" | "publicUrl"> = {},
): Promise<void> {
  now = START;
  const uploadDirectory = await mkdtemp(join(tmpdir(), "ratchet-uploads-"));
  uploadDirectories.push(uploadDirectory);
  const composed = await compose({
    state: memoryStateStore(),
    facts,
    storeNames: { state: "memory", facts: "memory" },
    directory: null,
    uploadDirectory,
    clock: () => instant(now),
    sample: null,
    rhythm: null,
    log: openLog("silent"),
    ...elsewhere,
  });
  context = composed.context;
  app = createApp(context);
}

/** Two messages; "story" is asked for as often as "plain" at first, so that little data is enough. */
export async function setUp(): Promise<void> {
  await context.workspace.current().create({ salt: "salt", ...exampleSeed(), createdBy: actorId(OWNER) });
}

/** What a workspace begins with whose one lever chooses between two messages. */
export function exampleSeed(): Pick<WorkspaceSeed, "policy" | "playbook"> {
  const metric = {
    id: metricId("reply"),
    kind: "conversion",
    signal: "reply",
    windowMs: DAY,
    direction: "increase",
    minimumEffect: 0.01,
  } as const;
  const actions = [actionId("plain"), actionId("story")];
  const policy = {
    ...defaultPolicy({
      id: "emails",
      levers: [{ name: "content", actions }],
      metrics: [metric],
      objective: metric.id,
      guardrails: [],
      unitsExpected: 2000,
      owner: actorId(OWNER),
    }),
    exploration: { start: 0.5, floor: 0.05, settledFloor: 0 },
  };
  const lever = {
    kind: "choice",
    name: "content",
    point: "content",
    actions,
    baseline: actionId("plain"),
    segmentBy: [],
    decisionWindowMs: DAY,
  } as const;
  return { policy, playbook: firstPlaybook([lever], policy) };
}

export async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return app.request(`http://localhost:4600${path}`, {
    method,
    headers,
    ...(body === undefined
      ? {}
      : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }),
  });
}

interface RouteOf<T> {
  readonly method: string;
  readonly path: string;
  readonly response: { parse(value: unknown): T };
}

interface Asked {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
}

/** The answer of a route, held to the route's own schema. */
export async function ask<T>(route: RouteOf<T>, { parameters = {}, query = "", body }: Asked = {}): Promise<T> {
  const path = route.path.replaceAll(/\{([a-z_]+)\}/gu, (_, key: string) => encodeURIComponent(parameters[key] ?? ""));
  const response = await send(route.method, `${path}${query}`, body);
  const answer: unknown = await response.json();
  if (response.status !== 200) throw new Error(`${route.path}: ${JSON.stringify(answer)}`);
  return route.response.parse(answer);
}

/** The problem of an answer that is none, held to its schema and to the table of statuses. */
export async function problem(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const parsed = problemSchema.parse(await response.json());
  expect(parsed.status).toBe(response.status);
  expect(statusOf(parsed.code)).toBe(response.status);
  return parsed;
}

/** A day of traffic on new units: "story" is answered by 40 %, "plain" by 10 %. */
export async function dayOfTraffic(day: number, units: number): Promise<void> {
  now = START + day * DAY;
  const requests = Array.from({ length: units }, (_, i) => ({ point: "content", unit_id: `unit-${day}-${i}` }));
  for (let i = 0; i < requests.length; i += 100) {
    const answer = ROUTES.decide.response.parse(
      await (await send("POST", "/v1/decisions", { requests: requests.slice(i, i + 100) })).json(),
    );
    const decisions = ("decisions" in answer ? answer.decisions : [answer]).flatMap((one) =>
      "refused" in one ? [] : [one],
    );
    const signals = decisions
      .filter((decision, j) => (decision.action === "story" ? (i + j) % 10 < 4 : (i + j) % 10 === 0))
      .map((decision) => ({
        message_id: `m-${decision.decision_id}`,
        type: "reply",
        unit_id: decision.unit_id,
        decision_id: decision.decision_id,
      }));
    if (signals.length > 0) await ask(ROUTES.signals, { body: { signals } });
  }
  now += 2 * DAY;
}
