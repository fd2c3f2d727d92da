import { WEBHOOK_EVENTS, type WebhookDeliveryView, type WebhookEvent, type WebhookSecretView } from "@ratchet/protocol";
import { InvalidArgumentError, type Command } from "commander";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { wholeNumber } from "../option-values.ts";
import { count, print, printJson, table, time } from "../print.ts";

interface CreateOptions extends WorkspaceOptions {
  readonly events: readonly WebhookEvent[];
  readonly description?: string;
}

interface RotateOptions extends WorkspaceOptions {
  readonly overlapHours: number;
}

interface DeliveriesOptions extends WorkspaceOptions {
  readonly endpoint?: string;
  readonly status?: WebhookDeliveryView["status"];
  readonly limit: number;
}

/** Without those that come with every decision and outcome. */
const USUAL = WEBHOOK_EVENTS.filter((event) => event !== "decision.served" && event !== "outcome.recorded");
const STATUSES = ["waiting", "delivered", "failed"] as const;

const EXAMPLES = `
Examples:
  ratchet webhooks create https://hooks.example.com/ratchet
  ratchet webhooks create https://hooks.example.com/all --events change.promoted,decision.served

Events: ${WEBHOOK_EVENTS.join(", ")}`;

/** Commands for those outside who are told what happens. */
export function addWebhooks(program: Command): void {
  const webhooks = program.command("webhooks").description("addresses outside that are told what happens");
  withWorkspace(webhooks.command("list", { isDefault: true }))
    .description("every endpoint, and how its deliveries stand")
    .action(listEndpoints);
  withWorkspace(webhooks.command("create"))
    .description("tell an address what happens; the secret that its calls are signed with is shown once")
    .argument("<url>", "https; what it leads to is checked with every call")
    .option(
      "--events <events>",
      "what it is told, with commas between; all but decisions and outcomes",
      eventsOf,
      USUAL,
    )
    .option("--description <text>", "for people")
    .addHelpText("after", EXAMPLES)
    .action(createEndpoint);
  withWorkspace(webhooks.command("delete"))
    .description("remove an endpoint with everything on its way to it")
    .argument("<endpoint>")
    .action(deleteEndpoint);
  withWorkspace(webhooks.command("disable"))
    .description("tell an endpoint nothing from now on; what waits for it keeps waiting")
    .argument("<endpoint>")
    .action((id: string, options: WorkspaceOptions) => setEnabled(id, false, options));
  withWorkspace(webhooks.command("enable"))
    .description("tell an endpoint again what happens, whatever had disabled it")
    .argument("<endpoint>")
    .action((id: string, options: WorkspaceOptions) => setEnabled(id, true, options));
  withWorkspace(webhooks.command("rotate"))
    .description("give an endpoint a new secret; the one before signs too for a while")
    .argument("<endpoint>")
    .option("--overlap-hours <n>", "for how long; 0 where it got into the wrong hands", wholeNumber(0, 168), 24)
    .action(rotateSecret);
  withWorkspace(webhooks.command("test"))
    .description("send an endpoint a test event now, and say what came of it")
    .argument("<endpoint>")
    .action(testEndpoint);
  withWorkspace(webhooks.command("deliveries"))
    .description("what was sent and what waits, newest first")
    .option("--endpoint <endpoint>", "to one endpoint only")
    .option("--status <status>", `only those that are ${STATUSES.join(", ")}`, statusOf)
    .option("--limit <n>", "how many", wholeNumber(1, 200), 20)
    .action(listDeliveries);
  withWorkspace(program.command("redeliver"))
    .description("send a webhook's delivery again now, under the same id")
    .argument("<delivery>", "its id, from ratchet webhooks deliveries")
    .action(redeliver);
}

function eventsOf(text: string): readonly WebhookEvent[] {
  return text.split(",").map((word) => {
    const known = WEBHOOK_EVENTS.find((event) => event === word.trim());
    if (known === undefined) throw new InvalidArgumentError(`"${word}" is none of ${WEBHOOK_EVENTS.join(", ")}.`);
    return known;
  });
}

function statusOf(text: string): WebhookDeliveryView["status"] {
  const known = STATUSES.find((one) => one === text);
  if (known === undefined) throw new InvalidArgumentError(`It must be one of ${STATUSES.join(", ")}.`);
  return known;
}

