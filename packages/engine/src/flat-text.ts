/**
 * The same text, laid out in one piece.
 *
 * V8 keeps a text that was put together as a tree of its parts. Where thousands are kept, a collector copies every part of every one of
 * them. Asked for a character it lays the text out, and the parts are let go.
 */
export function flatText(text: string): string {
  // What comes back must depend on the character, or a compiler would not ask for it. No text of ours begins with NUL.
  return text.charCodeAt(0) === 0 ? text.slice() : text;
}
