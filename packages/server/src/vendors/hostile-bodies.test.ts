import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exchanged, nodesIn } from "../promises/mutate-json.fixture.ts";
import { allVendors } from "./all-vendors.ts";
import { declarativeVendor } from "./declarative-mapping.ts";
import { at, call, FUZZ_RUNS } from "./vendor-request.fixture.ts";
import { SAMPLES, SOAP_SAMPLE } from "./sample-calls.fixture.ts";
import type { Vendor, VendorItem, VendorRequest } from "./vendor.ts";
import { exampleMappings } from "./webhook-mappings.fixture.ts";

const VENDORS: readonly Vendor[] = [
  ...allVendors({ fetch: async () => null }).values(),
  ...exampleMappings().map(declarativeVendor),
];

/** Names and words that the readers look for, so that random bodies get past the first question. */
const NAMES = (
  "event msg ts email _id metadata tags payload data attributes relationships meta eventName id type " +
  "signature event-data recipient RecordType Type Metadata Recipient SuppressSending Message eventType " +
  "notificationType mail bounce bouncedRecipients destination headers name value open timestamp " +
  "subscriptionType objectId propertyName propertyValue occurredAt objectTypeId mergedObjectIds " +
  "ChangeEventHeader entityName changeType recordIds commitTimestamp StageName Amount counts views " +
  "sent_at scheduled_event uri old_invitee tracking Payload Headers From Text-part __proto__ " +
  "constructor prototype toString dataFields createdAt metric object_type events msys * 0 decision_id"
).split(" ");
const WORDS = [
  ...(
    "open click bounce dropped inbound blocked Bounce Open SubscriptionChange Inbound Received " +
    "Notification SubscriptionConfirmation deal.propertyChange contact.merge object.creation dealstage " +
    "closedwon amount Opportunity Lead Event UPDATE GAP_UPDATE mailing.opened prospect.updated " +
    "call.created invitee.created invitee.canceled failed emailBounce email sent 2026-03-06T20:01:00Z a@b " +
    "<a@b> 1e999 -0 {} %"
  ).split(" "),
  "Wed, 11 Oct 2017 18:31:04 -0700",
  "\ud800",
  "a\u0000b",
  "9".repeat(400),
  '{"__proto__":{"polluted":1}}',
];

const leaf = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 6, depthSize: "small" },
    leaf,
    fc.array(tie("json"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie("json")), { maxLength: 12 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

/** A vendor's honest body with some of its values exchanged for anything, or taken out: it gets past the first questions. */
function disfigured(sample: unknown): fc.Arbitrary<unknown> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.option(json, { nil: undefined })), { maxLength: 4 });
  return changes.map((given) =>
    given.reduce((value, [where, other]) => exchanged(value, where % nodesIn(value), () => other), sample),
  );
}

const asForm = (value: unknown): string =>
  new URLSearchParams({ mandrill_events: JSON.stringify(value) ?? "" }).toString();

/** How a vendor's sample travels. */
function textOf(name: string, value: unknown): string {
  if (name === "mandrill") return asForm(value);
  const isEnveloped = name === "amazon-ses" && JSON.stringify(value)?.length % 2 === 0;
  return JSON.stringify(isEnveloped ? { Type: "Notification", Message: JSON.stringify(value) } : value) ?? "";
}

/** XML with a slice taken out, doubled, or exchanged for a word. */
const soap = fc
  .tuple(
    fc.nat(SOAP_SAMPLE.length),
    fc.nat(60),
    fc.constantFrom("", "<!DOCTYPE a>", "&#0;", "&#xFFFFFF;", "</sf:Id>", ...WORDS),
  )
  .map(([from, length, word]) => SOAP_SAMPLE.slice(0, from) + word + SOAP_SAMPLE.slice(from + length));

const anything = fc.oneof(
  { weight: 6, arbitrary: json.map((value) => JSON.stringify(value) ?? "") },
  { weight: 2, arbitrary: json.map(asForm) },
  // The last of two like keys counts in JSON.parse, and `__proto__` in braces is a plain key there.
  {
    weight: 1,
    arbitrary: json.map((value) => `{"__proto__":{"polluted":1},"event":"open","event":${JSON.stringify(value)}}`),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 80 }) },
  { weight: 1, arbitrary: json.map((value) => (JSON.stringify(value) ?? "").slice(0, -1)) },
);

const SAMPLE_OF: ReadonlyMap<string, unknown> = new Map(Object.entries(SAMPLES));

