/** Who rules on a change: one person proposes it, another one approves it, and each of them is signed in. */
import { actorId, runCycle } from "@ratchet/engine";
import { pathOf, ROUTES } from "@ratchet/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { agentClient, tell } from "../mcp/agent-client.fixture.ts";
import { ask, context, dayOfTraffic, exampleSeed, open, problem, send } from "../memory-app.fixture.ts";

type Headers = Record<string, string>;

const PASSWORD = "correct horse battery";
const ROLE = "lever-owner";
/** Whom the policy names; what the server lets them do is another matter. */
const OWNERS = ["person:ann", "person:bo", "person:di", "person:root"].map((name) => actorId(name));
const WISH = {
  patch: { lever: "content", set: { plain: 0.4, story: 0.6 } },
  reason: "Stories open doors, they say",
};

beforeEach(async () => {
  await open();
  const { policy, playbook } = exampleSeed();
  const seed = { salt: "salt", playbook, policy: { ...policy, roles: { [ROLE]: OWNERS } } };
  await context.workspace.current().create({ ...seed, createdBy: actorId("person:root") });
  await dayOfTraffic(0, 60);
  await runCycle(context.workspace.current());
});
afterEach(() => context.access.stop());

/** Lets somebody sign in, and signs them in. */
async function person(name: string, roles: readonly string[], admin: Headers = {}): Promise<Headers> {
  const email = `${name}@example.com`;
  const made = await send("POST", "/v1/users", { email, name, roles, password: PASSWORD }, admin);
  expect(made.status).toBe(200);
  const answer = await send("POST", "/v1/session", { email, password: PASSWORD });
  return {
    cookie: answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; "),
  };
}

async function keyFor(wish: object, admin: Headers): Promise<Headers> {
  const made = await send("POST", "/v1/keys", { name: "program", ...wish }, admin);
  return { authorization: `Bearer ${ROUTES.createKey.response.parse(await made.json()).secret}` };
}

/** Proposes a change, and reads it as an approver does. */
async function propose(headers: Headers) {
  const { data } = await tell(await agentClient(headers), "propose_change", WISH);
  const id = String(data["change_id"]);
  const read = await send("GET", pathOf("change", { change_id: id }), undefined, headers);
  return ROUTES.change.response.parse(await read.json());
}

const rule = (
  word: "approve" | "reject",
  change: { readonly id: string; readonly revision: string },
  headers: Headers,
) =>
  send(
    "POST",
    pathOf(word, { change_id: change.id }),
    { role: ROLE, revision: change.revision, comment: "go" },
    headers,
  );

describe("a change that one person proposed", () => {
  it("is approved by another, and by nobody else, whatever they send", { timeout: 30_000 }, async () => {
    const root = await person("root", ["admin"]);
    const ann = await person("ann", ["operator", "approver"], root);
    const bo = await person("bo", ["approver"], root);
    const cy = await person("cy", ["approver"], root);
    const di = await person("di", ["operator"], root);
    const key = await keyFor({ scopes: ["ingest", "decide", "read", "manage"] }, root);
    const agent = await keyFor({ scopes: ["decide", "read"], agent: true }, root);
    const change = await propose(ann);
    expect(change).toMatchObject({ status: "pending", author: "person:ann", approvals_missing: [{ count: 1 }] });

    const refused: readonly (readonly [string, Headers, string])[] = [
      ["the proposer", ann, "approval.author"],
      ["an approver whom the policy does not name", cy, "approval.not_in_role"],
      ["somebody whom the policy names, and who is no approver here", di, "auth.forbidden.role"],
      ["an admin whom the policy names", root, "auth.forbidden.role"],
      ["a key", key, "auth.forbidden.scope"],
      ["an agent", agent, "auth.forbidden.scope"],
      ["nobody", {}, "auth.required"],
    ];
    for (const [who, headers, code] of refused)
      for (const word of ["approve", "reject"] as const)
        expect([who, word, (await problem(await rule(word, change, headers))).code]).toEqual([who, word, code]);
    const inAnothersName = { role: ROLE, revision: change.revision, by: "person:bo" };
    const path = pathOf("approve", { change_id: change.id });
    expect(await problem(await send("POST", path, inAnothersName, ann))).toMatchObject({ code: "auth.forbidden.by" });
    expect(await problem(await rule("approve", { ...change, revision: "0".repeat(64) }, bo))).toMatchObject({
      code: "change.stale_revision",
      status: 409,
    });

    const approved = ROUTES.approve.response.parse(await (await rule("approve", change, bo)).json());
    expect(approved).toMatchObject({ status: "approved", approvals: [{ by: "person:bo", role: ROLE }] });
    expect(await problem(await rule("approve", change, bo))).toMatchObject({ code: "change.wrong_status" });
    const given = (await context.stores.state.ledger({})).filter(({ body }) => body.kind === "change.approval_given");
    expect(given).toMatchObject([{ actor: "person:bo", body: { by: "person:bo", digest: change.revision } }]);
    expect(given[0]?.body).not.toHaveProperty("isSolo");
  });

  it("is still theirs after another one asked for the same", async () => {
    const root = await person("root", ["admin"]);
    const ann = await person("ann", ["approver"], root);
    const bo = await person("bo", ["approver"], root);
    await propose(ann);
    const change = await propose(bo);
    expect(change.author).toBe("person:ann");
    expect(await problem(await rule("approve", change, ann))).toMatchObject({ code: "approval.author" });
  });

  it("waits on where the session of who would approve it has ended", async () => {
    const root = await person("root", ["admin"]);
    const change = await propose(await person("ann", ["approver"], root));
    const bo = await person("bo", ["approver"], root);
    await send("DELETE", "/v1/session", undefined, bo);
    expect(await problem(await rule("approve", change, bo))).toMatchObject({ code: "auth.required" });
    const after = await send("GET", pathOf("change", { change_id: change.id }), undefined, root);
    expect(await after.json()).toMatchObject({ status: "pending", approvals: [] });
  });
});

describe("in solo mode", () => {
  const by = "person:bo";
  const solo = (word: "approve" | "reject", change: { readonly id: string; readonly revision: string }) =>
    send("POST", pathOf(word, { change_id: change.id }), { by, role: ROLE, revision: change.revision, comment: "go" });

  it.each([
    ["approve", "person:bo approved as lever-owner in solo mode, where nobody signs in: go"],
    ["reject", "person:bo rejected it in solo mode, where nobody signs in: go"],
  ] as const)("the ledger says of who rules (%s) that nobody signed in", async (word, sentence) => {
    const change = await propose({});
    expect((await solo(word, change)).status).toBe(200);
    const { entries } = await ask(ROUTES.ledger, { query: "?limit=1000" });
    expect(entries.filter(({ body }) => body["isSolo"] === true).map((entry) => entry.sentence)).toEqual([sentence]);
  });

  it("a program that names a person is a program: a key never approves", async () => {
    const change = await propose({});
    const key = await keyFor({ scopes: ["manage"] }, {});
    const word = { by, role: ROLE, revision: change.revision };
    const refused = await send("POST", pathOf("approve", { change_id: change.id }), word, key);
    expect(await problem(refused)).toMatchObject({ code: "auth.forbidden.scope" });
  });
});
