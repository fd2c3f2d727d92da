/** One honest body or more of each vendor, in the shapes that their pages show: for examples, and as what hostile bodies are made from. */
export const SAMPLES = {
  hubspot: [
    {
      eventId: 1,
      subscriptionId: 12345,
      portalId: 62515,
      appId: 54321,
      occurredAt: 1_770_920_772_000,
      subscriptionType: "deal.propertyChange",
      attemptNumber: 0,
      objectId: 777,
      propertyName: "dealstage",
      propertyValue: "closedwon",
      changeSource: "CRM_UI",
    },
  ],
  "salesforce-changes": {
    data: {
      schema: "x",
      payload: {
        ChangeEventHeader: {
          entityName: "Opportunity",
          recordIds: ["006xx0000000001AAA"],
          changeType: "UPDATE",
          changeOrigin: "com/salesforce/api/soap/62.0",
          transactionKey: "0002343d-9d90-e395-ed20-cf416ba652ad",
          sequenceNumber: 1,
          commitTimestamp: 1_770_920_772_000,
          commitUser: "005xx0000000001AAA",
          changedFields: ["StageName", "Amount"],
        },
        StageName: "Closed Won",
        Amount: 1200.5,
      },
      event: { replayId: 6 },
    },
    channel: "/data/OpportunityChangeEvent",
  },
  outreach: {
    data: {
      type: "mailing",
      id: "42",
      attributes: { openedAt: "2026-02-12T18:26:12.000Z", openCount: 2, updatedAt: "2026-02-12T18:26:12.000Z" },
      relationships: {
        prospect: { data: { type: "prospect", id: "7" } },
        sequence: { data: { type: "sequence", id: "3" } },
        sequenceStep: { data: { type: "sequenceStep", id: "31" } },
      },
    },
    meta: { eventName: "mailing.opened", deliveredAt: "2026-02-12T18:26:14.000Z" },
  },
  salesloft: {
    id: 101,
    created_at: "2026-02-12T17:00:00.000000-05:00",
    updated_at: "2026-02-12T18:00:00.000000-05:00",
    sent_at: "2026-02-12T17:01:00.000000-05:00",
    recipient_email_address: "jane@example.com",
    bounced: false,
    status: "sent",
    counts: { clicks: 0, views: 2, replies: 1 },
    recipient: { id: 55 },
    cadence: { id: 9 },
    step: { id: 91 },
  },
  calendly: {
    event: "invitee.created",
    created_at: "2026-02-12T18:26:12.000000Z",
    created_by: "https://api.calendly.com/users/AAAA",
    payload: {
      uri: "https://api.calendly.com/scheduled_events/EEEE/invitees/IIII",
      email: "jane@example.com",
      name: "Jane Doe",
      status: "active",
      rescheduled: false,
      old_invitee: null,
      new_invitee: null,
      no_show: null,
      scheduled_event: {
        uri: "https://api.calendly.com/scheduled_events/EEEE",
        name: "Demo",
        start_time: "2026-02-20T15:00:00.000000Z",
      },
      tracking: {
        utm_campaign: "spring",
        utm_source: "email",
        utm_medium: null,
        utm_content: "dec_0123456789abcdef0123456789",
        salesforce_uuid: null,
      },
    },
  },
  sendgrid: [
    {
      email: "jane@example.com",
      timestamp: 1_770_920_772,
      event: "open",
      sg_event_id: "ZyjAM5rnQmuI1KFInHQ3Nw",
      sg_message_id: "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
      useragent: "Mozilla/5.0",
      ip: "66.102.6.229",
      sg_machine_open: true,
      category: ["spring"],
      decision_id: "dec_1",
    },
  ],
  postmark: {
    RecordType: "Click",
    MessageID: "f4830d10-9c35-4f0c-bca3-3d9b459821f8",
    MessageStream: "outbound",
    Recipient: "jane@example.com",
    ReceivedAt: "2026-02-12T18:26:12.9065619Z",
    OriginalLink: "https://example.com/pricing?to=jane@example.com#top",
    UserAgent: "Mozilla/5.0",
    Geo: { IP: "8.8.8.8" },
    Metadata: { decision_id: "dec_1" },
    Tag: "spring",
  },
  mailgun: {
    signature: { timestamp: "1770920772", token: "t", signature: "s" },
    "event-data": {
      id: "Ase7i2zsRYeDXztHGENqRA",
      event: "failed",
      severity: "permanent",
      reason: "suppress-bounce",
      timestamp: 1_770_920_772.123456,
      recipient: "jane@example.com",
      tags: ["spring"],
      "user-variables": { decision_id: "dec_1" },
      "delivery-status": { message: "Not delivering to previously bounced address jane@example.com", code: 605 },
      "client-info": { bot: "", "user-agent": "Mozilla/5.0" },
      message: { headers: { "message-id": "20260212@example.com" } },
    },
  },
  mailjet: [
    {
      event: "bounce",
      time: 1_770_920_772,
      MessageID: 12_345,
      Message_GUID: "dbe4f0a3-4a5a-4784-a724-a9794d3c0444",
      email: "jane@example.com",
      customcampaign: "spring",
      hard_bounce: true,
      error: "user unknown",
      error_related_to: "recipient",
      Payload: '{"decision_id":"dec_1"}',
    },
  ],
  mandrill: [
    {
      event: "click",
      ts: 1_770_920_772,
      _id: "abcdef",
      msg: { _id: "abcdef", email: "jane@example.com", tags: ["spring"], metadata: { decision_id: "dec_1" } },
      url: "https://example.com/pricing",
      user_agent: "Mozilla/5.0",
      user_agent_parsed: { type: "Robot" },
      ip: "127.0.0.1",
    },
  ],
  "amazon-ses": {
    eventType: "Bounce",
    bounce: {
      bounceType: "Permanent",
      bounceSubType: "General",
      feedbackId: "f-1",
      timestamp: "2026-02-12T18:26:12.101Z",
      bouncedRecipients: [
        {
          emailAddress: "jane@example.com",
          status: "5.1.1",
          diagnosticCode: "smtp; 550 5.1.1 <jane@example.com>... unknown",
        },
      ],
    },
    mail: {
      messageId: "m-1",
      timestamp: "2026-02-12T18:26:10.000Z",
      destination: ["jane@example.com", "john@example.com"],
      tags: { decision_id: ["dec_1"] },
      headers: [{ name: "X-Decision-Id", value: "dec_1" }],
    },
  },
  customerio: {
    event_id: "01E4C4HDQ7P1X9KTKF0ZX7PWHE",
    object_type: "email",
    metric: "clicked",
    timestamp: 1_770_920_772,
    data: { customer_id: "0200102", email_address: "jane@example.com", href: "https://example.com", campaign_id: 7 },
  },
  iterable: {
    email: "jane@example.com",
    eventName: "emailBounce",
    dataFields: {
      recipientState: "HardBounce",
      createdAt: "2026-02-12 18:26:12 +00:00",
      messageId: "m",
      campaignId: 9,
    },
  },
  close: {
    subscription_id: "whsub_1",
    event: {
      id: "ev_1",
      object_type: "opportunity",
      object_id: "oppo_1",
      action: "updated",
      lead_id: "lead_1",
      date_created: "2026-02-12T18:26:12.395000",
      previous_data: { status_type: "active" },
      data: { status_type: "won", status_label: "Won", value: 100_000, value_currency: "USD", contact_id: "cont_1" },
    },
  },
  "facebook-lead-ads": {
    facebook_lead_id: ["3960271960958574"],
    created_time: ["02/12/2026 18:26"],
    email: ["jane@example.com"],
    phone_number: ["+910123456789"],
    country: ["IN"],
  },
} as const;

