import { describe, expect, it } from "vitest";
import { hubspot } from "./hubspot.ts";
import { DEFAULT_SETTINGS } from "./reading-settings.ts";
import { call, signalOf, signalsOf, wordOf } from "./vendor-request.fixture.ts";

const event = (parts: Readonly<Record<string, unknown>>) => ({
  eventId: 1,
  subscriptionId: 12345,
  portalId: 62515,
  occurredAt: 1_770_920_772_000,
  attemptNumber: 0,
  objectId: 123,
  changeSource: "CRM_UI",
  ...parts,
});

const changed = (object: string, propertyName: string, propertyValue: string) =>
  event({ subscriptionType: `${object}.propertyChange`, propertyName, propertyValue });

const read = (...events: readonly unknown[]) => hubspot.read(call(events));

describe("HubSpot", () => {
  it("counts a meeting that was moved and set to scheduled again as one booking", () => {
    const outcome = (value: string, occurredAt: number) => ({
      ...changed("meeting", "hs_meeting_outcome", value),
      occurredAt,
    });
    const signals = signalsOf(
      read(
        outcome("SCHEDULED", 1000),
        outcome("RESCHEDULED", 2000),
        outcome("SCHEDULED", 3000),
        outcome("COMPLETED", 4000),
      ),
    );
    const booked = signals.filter(({ type }) => type === "meeting_booked");
    expect(new Set(booked.map(({ messageId }) => messageId)).size).toBe(1);
    expect(booked.map(({ isRestated }) => isRestated)).toEqual([true, true]);
    expect(new Set(signals.map(({ type }) => type))).toEqual(
      new Set(["meeting_booked", "meeting_rescheduled", "meeting_held"]),
    );
  });

  it("tells a contact's stage as a transition of the person", () => {
    expect(signalOf(read(changed("contact", "lifecyclestage", "salesqualifiedlead")))).toMatchObject({
      type: "stage_changed",
      occurredAt: 1_770_920_772_000,
      person: { userId: "123" },
      properties: { pipeline: "lifecycle", to: "salesqualifiedlead", change_source: "CRM_UI" },
    });
  });

  it("tells a deal's last stage as the transition and as the end, each with an id of its own", () => {
    const [stage, won] = signalsOf(read(changed("deal", "dealstage", "closedwon")));
    expect(stage).toMatchObject({
      type: "stage_changed",
      person: null,
      properties: { opportunity_id: "123", to: "closedwon" },
    });
    expect(won).toMatchObject({ type: "opportunity_won", properties: { opportunity_id: "123" } });
    expect(won?.messageId).not.toBe(stage?.messageId);
  });

  it("knows the last stages of a pipeline of one's own once they are named", () => {
    const settings = { ...DEFAULT_SETTINGS, lostStages: ["1845"] };
    const items = hubspot.read(call([changed("deal", "dealstage", "1845")]), settings);
    expect(items.map(wordOf)).toEqual(["stage_changed", "opportunity_lost"]);
    expect(read(changed("deal", "dealstage", "1845")).map(wordOf)).toEqual(["stage_changed"]);
  });

  it("tells an amount in millionths, in the currency that the team named", () => {
    const items = hubspot.read(call([changed("deal", "amount", "1200.50")]), { ...DEFAULT_SETTINGS, currency: "EUR" });
    expect(signalOf(items)).toMatchObject({
      type: "opportunity_amount_changed",
      value: 1_200_500_000,
      currency: "EUR",
    });
    expect(signalOf(read(changed("deal", "amount", "")))).toMatchObject({ value: null, currency: null });
  });

  it.each([
    [event({ subscriptionType: "deal.creation" }), "opportunity_created"],
    [event({ subscriptionType: "object.creation", objectTypeId: "0-1" }), "contact_created"],
    [event({ subscriptionType: "contact.deletion" }), "contact_deleted"],
    [event({ subscriptionType: "contact.restore" }), "contact_restored"],
    [event({ subscriptionType: "contact.privacyDeletion" }), "contact_privacy_deleted"],
    [changed("contact", "hs_email_optout", "true"), "unsubscribed"],
    [changed("contact", "firstname", "Jane"), "ignored"],
    [
      { ...changed("object", "hs_call_disposition", "B2CF5968-551e-4856-9783-52b3da59a7d0"), objectTypeId: "0-48" },
      "call_voicemail",
    ],
    [{ ...changed("object", "hs_call_disposition", "a-tenant's-own"), objectTypeId: "0-48" }, "call_logged"],
    [{ ...changed("object", "hs_meeting_outcome", "NO_SHOW"), objectTypeId: "0-47" }, "meeting_no_show"],
    [event({ subscriptionType: "contact.associationChange" }), "unread"],
    [
      event({
        subscriptionType: "company.associationChange",
        associationType: "COMPANY_TO_CONTACT",
        fromObjectId: 1,
        toObjectId: 2,
      }),
      "ignored",
    ],
    [event({ subscriptionType: "contact.levitation" }), "unread"],
    [{ portalId: 1 }, "unread"],
  ])("reads %j", (given, word) => {
    expect(read(given).map(wordOf)).toEqual([word]);
  });

  it("tells whose a deal is, in either direction, and when that is over (issue 4: it was ignored)", () => {
    const associated = (parts: object) => event({ subscriptionType: "deal.associationChange", ...parts });
    const ties = read(
      associated({
        associationType: "DEAL_TO_COMPANY",
        fromObjectId: 7,
        toObjectId: 123456,
        associationRemoved: false,
        isPrimaryAssociation: true,
      }),
      associated({ associationType: "CONTACT_TO_DEAL", fromObjectId: 9, toObjectId: 7, associationRemoved: true }),
      event({
        subscriptionType: "object.associationChange",
        objectTypeId: "0-3",
        fromObjectTypeId: "0-3",
        toObjectTypeId: "0-2",
        fromObjectId: 7,
        toObjectId: 8,
      }),
    );
    expect(ties.map((item) => (item.kind === "tie" ? item.tie : item))).toEqual([
      {
        opportunityId: "7",
        occurredAt: 1_770_920_772_000,
        to: { kind: "account", accountId: "123456", isPrimary: true },
        isRemoved: false,
      },
      {
        opportunityId: "7",
        occurredAt: 1_770_920_772_000,
        to: { kind: "part", id: null, contactId: "9", role: null },
        isRemoved: true,
      },
      expect.objectContaining({ to: { kind: "account", accountId: "8", isPrimary: false }, isRemoved: false }),
    ]);
  });

  it("tells each record that was merged into another, once however HubSpot tells it", () => {
    const merge = {
      subscriptionType: "contact.merge",
      objectId: 9,
      primaryObjectId: 1,
      mergedObjectIds: [2, 3],
      newObjectId: 9,
    };
    const told = signalsOf(read(event(merge)));
    expect(told).toMatchObject([
      { type: "contact_merged", person: { userId: "9", formerId: "2" }, properties: { merged_into: "9" } },
      { type: "contact_merged", person: { userId: "9", formerId: "3" } },
    ]);
    const property = { ...changed("contact", "hs_merged_object_ids", "2;3"), objectId: 9, occurredAt: 5 };
    expect(signalsOf(read(property)).map(({ messageId }) => messageId)).toEqual(told.map(({ messageId }) => messageId));
    expect(signalsOf(read({ ...event(merge), subscriptionType: "company.merge" }))[0]).toMatchObject({
      type: "company_merged",
      account: { accountId: "9", formerId: "2" },
    });
  });

  it("gives a repeated call the same ids, and events that share an eventId different ones", () => {
    const [a, b] = [
      changed("deal", "amount", "1"),
      { ...changed("deal", "amount", "2"), occurredAt: 1_770_920_773_000 },
    ];
    expect(signalsOf(read(a, b))).toEqual(signalsOf(read({ ...a, attemptNumber: 3 }, b)));
    expect(new Set(signalsOf(read(a, b)).map(({ messageId }) => messageId)).size).toBe(2);
  });

  it("keeps no value of a property that names a person", () => {
    expect(
      JSON.stringify(read(changed("contact", "email", "jane@example.com")).filter(({ kind }) => kind === "signal")),
    ).toBe("[]");
  });
});
