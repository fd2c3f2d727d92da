/** What an address does not hold: a pattern for whole addresses would look at a long text again from each of its characters. */
const BETWEEN = /([\s"'`()]+)/u;
/** With its plus however it is spaced, without it as one number: some readers leave only letters and digits of what was sent. */
const PHONE = /\+\d[\d\s().-]{6,}|(?<!\d)\d{9,15}(?!\d)/gu;
const NOT_SHOWN = "(not shown)";

/**
 * A sentence about a fault without the addresses and telephone numbers that it quotes: it goes into answers, logs and lists that outlive
 * what was sent, and where erasing a person would have to look for every one.
 */
export function namelessText(sentence: string): string {
  const words = sentence.includes("@") ? sentence.split(BETWEEN) : [sentence];
  return words
    .map((word) => (word.includes("@") ? NOT_SHOWN : word))
    .join("")
    .replaceAll(PHONE, NOT_SHOWN);
}
