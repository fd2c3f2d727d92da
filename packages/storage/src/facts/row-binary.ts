/** Texts whose length is one byte. */
const SHORT = 0x7f;

/**
 * Writes ClickHouse's RowBinary: values one after the other, without names, in the order of the columns.
 *
 * 4 to 7 times cheaper to load than JSON. Grows as needed; `bytes` is valid until the next write.
 *
 * @see ClickHouse documentation, "RowBinary" (Formats): little-endian numbers, texts as a LEB128 length and UTF-8 bytes.
 */
export class RowBinaryWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 65_536) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** Begins again, in the same memory. */
  clear(): void {
    this.#length = 0;
  }

  /** What was written. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** `String`, also for `LowCardinality(String)`. */
  string(text: string): this {
    if (text.length <= SHORT && this.#shortAscii(text)) return this;
    const size = Buffer.byteLength(text);
    this.#varint(size);
    this.#reserve(size);
    this.#length += this.#buffer.write(text, this.#length);
    return this;
  }

  /** `UInt8`. */
  uint8(value: number): this {
    this.#reserve(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
    return this;
  }

  /** `Int64`, also for `DateTime64(3)` as epoch ms. @throws RangeError unless it is a safe integer. */
  int64(value: number): this {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
    this.#reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.#length = this.#buffer.writeUInt32LE(value - high * 2 ** 32, this.#length);
    this.#length = this.#buffer.writeInt32LE(high, this.#length);
    return this;
  }

  /** `Float64`. */
  float64(value: number): this {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
    return this;
  }

  /** `Nullable(T)`: a mark, then the value unless it is null. */
  nullable<T>(value: T | null, write: (value: T) => unknown): this {
    this.uint8(value === null ? 1 : 0);
    if (value !== null) write(value);
    return this;
  }

  /** `Array(String)`. */
  strings(texts: readonly string[]): this {
    this.#varint(texts.length);
    for (const text of texts) this.string(text);
    return this;
  }

  /** Most texts: written here, character by character, they cost less than two calls of the buffer's. @returns whether it was one. */
  #shortAscii(text: string): boolean {
    this.#reserve(text.length + 1);
    let at = this.#length;
    this.#buffer[at++] = text.length;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      this.#buffer[at++] = code;
    }
    this.#length = at;
    return true;
  }

  /** LEB128: seven bits a byte, the lowest first. */
  #varint(size: number): void {
    let rest = size;
    while (rest >= 0x80) {
      this.uint8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.uint8(rest);
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Reads what `RowBinaryWriter` wrote, value by value. @throws RangeError behind the last one. */
export class RowBinaryReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  string(): string {
    const size = this.#varint();
    const from = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) throw new RangeError(`a text of ${size} bytes ends behind the last one`);
    return this.#bytes.toString("utf8", from, this.#at);
  }

  uint8(): number {
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1);
  }

  int64(): number {
    this.#at += 8;
    return this.#bytes.readInt32LE(this.#at - 4) * 2 ** 32 + this.#bytes.readUInt32LE(this.#at - 8);
  }

  float64(): number {
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  nullable<T>(read: () => T): T | null {
    return this.uint8() === 1 ? null : read();
  }

  #varint(): number {
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.uint8();
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return size;
    }
  }
}
