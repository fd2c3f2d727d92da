import { actionId, actorId, firstPlaybook } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { expect, it } from "vitest";
import { ask, context, exampleSeed, open, OWNER } from "../memory-app.fixture.ts";

it("names no segment after an address, and gives no reason that quotes one", async () => {
  await open();
  const { policy } = exampleSeed();
  const lever = {
    kind: "choice",
    name: "content",
    point: "content",
    actions: [actionId("plain"), actionId("story")],
    baseline: actionId("plain"),
    segmentBy: [{ field: "size" }],
    decisionWindowMs: 86_400_000,
  } as const;
  const playbook = firstPlaybook([lever], policy);
  await context.workspace.current().create({ salt: "salt", policy, playbook, createdBy: actorId(OWNER) });
  const decide = async (size: string) =>
    JSON.stringify(
      await ask(ROUTES.decide, { body: { point: "content", unit_id: `u ${size.length}`, context: { size } } }),
    );
  expect(await decide("small")).toContain("size=small");
  expect(await decide("ann@acme.example")).not.toContain("acme");
  const kept = JSON.stringify(await context.stores.state.openSegment(10));
  expect(kept).toContain("all/size=small");
  expect(kept).toContain("all/size=(none)");
  expect(kept).not.toContain("acme");
});
