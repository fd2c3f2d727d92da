import type { UnitId } from "../../ids.ts";
import type { Recipient } from "./standing.ts";

/** What contacts are counted under; the unit stands for whoever is not named. Persons and accounts cannot share a name. */
export function subjectOf(
  per: "person" | "account",
  unit: UnitId,
  recipient: Pick<Recipient, "person" | "account">,
): string {
  return per === "person" ? `person ${recipient.person ?? unit}` : `account ${recipient.account ?? unit}`;
}
