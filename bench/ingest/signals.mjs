// What the load sends: signals as a CRM or a product would, the same ones for both servers.

const TYPES = ["page_viewed", "opened", "clicked", "replied", "meeting_booked", "stage_changed"];
/** People seen before: the stream of an ordinary day. */
const KNOWN = 20_000;

/** The body of a post of `count` signals, the first of which has the number `from`. @param people - `known`, `new` or `none` */
export function batchBody({ from, count, people }) {
  return JSON.stringify({ signals: Array.from({ length: count }, (_, i) => signal(from + i, people)) });
}

/** In no order, like a random UUID: the hardest case for whoever looks it up. */
function idOf(n) {
  const words = [0, 1, 2, 3].map((i) =>
    mixed(n * 4 + i)
      .toString(16)
      .padStart(8, "0"),
  );
  return words.join("-");
}

/** A one-to-one mixing of 32 bits. @see Steele, Lea & Flood (2014), the finaliser of SplitMix. */
function mixed(n) {
  let z = n >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function signal(n, people) {
  // A multiplier without common factors with the number of people: each comes as often as any other, in no order.
  const person = people === "new" ? n : (n * 7_919) % KNOWN;
  const account = `acct-${person % 5_000}`;
  const told = {
    message_id: idOf(n),
    type: TYPES[n % TYPES.length],
    occurred_at: new Date(Date.UTC(2026, 2, 1) + n * 10).toISOString(),
    ...(n % 10 === 0 ? { value: (n % 1000) / 4 } : {}),
  };
  if (people === "none") return { ...told, unit_id: account };
  return {
    ...told,
    user_id: `u-${person}`,
    email: `person.${person}@company-${person % 5_000}.example`,
    account_id: account,
    properties: { channel: "email", campaign: `spring-${n % 12}`, step: n % 5 },
  };
}
