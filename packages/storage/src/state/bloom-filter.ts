/**
 * A Bloom filter over keys that are hashes already: their own bytes serve as its hash functions.
 *
 * Never denies a key that was added. With ten bits a key it affirms about one in a hundred that was not.
 *
 * @see Kirsch & Mitzenmacher (2006), "Less Hashing, Same Performance": two hashes make any number of them.
 */
export class BloomFilter {
  readonly #bits: Uint8Array;
  readonly #mask: number;

  /** @param sizeLog2 - of the number of bits; 3 to 31. */
  constructor(sizeLog2: number) {
    this.#bits = new Uint8Array(2 ** (sizeLog2 - 3));
    this.#mask = 2 ** sizeLog2 - 1;
  }

  /** @param key - 16 uniformly distributed bytes, as latin1. */
  add(key: string): void {
    const [first, step] = hashes(key);
    for (let i = 0; i < HASHES; i += 1) {
      const bit = (first + i * step) & this.#mask;
      this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  /** Whether it may have been added. */
  has(key: string): boolean {
    const [first, step] = hashes(key);
    for (let i = 0; i < HASHES; i += 1) {
      const bit = (first + i * step) & this.#mask;
      if (((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** The best number for ten bits a key: 10 · ln 2. */
const HASHES = 7;

/** Not the first four bytes: keys of one page of a run have those in common. */
function hashes(key: string): readonly [number, number] {
  return [word(key, 4), word(key, 8) | 1];
}

function word(key: string, at: number): number {
  return (
    key.charCodeAt(at) | (key.charCodeAt(at + 1) << 8) | (key.charCodeAt(at + 2) << 16) | (key.charCodeAt(at + 3) << 24)
  );
}
