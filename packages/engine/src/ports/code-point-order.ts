/**
 * Orders texts by Unicode code point, which is the order of their UTF-8 bytes.
 *
 * JavaScript's `<` compares UTF-16 units and puts an emoji before `ﬁ`; every database that compares bytes does not. Where an order
 * decides a result (a tie between two decisions, the order of cells), all stores use this one.
 *
 * @returns negative when `a` comes first, positive when `b` does, 0 when they are equal.
 * @see Unicode Standard, section 5.17: "Fixing up UTF-16 to sort in code point order".
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return fixedUp(left) - fixedUp(right);
  }
  return a.length - b.length;
}

/** Moves the surrogates above the rest of the basic plane. */
function fixedUp(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
