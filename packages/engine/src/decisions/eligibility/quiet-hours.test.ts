import { describe, expect, it } from "vitest";
import { actionId, unitId } from "../../ids.ts";
import { DAY_MS, instant } from "../../time.ts";
import { eligibilityCheck } from "./eligible.ts";
import { localTime } from "./local-time.ts";
import { NOW, STARTING_RULES, type StatedEffect } from "./rules.ts";
import { FIRST_DAY } from "./standing.ts";

const ASKED = { lever: "content", point: "first-touch", unitId: unitId("acme") };
const email: StatedEffect = { kind: "contact", channel: "email", when: NOW };

/** Every quarter of an hour of a year, in every zone: three minutes. */
const IS_LONG = process.env["RATCHET_LONG_TESTS"] === "1";
const LONG_MS = IS_LONG ? 900_000 : 20_000;

describe("quiet hours", () => {
  it("see nothing sent anywhere: every zone, a year with both changes of the clocks", { timeout: LONG_MS }, () => {
    // 72 moments over the year, at ever other minutes of the day; the long form (RATCHET_LONG_TESTS=1) takes every quarter of an hour.
    const start = Date.UTC(2026, 0, 1);
    const step = IS_LONG ? 15 * 60_000 : (365 * DAY_MS) / 24 / 3 + 7 * 60_000 * 13;
    const local: StatedEffect = {
      kind: "contact",
      channel: "email",
      when: { kind: "local", minuteOfDay: 20 * 60 + 45, weekdays: [1, 2, 3, 4, 5, 6, 7] },
    };
    const effects = { content: { short: email, call: local } };
    const check = eligibilityCheck({ ...STARTING_RULES, effects }, FIRST_DAY);
    const BOTH = ["short", "call"].map(actionId);
    let sent = 0;
    for (const zone of Intl.supportedValuesOf("timeZone")) {
      for (let ms = start, n = 0; ms < start + 366 * DAY_MS; ms += step, n += 1) {
        const now = instant(ms);
        // A time of day is looked for days ahead, to the same end for hours: asked for once in a while.
        const candidates = n % (IS_LONG ? 25 : 1) === 0 ? BOTH : BOTH.slice(0, 1);
        const { sendAt = {} } = check.rule({ ...ASKED, now, candidates, context: { time_zone: zone } });
        for (const moment of Object.values(sendAt)) {
          const minute = localTime(zone, moment)?.minuteOfDay ?? 0;
          if (minute < 480 || minute >= 1260) throw new Error(`${zone}: decided at ${ms}, sent at minute ${minute}`);
          if (moment < now) throw new Error(`${zone}: sent before it was decided`);
          sent += 1;
        }
      }
    }
    expect(sent).toBeGreaterThan(IS_LONG ? 7_000_000 : 30_000);
  });
});
