const KEY = "ratchet.person";

/** Who ruled last from this browser; empty where nobody did, or where the browser keeps nothing. */
export function lastPerson(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** The same, where that person is among those who may. */
export function recallPerson(people: readonly string[]): string | null {
  const last = lastPerson();
  if (people.includes(last)) return last;
  return people.length === 1 ? (people[0] ?? null) : null;
}

/** Saves typing the next time. */
export function rememberPerson(person: string): void {
  try {
    localStorage.setItem(KEY, person);
  } catch {
    // A browser that keeps nothing asks again: no harm.
  }
}
