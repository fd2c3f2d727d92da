/**
 * Remembers answers that would otherwise be worked out again and again, of the latest keys: at least as many as a generation holds, at most
 * twice as many. When the young generation is full the old one is forgotten, so that a stream of more keys than fit never empties it at once.
 */
export class Remembered<Value> {
  readonly #generation: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param generation - keys in one generation. */
  constructor(generation: number) {
    this.#generation = generation;
  }

  /** What was remembered under a key; undefined where nothing is. */
  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** What was remembered under a key; else what `make` makes, which is remembered from now on. */
  getOrMake(key: string, make: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#generation && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
