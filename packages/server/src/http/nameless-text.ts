const ADDRESS = /[^\s"'`(]*@[^\s"'`)]*/gu;
/** With its plus however it is spaced, without it as one number: some readers leave only letters and digits of what was sent. */
const PHONE = /\+\d[\d\s().-]{6,}|(?<!\d)\d{9,15}(?!\d)/gu;

/**
 * A sentence about a fault without the addresses and telephone numbers that it quotes: it goes into answers, logs and lists that outlive
 * what was sent, and where erasing a person would have to look for every one.
 */
export function namelessText(sentence: string): string {
  return sentence.replaceAll(ADDRESS, "(not shown)").replaceAll(PHONE, "(not shown)");
}
