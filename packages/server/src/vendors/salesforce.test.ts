import { XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "./reading-settings.ts";
import { SALESFORCE_ACK, salesforceChanges, salesforceOutbound } from "./salesforce.ts";
import { SAMPLES, SOAP_SAMPLE } from "./sample-calls.fixture.ts";
import { call, signalsOf, wordOf } from "./vendor-request.fixture.ts";

describe("Salesforce outbound messages", () => {
  it("tell a lead as it is now, and an opportunity that is closed", () => {
    const signals = signalsOf(salesforceOutbound.read(call(SOAP_SAMPLE)));
    expect(signals.map(({ type, messageId }) => [type, messageId])).toEqual([
      ["stage_changed", "04lxx0000000001AAA:stage"],
      ["unsubscribed", "04lxx0000000001AAA:out"],
      ["stage_changed", "04lxx0000000002AAA:stage"],
      ["opportunity_won", "04lxx0000000002AAA:closed"],
    ]);
    expect(signals[0]).toMatchObject({
      occurredAt: Date.parse("2026-02-12T18:26:12Z"),
      person: { userId: "00Qxx0000000001AAA", email: "jane@example.com" },
      account: { name: "AT&T été &lt;" },
      decisionId: "dec_1",
      properties: { pipeline: "lead", to: "Working", organization: "00Dxx0000000001AAA" },
    });
    expect(signals[3]).toMatchObject({
      account: { accountId: "001xx0000000001AAA" },
      value: 1_200_500_000,
      currency: "EUR",
      properties: { opportunity_id: "006xx0000000001AAA" },
    });
  });

  it("expand no entity of their own: a document type is refused", () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "${"b".repeat(9)}"><!ENTITY c "&a;&a;">]><x>&c;</x>`;
    expect(salesforceOutbound.read(call(bomb))).toMatchObject([
      { kind: "unread", code: "body.has_doctype", raw: bomb },
    ]);
    const outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>';
    expect(salesforceOutbound.read(call(outside))).toMatchObject([{ kind: "unread", code: "body.has_doctype" }]);
  });

  it.each([
    ["", "body.not_xml"],
    ["{}", "body.not_xml"],
    ["<a>", "body.not_xml"],
    ["<a><__proto__><x>1</x></__proto__></a>", "body.not_xml"],
    [`${"<a>".repeat(5_000)}${"</a>".repeat(5_000)}`, "body.not_xml"],
    ["<a/>", "salesforce.no_notification"],
  ])("keep %.30j unread", (text, code) => {
    expect(salesforceOutbound.read(call(text))).toMatchObject([{ kind: "unread", code, raw: text }]);
  });

  it("are answered with well-formed XML", () => {
    expect(XMLValidator.validate(SALESFORCE_ACK)).toBe(true);
    expect(SALESFORCE_ACK).toContain(
      '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>',
    );
  });
});

const change = (
  entityName: string,
  changeType: string,
  fields: Readonly<Record<string, unknown>>,
  recordIds = ["r1"],
) => ({
  ChangeEventHeader: {
    entityName,
    changeType,
    recordIds,
    transactionKey: "t",
    sequenceNumber: 1,
    commitTimestamp: 1_770_920_772_000,
  },
  ...fields,
});

const words = (...events: readonly unknown[]) => salesforceChanges.read(call(events)).map(wordOf);

describe("Salesforce change events", () => {
  it("are read in the streaming API's envelope, a signal for each thing that the change says", () => {
    const signals = signalsOf(salesforceChanges.read(call(SAMPLES["salesforce-changes"])));
    expect(signals.map(({ type }) => type)).toEqual(["stage_changed", "opportunity_won", "opportunity_amount_changed"]);
    expect(signals[2]).toMatchObject({ value: 1_200_500_000, occurredAt: 1_770_920_772_000 });
    expect(new Set(signals.map(({ messageId }) => messageId)).size).toBe(3);
  });

  it("of many records at once give each record its own", () => {
    const signals = signalsOf(
      salesforceChanges.read(call(change("Lead", "UPDATE", { Status: "Working" }, ["a", "b"]))),
    );
    expect(signals.map(({ person }) => person?.userId)).toEqual(["a", "b"]);
  });

  it("tell a record that was merged into another, as the same person or account, however often it is told", () => {
    const [told] = signalsOf(salesforceChanges.read(call(change("Contact", "UPDATE", { MasterRecordId: "m" }, ["a"]))));
    expect(told).toMatchObject({ type: "contact_merged", person: { userId: "m", formerId: "a" }, isRestated: true });
    const [account] = signalsOf(
      salesforceChanges.read(call(change("Account", "UPDATE", { MasterRecordId: "m" }, ["a"]))),
    );
    expect(account).toMatchObject({ type: "company_merged", account: { accountId: "m", formerId: "a" } });
  });

  it("that Salesforce lost the fields of are unread, so that somebody reads the records", () => {
    expect(salesforceChanges.read(call(change("Lead", "GAP_UPDATE", {})))).toMatchObject([
      { kind: "unread", code: "salesforce.gap" },
    ]);
  });

  it.each([
    [
      change("Opportunity", "CREATE", { Amount: 5, StageName: "Prospecting" }),
      ["opportunity_created", "stage_changed"],
    ],
    [change("Opportunity", "UPDATE", { Description: "x" }), ["ignored"]],
    [
      change("Opportunity", "UPDATE", { StageName: "Verloren", IsClosed: true, IsWon: false }),
      ["stage_changed", "opportunity_lost"],
    ],
    [change("Lead", "UPDATE", { IsConverted: true, ConvertedContactId: "c" }), ["lead_converted"]],
    [change("Lead", "UPDATE", { HasOptedOutOfEmail: false }), ["resubscribed"]],
    [change("Contact", "DELETE", {}), ["contact_deleted"]],
    [change("Task", "CREATE", { TaskSubtype: "Call", CallDisposition: "Left Voicemail" }), ["call_voicemail"]],
    [change("Task", "CREATE", { TaskSubtype: "Email" }), ["ignored"]],
    [change("Event", "CREATE", { StartDateTime: "2026-02-20T15:00:00Z" }), ["meeting_booked"]],
    [change("Event", "UPDATE", { StartDateTime: "2026-02-21T15:00:00Z" }), ["meeting_rescheduled"]],
    [change("Event", "DELETE", {}), ["meeting_cancelled"]],
    [change("CampaignMember", "UPDATE", { HasResponded: true }), ["campaign_responded"]],
    [change("Widget__c", "UPDATE", {}), ["ignored"]],
    [{ Status: "x" }, ["unread"]],
  ])("%j", (event, expected) => {
    expect(words(event)).toEqual(expected);
  });

  it("know the last stages of one's own once they are named", () => {
    const items = salesforceChanges.read(call(change("Opportunity", "UPDATE", { StageName: "Gewonnen" })), {
      ...DEFAULT_SETTINGS,
      wonStages: ["Gewonnen"],
    });
    expect(items.map(wordOf)).toEqual(["stage_changed", "opportunity_won"]);
  });
});