/** A Salesforce outbound message about a lead, and one about an opportunity. */
export const SOAP_SAMPLE = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>00Dxx0000000001AAA</OrganizationId>
   <ActionId>04kxx0000000001AAA</ActionId>
   <SessionId xsi:nil="true"/>
   <Notification>
    <Id>04lxx0000000001AAA</Id>
    <sObject xsi:type="sf:Lead" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
     <sf:Id>00Qxx0000000001AAA</sf:Id>
     <sf:Company>AT&amp;T &#233;t&#xE9; &amp;lt;</sf:Company>
     <sf:Email>jane@example.com</sf:Email>
     <sf:Status>Working</sf:Status>
     <sf:HasOptedOutOfEmail>true</sf:HasOptedOutOfEmail>
     <sf:ratchet_decision_id__c>dec_1</sf:ratchet_decision_id__c>
     <sf:SystemModstamp>2026-02-12T18:26:12.000Z</sf:SystemModstamp>
    </sObject>
   </Notification>
   <Notification>
    <Id>04lxx0000000002AAA</Id>
    <sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
     <sf:Id>006xx0000000001AAA</sf:Id>
     <sf:AccountId>001xx0000000001AAA</sf:AccountId>
     <sf:StageName>Gewonnen</sf:StageName>
     <sf:IsClosed>true</sf:IsClosed>
     <sf:IsWon>true</sf:IsWon>
     <sf:Amount>1200.5</sf:Amount>
     <sf:CurrencyIsoCode>EUR</sf:CurrencyIsoCode>
     <sf:LastModifiedDate>2026-02-12T18:26:12.000Z</sf:LastModifiedDate>
    </sObject>
   </Notification>
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`;
