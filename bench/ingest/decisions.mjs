// What asks for decisions: one account a post, each another one, as a server of ours is asked by a CRM.

/** The body of a post that asks for what the account of this number is told. */
export function decisionBody(n) {
  return JSON.stringify({
    point: "content",
    unit_id: `account-${n}`,
    context: {
      region: ["EMEA", "APAC", "NA"][n % 3],
      employees: 50 * (1 + (n % 20)),
      visits_30d: n % 9,
      visited_pricing: n % 4 === 0,
      replied_before: n % 7 === 0,
      industry: n % 2 === 0 ? "software" : "retail",
      source: n % 3 === 0 ? "inbound" : "list",
      time_zone: ["Europe/Berlin", "Asia/Tokyo", "America/New_York"][n % 3],
      open_opportunity: false,
      owner: null,
    },
  });
}

/** Whether an answer of the route is a decision with a propensity. */
export function isDecided(body) {
  const { decision_id, propensity } = JSON.parse(body);
  return typeof decision_id === "string" && propensity > 0;
}