async function listEndpoints(options: WorkspaceOptions): Promise<void> {
  const list = await onWorkspace(options, (ratchet) => ratchet.webhooks.list());
  if (options.json === true) return printJson(list);
  if (list.endpoints.length === 0)
    return print("Nobody outside is told anything. Add one: ratchet webhooks create URL");
  const rows = list.endpoints.map(({ endpoint_id, url, state, waiting, delivered, failed, sentence }) => [
    endpoint_id,
    url,
    state.replace("_", " "),
    count(waiting),
    count(delivered),
    count(failed),
    sentence,
  ]);
  print(table(["endpoint", "address", "state", "waiting", "delivered", "failed", "that is"], rows));
}

async function createEndpoint(url: string, { events, description, ...options }: CreateOptions): Promise<void> {
  const asked = { url, events: [...events], ...(description === undefined ? {} : { description }) };
  const created = await onWorkspace(options, (ratchet) => ratchet.webhooks.create(asked));
  showSecret(created, options);
}

function showSecret(shown: WebhookSecretView, { json }: WorkspaceOptions): void {
  if (json === true) return printJson(shown);
  const { endpoint, secret } = shown;
  print(`Endpoint ${endpoint.endpoint_id} is told ${endpoint.events.join(", ") || "nothing but tests"}.`);
  print(`Its calls are signed with this secret, shown this once:\n  ${secret}`);
  if (endpoint.previous_secret_until !== null)
    print(`The one before signs too until ${time(endpoint.previous_secret_until)} (UTC).`);
}

async function deleteEndpoint(id: string, options: WorkspaceOptions): Promise<void> {
  const deleted = await onWorkspace(options, (ratchet) => ratchet.webhooks.delete(id));
  if (options.json === true) return printJson(deleted);
  print(`${id} is told nothing any more.`);
}

async function setEnabled(id: string, enabled: boolean, options: WorkspaceOptions): Promise<void> {
  const endpoint = await onWorkspace(options, (ratchet) => ratchet.webhooks.set(id, { enabled }));
  if (options.json === true) return printJson(endpoint);
  print(enabled ? `${id} is told again what happens.` : `${id} is told nothing until: ratchet webhooks enable ${id}`);
}

async function rotateSecret(id: string, { overlapHours, ...options }: RotateOptions): Promise<void> {
  const rotated = await onWorkspace(options, (ratchet) =>
    ratchet.webhooks.rotateSecret(id, { overlap_hours: overlapHours }),
  );
  showSecret(rotated, options);
}

async function testEndpoint(id: string, options: WorkspaceOptions): Promise<void> {
  showDelivery(await onWorkspace(options, (ratchet) => ratchet.webhooks.test(id)), options);
}

async function redeliver(id: string, options: WorkspaceOptions): Promise<void> {
  showDelivery(await onWorkspace(options, (ratchet) => ratchet.webhooks.replay(id)), options);
}

/** @throws CommandError where it did not arrive. */
function showDelivery(delivery: WebhookDeliveryView, { json }: WorkspaceOptions): void {
  if (json === true) printJson(delivery);
  const { status, last, next_at, delivery_id } = delivery;
  if (status === "delivered") {
    if (json !== true) print(`Delivered ${delivery_id}: ${last?.status ?? ""} after ${last?.took_ms ?? 0} ms.`);
    return;
  }
  const next = next_at === null ? "" : `; it is tried again at ${time(next_at)} (UTC) by a running server`;
  throw new CommandError(`${delivery_id} was not delivered: ${last?.fault ?? "it was not sent"}${next}`);
}

async function listDeliveries({ endpoint, status, limit, ...options }: DeliveriesOptions): Promise<void> {
  const query = {
    limit,
    ...(endpoint === undefined ? {} : { endpoint_id: endpoint }),
    ...(status === undefined ? {} : { status }),
  };
  const list = await onWorkspace(options, (ratchet) => ratchet.webhooks.deliveries(query));
  if (options.json === true) return printJson(list);
  if (list.deliveries.length === 0) return print("No delivery.");
  const rows = list.deliveries.map((one) => [
    one.delivery_id,
    one.endpoint_id,
    one.type,
    one.status,
    String(one.attempts),
    one.last === null ? "–" : (one.last.fault ?? String(one.last.status ?? "")),
    one.next_at === null ? "–" : time(one.next_at),
  ]);
  print(table(["delivery", "endpoint", "event", "status", "calls", "the last", "next (UTC)"], rows));
}
