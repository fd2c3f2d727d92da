/** For tests: a whole application of its own on any pair of stores, as often in one process as a test likes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actorId, instant, type FactsStore, type StateStore } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { compose } from "../compose.ts";
import type { AppContext } from "../context.ts";
import { createApp } from "../create-app.ts";
import { openLog } from "../log.ts";
import { allVendors } from "../vendors/all-vendors.ts";
import { exampleSeed, OWNER } from "../memory-app.fixture.ts";
import { SNS_CERTIFICATE } from "./sns-call.fixture.ts";

/** An application under a clock that stands where it is put. */
export interface World {
  readonly context: AppContext;
  /** Puts the clock, in epoch ms. */
  readonly turnTo: (ms: number) => void;
  readonly post: (path: string, body: string | Uint8Array, headers?: Record<string, string>) => Promise<Response>;
}

/** Uploads are kept somewhere even where no test makes one. */
const uploadDirectory = mkdtempSync(join(tmpdir(), "ratchet-world-"));
process.on("exit", () => rmSync(uploadDirectory, { recursive: true, force: true }));

/** The same in every world, so that two of them call the same people by the same surrogates. */
const SURROGATE_KEY = "0".repeat(64);

/** An application with a workspace: `content` is decided between two messages, for a day at a time. */
export async function openWorld(stores: { readonly state: StateStore; readonly facts: FactsStore }): Promise<World> {
  let now = 0;
  await stores.state.putSetting("surrogate_key", SURROGATE_KEY);
  const composed = await compose({
    ...stores,
    storeNames: { state: "of the test", facts: "of the test" },
    directory: null,
    uploadDirectory,
    clock: () => instant(now),
    sample: null,
    rhythm: null,
    log: openLog("silent"),
  });
  // Nothing is fetched in a test: the one certificate is that of the key which the tests sign with.
  const context = { ...composed.context, vendors: allVendors({ fetch: async () => SNS_CERTIFICATE }) };
  await context.workspace.current().create({ salt: "salt", ...exampleSeed(), createdBy: actorId(OWNER) });
  const app = createApp(context);
  return {
    context,
    turnTo: (ms) => {
      now = ms;
    },
    post: async (path, body, headers = {}) =>
      app.request(`http://localhost:4600${path}`, { method: "POST", body, headers }),
  };
}

/** A source of the world's, and its key. */
export async function addSource(world: World, body: object): Promise<string> {
  const response = await world.post(ROUTES.createSource.path, JSON.stringify(body));
  return ROUTES.createSource.response.parse(await response.json()).key;
}