/** Any vendor, and a body that is nearly its own, or anything. */
const request = fc.oneof(
  ...VENDORS.map((vendor) => {
    const sample = SAMPLE_OF.get(vendor.name);
    const own =
      vendor.name === "salesforce-outbound" ? soap : disfigured(sample).map((value) => textOf(vendor.name, value));
    return fc.record({
      vendor: fc.constant(vendor),
      text: fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: anything }),
      event: fc.constantFrom("email_updated", "person_updated", "meeting_updated", "call_created", "x"),
    });
  }),
);

const asCall = ({ text, event }: { readonly text: string; readonly event: string }): VendorRequest =>
  call(text, { headers: { "x-salesloft-event": event } });

/** What is wrong with an item that a reader made; null where nothing is. */
function faultOf(item: VendorItem): string | null {
  if (item.kind !== "signal") return typeof item.raw === "string" ? null : "it lost what was sent";
  const { messageId, type, occurredAt, properties } = item.signal;
  const facts = Object.values(properties);
  if (!/^.{1,300}$/su.test(messageId)) return `the message id "${messageId}"`;
  if (!/^[a-z][a-z0-9_]*$/u.test(type)) return `the type "${type}"`;
  if (occurredAt !== null && !Number.isSafeInteger(occurredAt)) return `the time ${occurredAt}`;
  if (facts.some((fact) => fact !== null && typeof fact === "object")) return "a fact that is not flat";
  return facts.some((fact) => /[^\s"]@[^\s"]/u.test(String(fact))) ? "an address among the facts" : null;
}

const isClean = (): boolean => Reflect.get({}, "polluted") === undefined;

describe("whatever a body holds", () => {
  it(`is read without a throw and without a loss (${FUZZ_RUNS} bodies)`, { timeout: 900_000 }, () => {
    const seen = new Map<string, number>();
    const property = fc.property(request, (given) => {
      const items = given.vendor.read(asCall(given));
      expect(items.map(faultOf).filter((fault) => fault !== null)).toEqual([]);
      expect(items.length > 0 && isClean()).toBe(true);
      expect(given.vendor.read(asCall(given))).toEqual(items);
      for (const { kind } of items) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    });
    fc.assert(property, { numRuns: FUZZ_RUNS });
    // The bodies do get past the first questions: a fuzz that only meets the front door proves nothing.
    expect(seen.get("signal")).toBeGreaterThan(FUZZ_RUNS / 5);
    expect(seen.get("unread")).toBeGreaterThan(FUZZ_RUNS / 5);
  });

  it(`never stops the check of its signature (${Math.ceil(FUZZ_RUNS / 5)} bodies)`, { timeout: 900_000 }, async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...VENDORS),
      request,
      fc.string(),
      async (vendor, { text }, header) => {
        const names = [
          "x-hubspot-signature-v3",
          "x-hubspot-request-timestamp",
          "calendly-webhook-signature",
          "authorization",
        ];
        const headers = Object.fromEntries(names.map((name) => [name, header]));
        expect((await vendor.verify(call(text, { headers, url: header }), "secret", at("2026-01-01"))).kind).toBe(
          "err",
        );
      },
    );
    await fc.assert(property, { numRuns: Math.ceil(FUZZ_RUNS / 5) });
  });

  it("nested deeper than anything honest is refused before anything recurses into it", () => {
    for (const depth of [34, 1_000, 1_000_000]) {
      const text = `${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`;
      for (const vendor of VENDORS)
        expect(vendor.read(call(text))).toMatchObject([
          { kind: "unread", code: expect.stringMatching(/^(?:body|mandrill)/u) },
        ]);
    }
  });

  it("one bad event of a batch leaves the others whole", () => {
    const sendgrid = VENDORS.find(({ name }) => name === "sendgrid");
    const open = '{"event":"open","sg_event_id":"1","email":"a@example.com","timestamp":1770920772}';
    const items =
      sendgrid?.read(call(`[${open},{"__proto__":{"event":"open"}},7,${open.replace('"1"', '"2"')}]`)) ?? [];
    expect(items.map((item) => (item.kind === "unread" ? item.code : item.kind))).toEqual([
      "signal",
      "event.forbidden_key",
      "event.not_an_object",
      "signal",
    ]);
  });

  it("keeps whole numbers that a double would round", () => {
    const mailjet = VENDORS.find(({ name }) => name === "mailjet");
    const ids = ["12345678901234567", "12345678901234568"].map((id) => {
      const [item] = mailjet?.read(call(`{"event":"open","MessageID":${id},"time":1770920772}`)) ?? [];
      return item?.kind === "signal" ? item.signal.properties["vendor_message_id"] : null;
    });
    expect(ids).toEqual(["12345678901234567", "12345678901234568"]);
  });
});
