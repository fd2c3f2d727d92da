import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendly } from "./calendly.ts";
import { SAMPLES } from "./sample-calls.fixture.ts";
import { call, signalOf, wordOf } from "./vendor-request.fixture.ts";

const booked = SAMPLES.calendly;
const invitee = (id: string): string => `https://api.calendly.com/scheduled_events/E/invitees/${id}`;
const altered = (event: string, payload: Readonly<Record<string, unknown>>) => ({
  ...booked,
  event,
  payload: { ...booked.payload, ...payload },
});

describe("Calendly", () => {
  it("tells a booking, who made it, when it is and which decision it answers", () => {
    expect(signalOf(calendly.read(call(booked)))).toMatchObject({
      type: "meeting_booked",
      occurredAt: Date.parse("2026-02-12T18:26:12Z"),
      person: { email: "jane@example.com" },
      decisionId: "dec_0123456789abcdef0123456789",
      properties: {
        meeting: "EEEE",
        meeting_name: "Demo",
        starts_at: "2026-02-20T15:00:00.000000Z",
        utm_campaign: "spring",
      },
    });
  });

  it("tells a rescheduling once, in whichever order its two calls come and however often", () => {
    const cancelled = altered("invitee.canceled", {
      uri: invitee("old"),
      rescheduled: true,
      new_invitee: invitee("new"),
    });
    const created = altered("invitee.created", { uri: invitee("new"), old_invitee: invitee("old") });
    fc.assert(
      fc.property(fc.shuffledSubarray([cancelled, created, cancelled, created], { minLength: 4 }), (calls) => {
        const items = calls.flatMap((body) => calendly.read(call(body)));
        const signals = items.flatMap((item) => (item.kind === "signal" ? [item.signal] : []));
        expect(new Set(signals.map(({ type }) => type))).toEqual(new Set(["meeting_rescheduled"]));
        expect(new Set(signals.map(({ messageId }) => messageId)).size).toBe(1);
        expect(signals[0]?.properties["replaces"]).toBe("old");
      }),
    );
  });

  it("tells a cancellation that is one, with its words apart", () => {
    const body = altered("invitee.canceled", {
      rescheduled: false,
      cancellation: { reason: "No budget", canceler_type: "invitee" },
    });
    expect(signalOf(calendly.read(call(body)))).toMatchObject({
      type: "meeting_cancelled",
      text: "No budget",
      properties: { cancelled_by: "invitee" },
    });
  });

  it.each([
    ["invitee_no_show.created", "meeting_no_show"],
    ["invitee_no_show.deleted", "meeting_no_show_undone"],
    ["routing_form_submission.created", "form_submitted"],
    ["invitee.teleported", "unread"],
  ])("reads %s as %s", (event, word) => {
    expect(calendly.read(call(altered(event, {}))).map(wordOf)).toEqual([word]);
  });

  it("takes no other tracking content for a decision", () => {
    const tracking = { ...booked.payload.tracking, utm_content: "banner-3" };
    expect(signalOf(calendly.read(call(altered("invitee.created", { tracking })))).decisionId).toBeNull();
  });
});
