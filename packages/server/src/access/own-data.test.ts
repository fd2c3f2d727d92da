/** What is whose: nobody reads, or learns of, what other sources sent, unless their role may (OWASP API1). */
import { pathOf, ROUTES } from "@ratchet/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, context, open, problem, send, setUp } from "../memory-app.fixture.ts";

type Headers = Record<string, string>;
const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` });
const PASSWORD = "correct horse battery";
/** Stands in what the source "theirs" sent, and nowhere else. */
const MARK = "only-theirs-7c1";
const at = "2026-02-28T10:00:00Z";

let ours: Headers;
let theirs: Headers;

const report = (headers: Headers, ...signals: readonly object[]) => send("POST", "/v1/signals", { signals }, headers);

beforeAll(async () => {
  await open();
  await setUp();
  ours = bearer((await ask(ROUTES.createSource, { body: { source_id: "ours", kind: "api" } })).key);
  theirs = bearer((await ask(ROUTES.createSource, { body: { source_id: "theirs", kind: "api" } })).key);
  await report(
    theirs,
    { message_id: "m-1", type: "reply", unit_id: MARK, occurred_at: at },
    { message_id: "m-2", type: "reply", unit_id: MARK, occurred_at: "never" },
  );
});
afterAll(() => context.access.stop());

/** Everything that is kept of single sources. */
const KEPT = [
  `${pathOf("quarantine", {})}?source=theirs`,
  pathOf("quarantine", {}),
  pathOf("sourceRequests", { source_id: "theirs" }),
  pathOf("sources", {}),
  pathOf("listSignals", {}),
];

describe("the key of a source", () => {
  it("reads nothing of another source, and nothing of its own", async () => {
    for (const path of [
      ...KEPT,
      pathOf("sourceRequests", { source_id: "ours" }),
      `${pathOf("quarantine", {})}?source=ours`,
    ])
      expect(await problem(await send("GET", path, undefined, ours))).toMatchObject({ code: "auth.forbidden.scope" });
    const replay = { source: "theirs" };
    expect((await send("POST", pathOf("replayQuarantine", {}), replay, ours)).status).toBe(403);
  });

  it("sends in no other's name, and learns nothing of what another sent by sending the same", async () => {
    const same = { message_id: "m-1", type: "reply", unit_id: "u", occurred_at: at };
    const named = await (await report(ours, { ...same, message_id: "m-9", source: "theirs" })).text();
    expect(named).not.toContain(MARK);
    // Ids are each source's own: theirs is no duplicate of ours, and no contradiction of it.
    const answer = await (await report(ours, same)).text();
    expect(JSON.parse(answer)).toMatchObject({ sent: 1, accepted: 1, duplicates: 0, quarantined: 0 });
    expect(answer).not.toContain(MARK);
    const { sources } = await ask(ROUTES.sources);
    // What they sent before: one signal, and one that did not fit.
    expect(sources.find(({ source_id }) => source_id === "theirs")?.tally).toMatchObject({
      requests: 1,
      sent: 2,
      accepted: 1,
      quarantined: 1,
    });
  });
});

describe("quarantine, which holds input as it was sent", () => {
  it("is read by keys that manage, and by roles that may read of people, and by nobody else", async () => {
    const keys = await Promise.all(
      (["ingest", "decide", "read", "manage"] as const).map(async (scope) => {
        const { secret } = await ask(ROUTES.createKey, { body: { name: scope, scopes: [scope] } });
        return [scope, bearer(secret)] as const;
      }),
    );
    const people: (readonly [string, Headers])[] = [];
    let admin: Headers = {};
    for (const role of ["admin", "viewer", "operator", "approver", "compliance", "auditor"]) {
      const login = { email: `${role}@example.com`, password: PASSWORD };
      expect((await send("POST", "/v1/users", { ...login, name: role, roles: [role] }, admin)).status).toBe(200);
      const answer = await send("POST", "/v1/session", login);
      const cookie = answer.headers
        .getSetCookie()
        .map((one) => one.split(";")[0])
        .join("; ");
      if (role === "admin") admin = { cookie };
      people.push([role, { cookie }]);
    }
    const may: string[] = [];
    for (const [who, headers] of [...keys, ...people]) {
      const answer = await send("GET", `${pathOf("quarantine", {})}?source=theirs`, undefined, headers);
      const text = await answer.text();
      if (answer.status === 200) may.push(who);
      expect([who, text.includes(MARK)]).toEqual([who, answer.status === 200]);
      // The request log and the list of sources count; they repeat nothing that was sent.
      for (const path of [pathOf("sourceRequests", { source_id: "theirs" }), pathOf("sources", {})])
        expect(await (await send("GET", path, undefined, headers)).text()).not.toContain(MARK);
    }
    expect(may).toEqual(["manage", "admin", "operator", "compliance"]);
  });
});
