import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { kaplanMeier, survivalAt } from "../survival/kaplan-meier.ts";
import { hasData, NEEDS_DATA, readRows } from "./public-data.fixture.ts";

const LEADS = "olist_funnel/olist_marketing_qualified_leads_dataset.csv";
const DEALS = "olist_funnel/olist_closed_deals_dataset.csv";
const DAY_MS = 86_400_000;

/** Midnight of the day that an ISO date or date-time begins with, in days. */
function dayOf(text: string): number {
  return Date.parse(text.slice(0, 10)) / DAY_MS;
}

describe.skipIf(!hasData(LEADS) || !hasData(DEALS))(
  `Olist: 8,000 qualified leads and when they were won ${NEEDS_DATA}`,
  () => {
    const won = new Map(
      (hasData(DEALS) ? readRows(DEALS) : []).map((row) => [row.text("mql_id"), dayOf(row.text("won_date"))]),
    );
    const leads = (hasData(LEADS) ? readRows(LEADS) : []).map((row) => ({
      contact: dayOf(row.text("first_contact_date")),
      won: won.get(row.text("mql_id")),
    }));
    const lags = leads
      .flatMap((lead) => (lead.won === undefined ? [] : [lead.won - lead.contact]))
      .toSorted((a, b) => a - b);

    it("has 842 wins, half of them after day 14 and 18 % after day 90", () => {
      expect([leads.length, lags.length]).toEqual([8000, 842]);
      expect(lags[Math.floor(lags.length / 2)]).toBe(14);
      // Whole days, as the catalogue counts; 17.8 % by days, 17.9 % by hours.
      expect(lags.filter((lag) => lag > 90).length / lags.length).toBeCloseTo(0.178, 3);
      // Two days before the first contact: a clock that was set wrong, and the reason for cutting at 0 below.
      expect(lags[0]).toBe(-2);
    });

    it("would be undervalued by a report of early April: Kaplan-Meier then already tells what day 60 will show", () => {
      // Deals were recorded from December 2017 only, so earlier leads are left-truncated: take those of the first quarter of 2018.
      const [start, report] = [dayOf("2018-01-01"), dayOf("2018-04-01")];
      const quarter = leads.filter((lead) => lead.contact >= start && lead.contact < report);
      const known = quarter.map((lead) => ({
        ...lead,
        won: lead.won !== undefined && lead.won < report ? lead.won : undefined,
      }));
      const curve = accepted(
        kaplanMeier(
          {
            // A lag below 0 counts as half a day.
            times: known.map((lead) => Math.max(0.5, (lead.won ?? report) - lead.contact)),
            events: known.map((lead) => Number(lead.won !== undefined)),
          },
          { confidence: 0.95 },
        ),
      );
      const plain = known.filter((lead) => lead.won !== undefined).length / known.length;
      const truth =
        quarter.filter((lead) => lead.won !== undefined && lead.won - lead.contact <= 60).length / quarter.length;
      const at = survivalAt(curve, 60);
      const early = typeof at === "object" && at !== null ? at : { survival: NaN, standardError: NaN };
      // Leads of the last days before the report have hardly been seen, yet nothing is lost: the curve errs by less than its own standard
      // error allows (11.2 % against 11.2 %), where the share won so far, 9.5 %, counts every open lead as lost.
      expect(plain).toBeLessThan(truth);
      expect(Math.abs(1 - early.survival - truth)).toBeLessThan(1.96 * (early.standardError ?? NaN));
      expect(Math.abs(1 - early.survival - truth)).toBeLessThan(truth - plain);
    });
  },
);
