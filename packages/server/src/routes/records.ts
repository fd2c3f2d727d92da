import { changeOf, digest, playbookDigest, verifyLedger, type LedgerEntry } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { ledgerView } from "../views/ledger-view.ts";
import { playbookView } from "../views/playbook-view.ts";

const LEDGER_LISTED = 200;
const DIGEST = /^[0-9a-f]{64}$/u;

/** What was written down: evidence, ledger, playbooks. */
export function recordRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "evidence", async (c) => {
    const asked = parameter(c, "digest");
    const stored = DIGEST.test(asked) ? await context.stores.state.document(digest(asked)) : null;
    if (stored === null || !isRecord(stored.body)) {
      throw new ProblemError(
        "evidence.not_found",
        `there is no document "${asked}"; changes and the ledger name the digests there are`,
      );
    }
    return { digest: stored.digest, kind: stored.kind, document: stored.body };
  });
  on(app, "ledger", async (c) => {
    const { after_seq = 0, change_id, limit = LEDGER_LISTED } = readQuery(c, ROUTES.ledger.query);
    const entries = await context.stores.state.ledger({});
    const asked = (entry: LedgerEntry): boolean =>
      entry.seq > after_seq && (change_id === undefined || changeOf(entry.body) === change_id);
    return ledgerView(entries.filter(asked).slice(0, limit), verifyLedger(entries));
  });
  on(app, "playbook", async (c) => {
    const workspace = context.workspace.current();
    const latest = workspace.playbook.version;
    const { version = latest } = readQuery(c, ROUTES.playbook.query);
    if (!workspace.view.playbooks.has(version)) {
      throw new ProblemError("playbook.not_found", `there is no playbook v${version}; v${latest} is in force`);
    }
    const playbook = workspace.playbookAt(version);
    return playbookView(playbook, playbookDigest(playbook), latest);
  });
}

function isRecord(body: unknown): body is Record<string, unknown> {
  return typeof body === "object" && body !== null && !Array.isArray(body);
}
