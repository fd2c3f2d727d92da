import { memoryStateStore, surrogatesOf, unitId, type InboxItem } from "@ratchet/engine";
import { decisionItem, exampleDecision, exampleSignal, signalItem } from "@ratchet/engine/contracts";
import { expect, it } from "vitest";
import { namelessContext, namelessState } from "./nameless-state.ts";

const surrogates = surrogatesOf("a key of this workspace, thirty-two bytes");
const EMAIL = "Ann@acme.com";
const REF = surrogates.person({ email: EMAIL });

/** What is in the inbox after these items were acknowledged. */
async function kept(...items: readonly InboxItem[]) {
  const state = memoryStateStore();
  const receipts = await namelessState(state, surrogates).acknowledge(items);
  return { state, receipts, items: (await state.openSegment(10))?.items ?? [] };
}

it("lets items pass that name nobody, as they are", async () => {
  const items = [decisionItem(exampleDecision("crm", "d-1")), signalItem(exampleSignal("crm", "m-1"))];
  expect((await kept(...items)).items).toEqual(items);
});

it("puts a surrogate in an address's place, and writes down whose it is", async () => {
  const { state, items } = await kept(
    signalItem(exampleSignal("crm", `visit ${EMAIL}`, { unitId: unitId(EMAIL) })),
    decisionItem(
      exampleDecision("engine", "d-1", {
        unitId: unitId(EMAIL),
        context: {
          region: "EMEA",
          workPhone: "1",
          note: "mail ann@acme.com",
          mobile: "+49 170 5550100",
          "ann@acme.com": "x",
        },
      }),
    ),
  );
  expect(JSON.stringify(items).toLowerCase()).not.toContain("ann@acme.com");
  expect(items).toMatchObject([
    { signal: { unitId: REF } },
    { messageId: "d-1", decision: { id: "d-1", unitId: REF, context: { region: "EMEA" } } },
  ]);
  expect(await state.peopleRows([REF ?? ""])).toMatchObject([
    { relation: "account_by_domain" },
    { relation: "email", value: "ann@acme.com" },
    { relation: "unit", value: REF },
  ]);
});

it("keeps an imported row's decision and outcomes together under an id that nobody can make from the address", async () => {
  const decided = exampleDecision("import:mails", "dec_made_of_the_address", { unitId: unitId(EMAIL) });
  const outcome = exampleSignal("import:mails", `${decided.id}:won`, { unitId: unitId(EMAIL), decisionId: decided.id });
  const { items, receipts } = await kept(decisionItem(decided), signalItem(outcome), decisionItem(decided));
  expect(receipts).toEqual(["accepted", "accepted", "duplicate"]);
  const [decision, signal] = items;
  expect(decision?.messageId).toMatch(/^dec_[0-9a-f]{26}$/u);
  expect(signal).toMatchObject({
    messageId: `${decision?.messageId ?? ""}:won`,
    signal: { decisionId: decision?.messageId },
  });
});

it("takes out of a context what identifies by its name or by its text, also where it was seen before, and leaves others as they are", () => {
  const told = {
    email: "x",
    plan: "pro",
    note: "ask ann@acme.com",
    phone: "+49 170 1234567",
    seats: 3,
    "ann@acme.com": true,
  };
  const kept = { plan: "pro", seats: 3 };
  expect(namelessContext(told)).toEqual(kept);
  expect(namelessContext(told)).toEqual(kept);
  // A name is harmless by itself: what stands under it is looked at each time.
  expect(namelessContext({ plan: "for ann@acme.com", note: "none" })).toEqual({ note: "none" });
  expect(namelessContext(kept)).toBe(kept);
});
