import { randomBytes } from "node:crypto";
import {
  DAY_MS,
  DEFAULT_OWNER,
  defaultPolicy,
  metricId,
  servingFaults,
  type MetricDefinition,
  type Playbook,
  type Policy,
} from "@ratchet/engine";
import { playbookDocumentSchema, type SetUpRequest } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { faultText, parseYaml } from "../documents/load-yaml.ts";
import { playbookFromDocument } from "../documents/playbook-from-document.ts";
import { policyFromDocument } from "../documents/policy-from-document.ts";
import { policySchema } from "../documents/policy-schema.ts";
import { ProblemError } from "../http/problem-error.ts";
import { putWorkspaceSource } from "./workspace-source.ts";

/** Units that a first change is expected to see, where no policy says. */
const UNITS_EXPECTED = 10_000;

/** What outbound teams look at first: meetings, and nobody driven away. */
const METRICS: readonly MetricDefinition[] = [
  {
    id: metricId("meeting_booked"),
    kind: "conversion",
    signal: "meeting_booked",
    windowMs: 14 * DAY_MS,
    direction: "increase",
    minimumEffect: 0.01,
  },
  {
    id: metricId("unsubscribed"),
    kind: "conversion",
    signal: "unsubscribed",
    windowMs: 14 * DAY_MS,
    direction: "decrease",
    minimumEffect: 0.005,
  },
];

/**
 * Sets an empty workspace up from a playbook, and a policy where there is one: else a cautious one that lets each number move around where
 * it stands. @throws ProblemError where the workspace is set up, a document has faults, or the policy would not let the playbook be served.
 */
export async function setUpFromPlaybook(
  { stores, workspace }: AppContext,
  { playbook: told, policy: governing }: SetUpRequest,
): Promise<{ readonly playbook: Playbook; readonly policy: Policy }> {
  const current = workspace.current();
  if (!current.isEmpty)
    throw new ProblemError(
      "workspace.not_empty",
      "this workspace has been set up before; its playbook changes only through changes that are approved",
    );
  const document = checked(told, { schema: playbookDocumentSchema, name: "playbook", code: "playbook.invalid" });
  const playbook = playbookFromDocument(document);
  const policy =
    governing === undefined
      ? policyFor(playbook, document.metadata.id)
      : policyFromDocument(checked(governing, { schema: policySchema, name: "policy", code: "policy.invalid" }));
  const refused = servingFaults(playbook, Object.fromEntries(policy.levers.map((limits) => [limits.lever, limits])));
  if (refused.length > 0)
    throw new ProblemError(
      "playbook.invalid",
      `the policy would not let this playbook be served: ${refused.join("; ")}`,
    );
  await current.create({ salt: randomBytes(32).toString("hex"), policy, playbook, createdBy: DEFAULT_OWNER });
  await putWorkspaceSource(stores.state, "playbook");
  return { playbook, policy };
}

interface Check<T> {
  readonly schema: Parameters<typeof parseYaml<T>>[1]["schema"];
  readonly name: string;
  readonly code: string;
}

/** YAML text with every fault at its line and column, or the same document in JSON. @throws ProblemError */
function checked<T>(told: SetUpRequest["playbook"], { schema, name, code }: Check<T>): T {
  const text = typeof told === "string" ? told : JSON.stringify(told, null, 1);
  const parsed = parseYaml(text, { file: name, schema });
  if (parsed.kind === "ok") return parsed.value;
  throw new ProblemError(
    code,
    `the ${name} does not fit: ${parsed.error.map(faultText).join("; ")}`,
    parsed.error.map(({ line, column, path, message }) => ({
      path: typeof told === "string" ? `${line}:${column}` : `/${path.replaceAll(".", "/")}`,
      message,
    })),
  );
}

function policyFor(playbook: Playbook, id: string): Policy {
  const [objective, guardrail] = METRICS;
  if (objective === undefined || guardrail === undefined) throw new Error("the default metrics are two");
  return defaultPolicy({
    id,
    levers: playbook.levers,
    metrics: METRICS,
    objective: objective.id,
    guardrails: [guardrail.id],
    unitsExpected: UNITS_EXPECTED,
    owner: DEFAULT_OWNER,
  });
}
