import { amazonSes } from "./amazon-ses.ts";
import { calendly } from "./calendly.ts";
import { hubspot } from "./hubspot.ts";
import { mailgun } from "./mailgun.ts";
import { mailjet } from "./mailjet.ts";
import { mandrill } from "./mandrill.ts";
import { outreach } from "./outreach.ts";
import { postmark } from "./postmark.ts";
import { salesforceChanges, salesforceOutbound } from "./salesforce.ts";
import { salesloft } from "./salesloft.ts";
import { sendgrid } from "./sendgrid.ts";
import type { SigningCertificates } from "./sns-signature.ts";
import type { Vendor } from "./vendor.ts";

/** Every vendor that we know by heart, by the name it has in the route. Others come in by a declarative mapping. */
export function allVendors(certificates: SigningCertificates): ReadonlyMap<string, Vendor> {
  const vendors = [
    hubspot,
    salesforceOutbound,
    salesforceChanges,
    outreach,
    salesloft,
    calendly,
    sendgrid,
    postmark,
    mailgun,
    amazonSes(certificates),
    mailjet,
    mandrill,
  ];
  return new Map(vendors.map((vendor) => [vendor.name, vendor]));
}
