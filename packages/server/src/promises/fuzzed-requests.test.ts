import { readFile } from "node:fs/promises";
import { ROUTES, type Problem } from "@ratchet/protocol";
import { expect, it } from "vitest";
import { createApp } from "../create-app.ts";
import { ask, context, open } from "../memory-app.fixture.ts";
import { diceOf, type Dice } from "./draw-history.fixture.ts";
import { MARKERS, mutatedText } from "./mutate-json.fixture.ts";

/** `npm run prove` makes it 100,000. */
const PAYLOADS = Number(process.env["RATCHET_PAYLOADS"] ?? "1200");
const FIRST_SEED = Number(process.env["RATCHET_LAWS_SEED"] ?? "20260302");
const PER_WORLD = 300;

const example = (name: string): Promise<string> =>
  readFile(new URL(`../../../../examples/gtm/${name}`, import.meta.url), "utf8");

/** A route that is asked, and a body that it takes. */
interface Asked {
  readonly path: string;
  readonly body: (n: number) => unknown;
}

const ABOUT = { region: "EMEA", employees: 120, visits_30d: 3, replied_before: false, industry: "software" };
const said = (n: number): object => ({ person: `${n}.${MARKERS.email}`, source: "person:owner", message_id: `m-${n}` });

/** Every request that is answered for itself and not kept in quarantine, but those that set a workspace up. */
const REQUESTS: readonly Asked[] = [
  { path: "/v1/sources", body: (n) => ({ source_id: `site-${n}`, kind: "segment", carries_outcomes: true }) },
  {
    path: "/v1/sources",
    body: (n) => ({ source_id: `hook-${n}`, kind: "webhook", vendor: "mailgun", secret: "only-the-vendor-knows" }),
  },
  { path: "/v1/sources/site-0/settings", body: () => ({ settings: null }) },
  { path: "/v1/suppressions", body: (n) => ({ ...said(n), basis: "objected", channel: "email" }) },
  {
    path: "/v1/consents",
    body: (n) => ({ ...said(n), kind: "granted", basis: "implied", expires_at: "2027-01-01T00:00:00Z" }),
  },
  { path: "/v1/people/merge", body: (n) => ({ person: `contact-${n}`, former: `lead-${n}` }) },
  { path: "/v1/people/erase", body: (n) => ({ person: `${n}.${MARKERS.email}`, by: "person:owner" }) },
  {
    path: "/v1/suppressions/lift",
    body: () => ({ person: "suppressed", by: "person:owner", reason: "entered for the wrong record" }),
  },
  {
    path: "/v1/executions",
    body: (n) => ({
      executions: ["delivered", "overridden", "skipped"].map((kind, i) => ({
        kind,
        message_id: `x-${n}-${i}`,
        decision_id: "dec_0123",
        source: "crm",
        at: "2026-03-01T00:00:00Z",
        ...(kind === "overridden" ? { by: "rep:9", reason: "wrong_time", did_instead: "none" } : {}),
      })),
    }),
  },
  { path: "/v1/decisions", body: (n) => ({ point: "content", unit_id: `unit-${n}`, context: ABOUT, mode: "live" }) },
  {
    path: "/v1/decisions",
    body: (n) => ({
      requests: ["timing", "routing"].map((point) => ({ point, unit_id: `unit-${n}`, context: ABOUT })),
    }),
  },
  {
    path: "/v1/decisions",
    body: (n) => ({ units: [{ unit_id: `unit-${n}`, context: ABOUT, person: MARKERS.email }], points: ["handoff"] }),
  },
  {
    path: "/v1/decisions/rank",
    body: (n) => ({ point: "priority", units: [0, 1].map((i) => ({ unit_id: `unit-${n}-${i}`, context: ABOUT })) }),
  },
];

/** A body with something wrong, an honest one now and then, and one that was cut on its way. */
function bodyOf(asked: Asked, dice: Dice, n: number): string {
  if (dice.chance(0.2)) return JSON.stringify(asked.body(n));
  const text = mutatedText(asked.body(n), dice);
  return dice.chance(0.05) ? text.slice(0, dice.below(text.length + 1)) : text;
}

/** What is wrong with an answer: our own fault, no problem document, or an error that quotes a person. */
function faultsOf(status: number, answer: string): readonly string[] {
  if (status >= 500) return [`status ${status}: ${answer}`];
  if (status === 200) return sumFaults(JSON.parse(answer));
  const problem: Partial<Problem> = JSON.parse(answer);
  const isQuoting = answer.toLowerCase().includes("secret.example") || answer.includes(MARKERS.phone.slice(1));
  return [
    ...(problem.status === status && typeof problem.code === "string" ? [] : [`no problem document: ${answer}`]),
    ...(isQuoting ? [`quotes a person: ${answer}`] : []),
  ];
}

function sumFaults(counts: Readonly<Record<string, unknown>>): readonly string[] {
  const { sent, accepted, duplicates, quarantined } = counts;
  if (sent === undefined) return [];
  return sent === Number(accepted) + Number(duplicates) + Number(quarantined) ? [] : [`sum: ${JSON.stringify(counts)}`];
}

it(
  `answers whatever is asked, with an answer or with what is wrong (${PAYLOADS} payloads)`,
  async () => {
    const faults = new Map<string, string>();
    const met = new Map<Asked, Set<boolean>>(REQUESTS.map((asked) => [asked, new Set()]));
    const seeded = { playbook: await example("playbook.yaml"), policy: await example("policy.yaml") };
    for (let fired = 0, seed = FIRST_SEED; fired < PAYLOADS; seed += 1) {
      const dice = diceOf(seed);
      await open();
      await ask(ROUTES.setUp, { body: seeded });
      await ask(ROUTES.createSource, {
        body: { source_id: "site-0", kind: "webhook", vendor: "mailgun", secret: "s" },
      });
      const app = createApp(context);
      for (let n = 0; n < PER_WORLD && fired < PAYLOADS; n += 1, fired += 1) {
        const asked = REQUESTS[n % REQUESTS.length];
        if (asked === undefined) throw new Error("there is nothing to ask");
        // The one that is lifted has to stand first.
        if (asked.path.endsWith("/lift"))
          await ask(ROUTES.suppress, {
            body: { person: "suppressed", source: "crm", message_id: `l-${n}`, basis: "manual" },
          });
        const body = bodyOf(asked, dice, n);
        const response = await app.request(`http://localhost:4600${asked.path}`, { method: "POST", body });
        for (const fault of faultsOf(response.status, await response.text()))
          faults.set(`${asked.path}: ${fault.slice(0, 24)}`, `seed ${seed} shot ${n}: ${body.slice(0, 300)}: ${fault}`);
        met.get(asked)?.add(response.status === 200);
      }
    }
    expect([...faults].map((fault) => fault.join(" => "))).toEqual([]);
    // Everything was let in and refused: else nothing behind the front door was tried.
    expect([...met].filter(([, answers]) => answers.size < 2).map(([{ path }]) => path)).toEqual([]);
  },
  120_000 + PAYLOADS * 20,
);
